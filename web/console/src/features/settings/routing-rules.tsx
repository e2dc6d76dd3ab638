// The routing rules in their order: moved by buttons, edited in a dialog that looks the condition over while it is typed.
import type { RoutingRuleIn, RoutingRuleOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Field, Skeleton, Switch } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, routing } from '../../state/api';
import { useNameOf, useTeams } from '../../state/people';
import { tell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';
import { ConditionFields } from './rules/condition';
import { typed, useReread, useSkills } from './routing-reading';
import { WhatIfDialog } from './what-if';

export function RoutingRules() {
  const { say } = useWords();
  const reread = useReread();
  const read = useQuery({ queryKey: ['routing', 'rules'], queryFn: routing.rules });
  const [isAdding, setAdding] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const rules = read.data ?? [];
  const run = (call: Promise<unknown>) => call.then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  const move = (from: number, to: number) => {
    const order = rules.map(({ id }) => id);
    order.splice(to, 0, ...order.splice(from, 1));
    void run(routing.orderRules(order));
  };
  const add = (
    <>
      {rules.length > 0 ? <Button size="small" onPress={() => setAsking(true)}>{say('whatif.title')}</Button> : null}
      <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('routing.add_rule')}</Button>
    </>
  );
  return (
    <Block title={say('routing.rules')} text={say('routing.rules_text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && rules.length === 0 ? <p className="soft">{say('routing.no_rules')}</p> : null}
      {rules.length > 0 ? (
        <Table label={say('routing.rules')} heads={[say('routing.rule_name'), say('routing.condition'), say('routing.team'), '']}>
          {rules.map((rule, at) => (
            <RuleRow
              key={rule.id}
              rule={rule}
              onUp={at > 0 ? () => move(at, at - 1) : undefined}
              onDown={at < rules.length - 1 ? () => move(at, at + 1) : undefined}
              onRemove={() => void run(routing.removeRule(rule.id))}
            />
          ))}
        </Table>
      ) : null}
      {isAdding ? <RuleDialog rule={null} onClose={() => setAdding(false)} /> : null}
      {isAsking ? <WhatIfDialog name={say('routing.rules')} question={{ routing: { rules: rules.map(plain) } }} onClose={() => setAsking(false)} /> : null}
    </Block>
  );
}

/** A rule as it is written. */
const plain = ({ name, condition, team_id, needs, active }: RoutingRuleOut): RoutingRuleIn => ({ name, condition, team_id, needs, active });

interface RowProps {
  rule: RoutingRuleOut;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
  onRemove: () => void;
}

function RuleRow({ rule, onUp, onDown, onRemove }: RowProps) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const [isOpen, setOpen] = useState(false);
  const { name } = rule;
  return (
    <tr>
      <td data-head={say('routing.rule_name')}><span dir="auto">{name}</span> {rule.active ? null : <Badge>{say('routing.off')}</Badge>}</td>
      <td data-head={say('routing.condition')}><code className="routing-condition">{rule.condition}</code></td>
      <td data-head={say('routing.team')}>{nameOf(rule.team_id) ?? '–'}</td>
      <td className="cell-actions">
        <Button size="small" isDisabled={!onUp} onPress={() => onUp?.()} aria-label={say('routing.up', { name })}>↑</Button>
        <Button size="small" isDisabled={!onDown} onPress={() => onDown?.()} aria-label={say('routing.down', { name })}>↓</Button>
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('routing.edit_rule', { name })}>{say('edit')}</Button>
        <Button size="small" onPress={onRemove} aria-label={say('routing.remove_rule', { name })}>{say('routing.remove')}</Button>
        {isOpen ? <RuleDialog rule={rule} onClose={() => setOpen(false)} /> : null}
      </td>
    </tr>
  );
}

function RuleDialog({ rule, onClose }: { rule: RoutingRuleOut | null; onClose: () => void }) {
  const { say } = useWords();
  const [teams, skills, reread] = [useTeams(), useSkills(), useReread()];
  const need = rule?.needs[0];
  const [isSettled, setSettled] = useState(true);
  const [form, setForm] = useState({
    name: rule?.name ?? '', condition: rule?.condition ?? '', team: rule?.team_id ?? teams[0]?.id ?? '', active: rule?.active ?? true,
    skill: need?.skill_id ?? '', level: String(need?.level ?? 1), need: String(need?.need ?? 'required'), relax: String(need?.relax_after_seconds ?? ''),
  });
  const set = (field: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [field]: value }));
  const [isAsking, setAsking] = useState(false);
  const known = useQuery({ queryKey: ['routing', 'rules'], queryFn: routing.rules }).data ?? [];
  const body = (): RoutingRuleIn => {
    const first = form.skill ? [{ skill_id: form.skill, level: Number(form.level), need: form.need, relax_after_seconds: typed(form.relax) }] : [];
    return { name: form.name, condition: form.condition, team_id: form.team, needs: [...first, ...(rule?.needs.slice(1) ?? [])], active: form.active };
  };
  /** All rules, with this one as it is typed in its place or after the others. */
  const question = () => {
    const mine = { ...body(), name: form.name.trim() || say('routing.add_rule') };
    const rules = rule ? known.map((one) => (one.id === rule.id ? mine : plain(one))) : [...known.map(plain), mine];
    return { routing: { rules } };
  };
  const send = async () => {
    await (rule ? routing.changeRule(rule, body()) : routing.addRule(body()));
    await reread();
  };
  return (
    <FormDialog
      isWide
      title={rule ? say('routing.edit_rule', { name: rule.name }) : say('routing.add_rule')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      isReady={isSettled}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('routing.rule_name')} isRequired autoFocus value={form.name} onChange={set('name')} error={problem?.fieldError('/name')} />
          <ConditionFields label={say('routing.condition')} decides="routing" condition={form.condition} onChange={set('condition')} onSettled={setSettled} error={problem?.fieldError('/condition')} />
          <Trial condition={form.condition} />
          <Choose label={say('routing.team')} value={form.team} onChange={set('team')} choices={teams.map(({ id, name }) => ({ id, label: name }))} />
          {skills.length > 0 ? <Choose label={say('routing.needs')} value={form.skill} onChange={set('skill')} choices={[{ id: '', label: say('routing.none') }, ...skills.map(({ id, name }) => ({ id, label: name }))]} /> : null}
          {form.skill ? (
            <>
              <Choose label={say('routing.need')} value={form.need} onChange={set('need')} choices={[{ id: 'required', label: say('routing.required') }, { id: 'preferred', label: say('routing.preferred') }]} />
              <Field label={say('routing.relax')} help={say('routing.relax_help')} inputMode="numeric" value={form.relax} onChange={set('relax')} error={problem?.fieldError('/needs/0/relax_after_seconds')} />
            </>
          ) : null}
          <Button isDisabled={!isSettled || form.condition.trim() === ''} onPress={() => setAsking(true)}>{say('rules.what_if')}</Button>
          {isAsking ? <WhatIfDialog name={form.name} question={question()} onClose={() => setAsking(false)} /> : null}
          <Switch label={say('routing.rule_on')} isOn={form.active} onChange={(active) => setForm({ ...form, active })} />
        </>
      )}
    />
  );
}

/** Tickets that are offered for a trial. */
const RECENT = 30;

/** Whether a condition holds for a real ticket. */
function Trial({ condition }: { condition: string }) {
  const { say } = useWords();
  const recent = useQuery({ queryKey: ['routing', 'recent'], queryFn: () => api.tickets({ view: 'all', limit: RECENT }) }).data?.items ?? [];
  const [chosen, setChosen] = useState('');
  const [told, setTold] = useState<string | null>(null);
  const attempt = async () => {
    try {
      const tried = await routing.tryCondition(condition, chosen);
      const number = String(recent.find(({ id }) => id === chosen)?.number ?? '');
      setTold(tried.fault ? tried.fault.reason : say(tried.holds ? 'routing.holds' : 'routing.holds_not', { number }));
    } catch (thrown) {
      setTold(tell(thrown, say).text);
    }
  };
  return (
    <div className="routing-trial">
      <div className="routing-try">
        <Choose label={say('routing.try_on')} value={chosen} onChange={setChosen} choices={recent.map(({ id, number, subject }) => ({ id, label: `#${number} ${subject}` }))} />
        <Button onPress={() => void attempt()} isDisabled={chosen === '' || condition.trim() === ''}>{say('routing.try')}</Button>
      </div>
      <p role="status" className="field-help">{told ?? ''}</p>
    </div>
  );
}
