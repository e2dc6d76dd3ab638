// A policy while it is typed: looked over by the server at every pause, tried on a real ticket, asked what would have been.
import { asProblem, type ApiProblem, type Metric, type PriorityWord, type SlaPolicyOut, type SlaPromise } from '@mainstay/api';
import { Button, Choose, Field, Skeleton, Switch } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, promises } from '../../state/api';
import { useWords, type Key, type Say } from '../../words';
import { Clocks } from '../../state/clocks';
import { useCalendars } from './calendars';
import { FormDialog } from './form';
import { ConditionFields } from './rules/condition';
import { WhatIfDialog } from './what-if';

const METRICS: Metric[] = ['first_response', 'next_response', 'resolution', 'periodic_update', 'pausable_update', 'requester_wait', 'agent_work', 'team_time'];
const PRIORITIES: PriorityWord[] = ['urgent', 'high', 'normal', 'low'];
const PAUSE_MS = 400;

export function PolicyDialog({ policy, onClose }: { policy: SlaPolicyOut | null; onClose: () => void }) {
  const { say } = useWords();
  const template = useQuery({ queryKey: ['sla-template'], queryFn: promises.template, enabled: policy === null });
  const start = policy?.promise ?? template.data;
  if (!start) return <Skeleton lines={4} label={say('loading')} />;
  return <Editor policy={policy} start={start} onClose={onClose} />;
}

function Editor({ policy, start, onClose }: { policy: SlaPolicyOut | null; start: SlaPromise; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState(policy?.name ?? '');
  const [isActive, setActive] = useState(policy?.is_active ?? true);
  const [promise, setPromise] = useState(start);
  const [thresholds, setThresholds] = useState(start.thresholds.join(', '));
  const [isAsking, setAsking] = useState(false);
  const [isSettled, setSettled] = useState(true);
  const typed = { ...promise, thresholds: thresholds.split(',').map((part) => part.trim()).filter(Boolean) };
  const send = async () => {
    if (policy) await promises.changePolicy(policy, { name, promise: typed, is_active: isActive });
    else await promises.addPolicy(name, typed);
    await queries.invalidateQueries({ queryKey: ['sla'] });
  };
  return (
    <FormDialog
      isWide
      title={policy ? say('sla.edit', { name: policy.name }) : say('sla.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      isReady={isSettled}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('sla.name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />
          <Switch label={say('sla.active')} isOn={isActive} onChange={setActive} />
          <PromiseFields policyId={policy?.id ?? null} promise={promise} onChange={setPromise} onSettled={setSettled} thresholds={thresholds} onThresholds={setThresholds} />
          <Trial policyId={policy?.id ?? null} promise={typed} />
          <Button isDisabled={!isSettled} onPress={() => setAsking(true)}>{say('whatif.title')}</Button>
          {isAsking ? <WhatIfDialog name={name} question={{ policy: { policy_id: policy?.id ?? null, promise: typed } }} onClose={() => setAsking(false)} /> : null}
        </>
      )}
    />
  );
}

interface FieldsProps {
  policyId: string | null;
  promise: SlaPromise;
  onChange: (change: (before: SlaPromise) => SlaPromise) => void;
  onSettled: (isSettled: boolean) => void;
  thresholds: string;
  onThresholds: (text: string) => void;
}

function PromiseFields({ policyId, promise, onChange, onSettled, thresholds, onThresholds }: FieldsProps) {
  const { say } = useWords();
  const calendars = useCalendars().data ?? [];
  const set = (change: Partial<SlaPromise>) => onChange((before) => ({ ...before, ...change }));
  const choices = [{ id: '', label: say('sla.no_calendar') }, ...calendars.map(({ id, name }) => ({ id, label: name }))];
  const measure = (id: string) => {
    const hours = id ? ('business' as const) : ('calendar' as const);
    set({ calendar_id: id || null, targets: promise.targets.map((target) => ({ ...target, hours })) });
  };
  return (
    <>
      <ConditionFields label={say('sla.condition')} help={say('sla.condition_help')} decides="policy" condition={promise.condition ?? ''} onChange={(text) => set({ condition: text.trim() ? text : null })} onSettled={onSettled} />
      <Choose label={say('sla.calendar')} value={promise.calendar_id ?? ''} onChange={measure} choices={choices} />
      <Targets policyId={policyId} promise={promise} onChange={onChange} />
      <Field label={say('sla.thresholds')} value={thresholds} onChange={onThresholds} help={say('sla.thresholds_help')} />
      <Switch label={say('sla.pauses_third_party')} isOn={promise.pauses_on_third_party} onChange={(is) => set({ pauses_on_third_party: is })} />
      <Switch label={say('sla.pauses_internal')} isOn={promise.pauses_on_internal} onChange={(is) => set({ pauses_on_internal: is })} />
    </>
  );
}

/** A grid of minutes, a metric a row, a priority a column. */
function Targets({ policyId, promise, onChange }: Pick<FieldsProps, 'policyId' | 'promise' | 'onChange'>) {
  const { say } = useWords();
  const { wrong } = useLooked(policyId, promise, '');
  const mistakes = wrong.filter(({ pointer }) => pointer.startsWith('/targets'));
  const wrongAt = (metric: Metric, priority: PriorityWord) => {
    const at = promise.targets.findIndex((one) => one.metric === metric && one.priority === priority);
    return at >= 0 && mistakes.some(({ pointer }) => pointer.split('/')[2] === String(at));
  };
  const hours = promise.calendar_id ? ('business' as const) : ('calendar' as const);
  const of = (metric: Metric, priority: PriorityWord) => promise.targets.find((one) => one.metric === metric && one.priority === priority);
  const set = (metric: Metric, priority: PriorityWord, text: string) => {
    const target = { metric, priority, minutes: Math.trunc(Number(text)) || 0, hours: of(metric, priority)?.hours ?? hours };
    onChange((before) => {
      const others = before.targets.filter((one) => one.metric !== metric || one.priority !== priority);
      return { ...before, targets: text.trim() === '' ? others : [...others, target] };
    });
  };
  return (
    <>
      <table className="table targets" aria-label={say('sla.targets')}>
        <thead>
          <tr><th scope="col">{say('sla.targets')}</th>{PRIORITIES.map((priority) => <th key={priority} scope="col">{say(`priority.${priority}` as Key)}</th>)}</tr>
        </thead>
        <tbody>
          {METRICS.map((metric) => (
            <tr key={metric}>
              <th scope="row">{say(`metric.${metric}` as Key)}</th>
              {PRIORITIES.map((priority) => (
                <td key={priority}>
                  <input
                    className="field-input number"
                    data-invalid={wrongAt(metric, priority) || undefined}
                    aria-invalid={wrongAt(metric, priority)}
                    inputMode="numeric"
                    aria-label={say('sla.minutes_of', { metric: say(`metric.${metric}` as Key), priority: say(`priority.${priority}` as Key) })}
                    value={of(metric, priority)?.minutes ?? ''}
                    onChange={(event) => set(metric, priority, event.target.value)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div role="status">{mistakes.map((field) => <p key={field.pointer + field.code} className="field-error">{placeOf(field.pointer, promise, say)} {field.message}</p>)}</div>
      <p className="field-help">{say('sla.targets_help')}</p>
    </>
  );
}

/** Looks the policy over when typing rests, and shows the clocks of a real ticket under it. */
function Trial({ policyId, promise }: { policyId: string | null; promise: SlaPromise }) {
  const { say } = useWords();
  const [ticket, setTicket] = useState('');
  const recent = useQuery({ queryKey: ['recent-tickets'], queryFn: () => api.tickets({ limit: 20 }) }).data?.items ?? [];
  const { read, problem, wrong } = useLooked(policyId, promise, ticket);
  const choices = [{ id: '', label: say('sla.no_ticket') }, ...recent.map((one) => ({ id: one.id, label: `#${one.number} ${one.subject}` }))];
  return (
    <>
      <Choose label={say('sla.try_on')} value={ticket} onChange={setTicket} choices={choices} />
      <div role="status">
        {wrong.filter(({ pointer }) => !pointer.startsWith('/targets')).map((field) => <p key={field.pointer + field.code} className="field-error">{placeOf(field.pointer, promise, say)} {field.message}</p>)}
        {problem && wrong.length === 0 ? <p className="field-error">{problem.message}</p> : null}
        {read.data && !ticket ? <p className="soft">{say('sla.good')}</p> : null}
      </div>
      {read.data && ticket ? <Clocks found={read.data} /> : null}
    </>
  );
}

/** What the server says of the policy when typing rests, asked once for everybody who shows it. */
function useLooked(policyId: string | null, promise: SlaPromise, ticket: string) {
  const text = useResting(JSON.stringify(promise));
  const read = useQuery({
    queryKey: ['sla-trial', policyId, text, ticket],
    queryFn: () => promises.tryPolicy(policyId, JSON.parse(text) as SlaPromise, ticket || null),
    retry: false,
  });
  const problem: ApiProblem | null = read.error ? asProblem(read.error) : null;
  // One reason for each place: what is put right there often puts the rest right.
  const wrong = (problem?.body.errors ?? []).filter(({ pointer }, at, all) => all.findIndex((other) => other.pointer === pointer) === at);
  return { read, problem, wrong };
}

/** The place of a mistake in words, as "First response, Urgent". */
function placeOf(pointer: string, promise: SlaPromise, say: Say): string {
  const [, part, at] = pointer.split('/');
  const target = part === 'targets' ? promise.targets[Number(at)] : undefined;
  if (target) return say('sla.place_target', { metric: say(`metric.${target.metric}` as Key), priority: say(`priority.${target.priority}` as Key) });
  const names: Record<string, Key> = { condition: 'sla.condition', calendar_id: 'sla.calendar', targets: 'sla.targets', thresholds: 'sla.thresholds' };
  const name = names[part ?? ''];
  return name ? `${say(name)}:` : '';
}

function useResting(text: string): string {
  const [resting, setResting] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setResting(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return resting;
}
