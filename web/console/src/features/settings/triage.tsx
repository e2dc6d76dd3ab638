// Triage: switches and rates, agreement of the team, examples, models, and a box to try it.
import { asProblem, type ApiProblem, type TriageSettings } from '@mainstay/api';
import { Button, Field, Skeleton, Switch, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { triage } from '../../state/api';
import { useTell } from '../../state/problems';
import { mayAdminister, useSession } from '../../state/session';
import { useWords } from '../../words';
import { Block, NoPermission, PageTrouble, SettingsPage } from './frame';
import { readRates, writeRates } from './rates';
import { TriageExamples } from './triage-examples';
import { TriageModels } from './triage-models';
import { TriagePreview } from './triage-preview';

export function TriagePage() {
  const { say } = useWords();
  const isAllowed = mayAdminister(useSession());
  const read = useQuery({ queryKey: ['triage-settings'], queryFn: triage.settings, enabled: isAllowed });
  if (!isAllowed) return <NoPermission />;
  return (
    <SettingsPage title={say('triage.title')} text={say('triage.text')}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? <Switches key={read.data.version} settings={read.data} /> : null}
      {read.data ? <Acceptance settings={read.data} /> : null}
      <TriagePreview />
      <TriageExamples answers={read.data?.answers ?? {}} />
      <TriageModels />
    </SettingsPage>
  );
}

function Switches({ settings }: { settings: TriageSettings }) {
  const { say } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const [above, setAbove] = useState(String(settings.apply_above));
  const [rates, setRates] = useState(writeRates(settings.rates));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isSaved, setSaved] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const saved = await triage.set({ ...draft, apply_above: Number(above.replace(',', '.')), rates: readRates(rates) });
      setSaved(true);
      queries.setQueryData(['triage-settings'], saved);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Block title={say('triage.switches')}>
      <form className="form" onSubmit={(event) => void save(event)}>
        {problem ? <Trouble {...tell(problem)} /> : null}
        <Switch label={say('triage.is_on')} isOn={draft.is_on} onChange={(is_on) => setDraft({ ...draft, is_on })} />
        <Switch label={say('triage.automatic')} isOn={draft.automatic_answers} onChange={(automatic_answers) => setDraft({ ...draft, automatic_answers })} />
        <p className="soft">{say('triage.automatic_text')}</p>
        <Field label={say('triage.apply_above')} help={say('triage.apply_help')} value={above} onChange={setAbove} error={problem?.fieldError('/apply_above')} />
        <Field label={say('triage.currency')} help={say('triage.currency_help')} value={draft.currency} onChange={(currency) => setDraft({ ...draft, currency: currency.toUpperCase() })} error={problem?.fieldError('/currency')} />
        <Field label={say('triage.rates')} help={say('triage.rates_help')} rows={4} isCode value={rates} onChange={setRates} error={rateError(problem)} />
        <Button type="submit" look="primary">{say('save')}</Button>
        {isSaved && !problem ? <p role="status">{say('triage.saved')}</p> : null}
      </form>
    </Block>
  );
}

/** What is wrong with the rates, each with its currency. */
function rateError(problem: ApiProblem | null): string | undefined {
  const wrong = (problem?.body.errors ?? []).filter(({ pointer }) => pointer.startsWith('/rates'));
  return wrong.map(({ pointer, message }) => [pointer.split('/')[2], message].filter(Boolean).join(' ')).join(' · ') || undefined;
}

function Acceptance({ settings }: { settings: TriageSettings }) {
  const { say, locale } = useWords();
  const { applied, triaged, rate } = settings.acceptance;
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <Block title={say('triage.acceptance')}>
      <p>{rate === null ? say('triage.acceptance_none') : say('triage.acceptance_is', { applied, triaged, rate: percent.format(rate) })}</p>
    </Block>
  );
}
