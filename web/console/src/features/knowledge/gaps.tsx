// What people look for and do not find; one press starts the article.
import type { GapOut } from '@mainstay/api';
import { Button, Choose, Empty, GapIcon } from '@mainstay/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useNow } from '../../state/clock';
import { useTell } from '../../state/problems';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { MoreButton, Page, ReadState, Table } from './page';
import { usePages } from './reading';

type AskedBy = 'customers' | 'agents';

export function GapsPage() {
  const { say } = useWords();
  const [askedBy, setAskedBy] = useState<AskedBy>('customers');
  const byAgents = askedBy === 'agents';
  const read = usePages<GapOut>(['gaps', askedBy], (after) => knowledge.gaps(askedBy, after));
  const heads = byAgents
    ? [say('gaps.question'), say('gaps.agent_searches'), say('gaps.no_results'), '']
    : [say('gaps.question'), say('gaps.searches'), say('gaps.no_results'), say('gaps.no_click'), say('gaps.tickets'), ''];
  return (
    <Page title={say('gaps.title')} text={say('gaps.text')}>
      <div className="kb-form">
        <Choose label={say('gaps.asked_by')} value={askedBy} onChange={(by) => setAskedBy(by === 'agents' ? 'agents' : 'customers')} choices={[{ id: 'customers', label: say('gaps.customers') }, { id: 'agents', label: say('gaps.agents') }]} />
      </div>
      <ReadState read={read} />
      {read.data?.length === 0 ? <Empty icon={<GapIcon size={28} strokeWidth={1.5} />} title={say(byAgents ? 'gaps.empty_agents' : 'gaps.empty')} text={say(byAgents ? 'gaps.empty_agents_text' : 'gaps.empty_text')} /> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('gaps.title')} heads={heads}>{read.data.map((gap) => <Row key={gap.id} gap={gap} byAgents={byAgents} />)}</Table>
      ) : null}
      <MoreButton read={read} />
    </Page>
  );
}

function Row({ gap, byAgents }: { gap: GapOut; byAgents: boolean }) {
  const { say, ago, count } = useWords();
  const now = useNow();
  const mayWrite = useSession().rights.includes('knowledge:write');
  return (
    <tr>
      <td data-head={say('gaps.question')} className="kb-name">
        <span dir="auto">{gap.text}</span>
        <span className="kb-under">{gap.locale} · {say('gaps.last', { ago: ago(gap.last_at, now) })}</span>
      </td>
      <td data-head={say(byAgents ? 'gaps.agent_searches' : 'gaps.searches')} className="number">{count(byAgents ? gap.agent_queries : gap.queries)}</td>
      <td data-head={say('gaps.no_results')} className="number">{count(byAgents ? gap.agent_without_results : gap.without_results)}</td>
      {byAgents ? null : (
        <>
          <td data-head={say('gaps.no_click')} className="number">{count(gap.without_click)}</td>
          <td data-head={say('gaps.tickets')} className="number">{count(gap.tickets)}</td>
        </>
      )}
      <td className="cell-actions">{mayWrite ? <Acts gap={gap} /> : null}</td>
    </tr>
  );
}

function Acts({ gap }: { gap: GapOut }) {
  const { say } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const perform = async (act: () => Promise<void>) => {
    setBusy(true);
    await act().catch((thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown).text }));
    setBusy(false);
    await queries.invalidateQueries({ queryKey: ['knowledge', 'gaps'] });
  };
  const start = () => perform(async () => {
    const article = await knowledge.fillGap(gap.id);
    await navigate({ to: '/knowledge/articles/$articleId', params: { articleId: article.id } });
  });
  const dismiss = () => perform(async () => {
    await knowledge.dismissGap(gap.id);
    toasts.show({ text: say('gaps.dismissed', { text: gap.text }) });
  });
  return (
    <>
      {gap.article_id ? (
        <Link to="/knowledge/articles/$articleId" params={{ articleId: gap.article_id }} className="button" data-look="plain" data-size="small">{say('gaps.open')}</Link>
      ) : (
        <Button size="small" look="primary" isDisabled={busy} aria-label={say('gaps.start_of', { text: gap.text })} onPress={() => void start()}>{say('gaps.start')}</Button>
      )}
      <Button size="small" look="quiet" isDisabled={busy} aria-label={say('gaps.dismiss_of', { text: gap.text })} onPress={() => void dismiss()}>{say('gaps.dismiss')}</Button>
    </>
  );
}
