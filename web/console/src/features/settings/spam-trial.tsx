// Testing spam on a real ticket or a text: what would be held back, by which rule or cause. Nothing is counted or learned.
import { asProblem, type ApiProblem, type SpamTrialOut } from '@mainstay/api';
import { Badge, Button, Choose, Field, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, filing } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { causeName } from '../../words/names';
import { Block, PageTrouble } from './frame';

/** Tickets that are offered for a trial. */
const RECENT = 30;

export function SpamTrial() {
  const { say } = useWords();
  const tell = useTell();
  const recent = useQuery({ queryKey: ['recent-tickets', RECENT], queryFn: () => api.tickets({ view: 'all', limit: RECENT }) });
  const [form, setForm] = useState({ ticket: '', subject: '', body: '', address: '' });
  const [found, setFound] = useState<SpamTrialOut | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (field: keyof typeof form) => (value: string) => {
    setForm({ ...form, [field]: value });
    setFound(null);
  };
  const attempt = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setBusy(true);
    const { ticket, subject, body, address } = form;
    try {
      setFound(await filing.trySpam(ticket ? { ticket_id: ticket } : { subject: subject.trim() || null, body, address: address.trim() || null }));
    } catch (thrown) {
      setFound(null);
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  const choices = [{ id: '', label: say('spam.try_own') }, ...(recent.data?.items ?? []).map(({ id, number, subject }) => ({ id, label: `#${number} ${subject}` }))];
  return (
    <Block title={say('spam.try')} text={say('spam.try_text')}>
      {recent.isError ? <PageTrouble error={recent.error} onRetry={() => void recent.refetch()} /> : null}
      <form className="form" onSubmit={(event) => void attempt(event)}>
        {problem && !problem.body.errors?.length ? <Trouble {...tell(problem)} /> : null}
        <Choose label={say('routing.try_on')} value={form.ticket} onChange={set('ticket')} choices={choices} />
        {form.ticket === '' ? (
          <>
            <Field label={say('spam.try_address')} value={form.address} onChange={set('address')} error={problem?.fieldError('/address')} />
            <Field label={say('triage.subject')} value={form.subject} onChange={set('subject')} error={problem?.fieldError('/subject')} />
            <Field label={say('triage.body')} isRequired rows={4} value={form.body} onChange={set('body')} error={problem?.fieldError('/body')} />
          </>
        ) : null}
        <Button type="submit" isPending={isBusy}>{say('routing.try')}</Button>
      </form>
      <div role="status">{found ? <Found found={found} /> : null}</div>
    </Block>
  );
}

function Found({ found }: { found: SpamTrialOut }) {
  const { say, locale } = useWords();
  const percent = (share: number) => new Intl.NumberFormat(locale, { style: 'percent' }).format(share);
  const reason = () => {
    if (found.rule) return say(found.rule.blocked ? 'spam.try_rule' : 'spam.try_let_in', { value: found.rule.value });
    if (!found.cause) return say('spam.try_nothing');
    if (found.held) return null;
    return say(found.known ? 'spam.try_known' : 'spam.try_off');
  };
  return (
    <>
      <p><Badge tone={found.held ? 'danger' : 'good'}>{say(found.held ? 'spam.try_held' : 'spam.try_fine')}</Badge> {found.cause ? causeName(found.cause, say) : null}</p>
      <p>{reason()}</p>
      <p className="soft">{found.score === null ? say('spam.try_unsure') : say('spam.try_score', { score: percent(found.score), threshold: percent(found.threshold) })}</p>
    </>
  );
}
