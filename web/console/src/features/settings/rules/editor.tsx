// One rule: when, if, then, how often; tested on a real ticket before it is saved, with what it did below.
import { asProblem, type ApiProblem, type RuleIn, type RuleOut } from '@mainstay/api';
import { BackIcon, Button, Field, Skeleton, Switch, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { automation } from '../../../state/api';
import { useTell } from '../../../state/problems';
import { mayAdminister, useSession } from '../../../state/session';
import { toasts } from '../../../state/toasts';
import { useWords } from '../../../words';
import { FormDialog } from '../form';
import { Block, CopyField, NoPermission, PageTrouble, SettingsPage } from '../frame';
import { WhatIfDialog } from '../what-if';
import { ActionList } from './actions';
import { ConditionBlock } from './condition';
import { mistakesOf } from './forms';
import { Past } from './past';
import { TrialBlock } from './trial';
import { WhenBlock } from './when';
import './rules.css';

const FRESH: RuleIn = { name: '', when: { events: ['opened'] }, condition: '', actions: [{ do: 'set_priority', priority: 'high' }], stops: false, once_per_ticket: false, per_hour: 1000, enabled: false };

export function RulePage() {
  const { say } = useWords();
  const { ruleId = 'new' } = useParams({ strict: false });
  const isNew = ruleId === 'new';
  const read = useQuery({ queryKey: ['rule', ruleId], queryFn: () => automation.rule(ruleId), enabled: !isNew, staleTime: Infinity });
  if (!mayAdminister(useSession())) return <NoPermission />;
  if (isNew) return <Editor key="new" rule={null} />;
  if (read.data) return <Editor key={read.data.id} rule={read.data} />;
  return (
    <SettingsPage title={say('rules.title')}>
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : <Skeleton lines={6} label={say('loading')} />}
    </SettingsPage>
  );
}

function draftOf(rule: RuleOut): RuleIn {
  const { name, when, condition, actions, stops, once_per_ticket, per_hour, enabled } = rule;
  return { name, when, condition: condition ?? '', actions, stops, once_per_ticket, per_hour, enabled };
}

function Editor({ rule }: { rule: RuleOut | null }) {
  const { say } = useWords();
  const tell = useTell();
  const [draft, setDraft] = useState<RuleIn>(() => (rule ? draftOf(rule) : FRESH));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isSettled, setSettled] = useState(true);
  const save = useSave(rule);
  const change = (part: Partial<RuleIn>) => setDraft((before) => ({ ...before, ...part }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isSettled) return;
    setBusy(true);
    setProblem(await save(draft));
    setBusy(false);
  };
  return (
    <SettingsPage title={rule ? rule.name : say('rules.add')} action={<Link to="/settings/rules" className="button" data-look="plain" data-size="small"><BackIcon size={14} aria-hidden="true" /> {say('rules.back')}</Link>}>
      <form className="form rule-form" onSubmit={(event) => void submit(event)}>
        {problem ? <Trouble {...tell(problem)} text={mistakesOf(problem, say) || tell(problem).text} /> : null}
        <Field label={say('rules.name')} isRequired value={draft.name} onChange={(name) => change({ name })} error={problem?.fieldError('/name')} />
        <WhenBlock when={draft.when} onChange={(when) => change({ when })} />
        <ConditionBlock decides="rule" condition={draft.condition ?? ''} error={problem?.fieldError('/condition')} onChange={(condition) => change({ condition })} onSettled={setSettled} />
        <ActionList actions={draft.actions} onChange={(actions) => change({ actions })} />
        {rule?.webhook_secret ? <CopyField label={say('rules.secret')} value={rule.webhook_secret} help={say('rules.secret_help')} /> : null}
        <Block title={say('rules.how_often')}>
          <Switch label={say('rules.once')} isOn={draft.once_per_ticket ?? false} onChange={(isOn) => change({ once_per_ticket: isOn })} />
          <Switch label={say('rules.stops')} isOn={draft.stops ?? false} onChange={(isOn) => change({ stops: isOn })} />
          <Field label={say('rules.per_hour')} type="number" value={String(draft.per_hour ?? 1000)} onChange={(text) => change({ per_hour: Number(text) })} error={problem?.fieldError('/per_hour')} />
          <Switch label={say('rules.on')} isOn={draft.enabled ?? false} onChange={(isOn) => change({ enabled: isOn })} />
        </Block>
        <div className="rule-foot">
          <Button type="submit" look="primary" isPending={isBusy} isDisabled={!isSettled}>{say('rules.save')}</Button>
          {rule ? <Remove rule={rule} /> : null}
        </div>
      </form>
      <TrialBlock draft={draft} />
      <WhatIfBlock rule={rule} draft={draft} isSettled={isSettled} />
      {rule ? <Past rule={rule} /> : null}
    </SettingsPage>
  );
}

/** What the rule as it is typed would have changed, had it been there. */
function WhatIfBlock({ rule, draft, isSettled }: { rule: RuleOut | null; draft: RuleIn; isSettled: boolean }) {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const name = draft.name.trim() || say('rules.add');
  const question = { rule: { rule_id: rule?.id ?? null, rule: { ...draft, name } } };
  return (
    <Block title={say('rules.what_if')} text={say('rules.what_if_text')}>
      <Button isDisabled={!isSettled} onPress={() => setOpen(true)}>{say('whatif.ask')}</Button>
      {isOpen ? <WhatIfDialog name={name} question={question} onClose={() => setOpen(false)} /> : null}
    </Block>
  );
}

/** Saves a draft and shows the version it became; gives the problem when it was refused. */
function useSave(rule: RuleOut | null): (draft: RuleIn) => Promise<ApiProblem | null> {
  const { say } = useWords();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (draft) => {
    const { condition, ...rest } = draft;
    const body = { ...rest, condition: condition ?? '' };
    try {
      const saved = await (rule ? automation.changeRule(rule, body) : automation.addRule(body));
      queries.setQueryData(['rule', saved.id], saved);
      void queries.invalidateQueries({ queryKey: ['rules'] });
      void queries.invalidateQueries({ queryKey: ['rule-names'] });
      void queries.invalidateQueries({ queryKey: ['rule-versions', saved.id] });
      toasts.show({ text: say('rules.saved', { version: String(saved.version) }) });
      if (!rule) await navigate({ to: '/settings/rules/$ruleId', params: { ruleId: saved.id } });
      return null;
    } catch (thrown) {
      return asProblem(thrown);
    }
  };
}

function Remove({ rule }: { rule: RuleOut }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const send = async () => {
    await automation.removeRule(rule);
    await queries.invalidateQueries({ queryKey: ['rules'] });
    await navigate({ to: '/settings/rules' });
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>{say('rules.remove')}</Button>
      <FormDialog title={say('rules.remove')} submit={say('rules.remove')} look="danger" isOpen={isOpen} onClose={() => setOpen(false)} send={send} fields={() => <p>{say('rules.remove_text')}</p>} />
    </>
  );
}
