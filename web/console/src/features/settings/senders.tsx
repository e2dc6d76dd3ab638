// Rules about senders: whom to hold back and whom to let in.
import type { SenderRuleOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Field, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { useNameOf } from '../../state/people';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';

const KINDS = ['address', 'domain', 'network', 'visitor'] as const;

export function SenderRules({ mayWrite }: { mayWrite: boolean }) {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['spam', 'rules'], queryFn: filing.senderRules });
  const [isAdding, setAdding] = useState(false);
  const add = mayWrite ? <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('spam.add_rule')}</Button> : null;
  return (
    <Block title={say('spam.rules')} text={say('spam.rules_text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <p className="soft">{say('spam.no_rules')}</p> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('spam.rules')} heads={[say('spam.value'), say('spam.effect'), say('spam.reason'), '']}>
          {read.data.map((rule) => <Row key={rule.id} rule={rule} mayWrite={mayWrite} />)}
        </Table>
      ) : null}
      {isAdding ? <RuleDialog onClose={() => setAdding(false)} /> : null}
    </Block>
  );
}

function Row({ rule, mayWrite }: { rule: SenderRuleOut; mayWrite: boolean }) {
  const { say, exact } = useWords();
  const nameOf = useNameOf();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    await filing.removeSenderRule(rule.id);
    await queries.invalidateQueries({ queryKey: ['spam', 'rules'] });
  };
  return (
    <tr>
      <td data-head={say('spam.value')}><code>{rule.value}</code></td>
      <td data-head={say('spam.effect')}>
        <Badge>{rule.blocked ? say('spam.blocked') : say('spam.allowed')}</Badge> {rule.hits > 0 ? <span className="soft">{say('spam.hits', { count: rule.hits })}</span> : null}
      </td>
      <td data-head={say('spam.reason')}>
        <span dir="auto">{rule.reason ?? '–'}</span> <span className="soft">{[nameOf(rule.author_id), rule.until ? say('spam.ends', { time: exact(rule.until) }) : null].filter(Boolean).join(' · ')}</span>
      </td>
      <td className="cell-actions">
        {mayWrite ? <Button size="small" aria-label={say('spam.remove_of', { value: rule.value })} onPress={() => setOpen(true)}>{say('remove')}</Button> : null}
        <FormDialog title={say('spam.remove_of', { value: rule.value })} submit={say('remove')} look="danger" isOpen={isOpen} onClose={() => setOpen(false)} send={remove} fields={() => <p><code>{rule.value}</code></p>} />
      </td>
    </tr>
  );
}

function RuleDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [form, setForm] = useState({ kind: 'address', value: '', effect: 'blocked', reason: '', days: '' });
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  const send = async () => {
    const until = form.days.trim() ? new Date(Date.now() + Number(form.days) * 86_400_000).toISOString() : null;
    await filing.addSenderRule({ kind: form.kind, value: form.value, blocked: form.effect === 'blocked', reason: form.reason.trim() || null, until });
    await queries.invalidateQueries({ queryKey: ['spam', 'rules'] });
  };
  return (
    <FormDialog
      title={say('spam.add_rule')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('spam.effect')} value={form.effect} onChange={set('effect')} choices={[{ id: 'blocked', label: say('spam.blocked') }, { id: 'allowed', label: say('spam.allowed') }]} />
          <Choose label={say('spam.kind')} value={form.kind} onChange={set('kind')} choices={KINDS.map((id) => ({ id, label: say(`sender.${id}`) }))} />
          <Field label={say('spam.value')} help={say('spam.value_help')} isRequired autoFocus value={form.value} onChange={set('value')} error={problem?.fieldError('/value')} />
          <Field label={say('spam.reason')} value={form.reason} onChange={set('reason')} error={problem?.fieldError('/reason')} />
          <Field label={say('spam.days')} help={say('spam.days_help')} inputMode="numeric" value={form.days} onChange={set('days')} error={problem?.fieldError('/until')} />
        </>
      )}
    />
  );
}
