// What is promised: the policies in their order, each to be edited, tried, asked "what if" and re-applied; and the calendars.
import type { SlaPolicyOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Empty, PromiseIcon, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { promises } from '../../state/api';
import { tell } from '../../state/problems';
import { mayAdminister, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { CalendarsBlock } from './calendars';
import { NoPermission, PageTrouble, Block, SettingsPage, Table } from './frame';
import { PolicyDialog } from './policy-dialog';
import { ReapplyDialog } from './reapplying';
import { WhatIfDialog } from './what-if';

export function PromisesPage() {
  const { say } = useWords();
  if (!mayAdminister(useSession())) return <NoPermission />;
  return (
    <SettingsPage title={say('sla.title')} text={say('sla.text')}>
      <PoliciesBlock />
      <CalendarsBlock />
    </SettingsPage>
  );
}

function PoliciesBlock() {
  const { say } = useWords();
  const queries = useQueryClient();
  const read = useQuery({ queryKey: ['sla'], queryFn: promises.policies });
  const [isAdding, setAdding] = useState(false);
  const policies = read.data ?? [];
  const move = (from: number, to: number) => {
    const ids = policies.map(({ id }) => id);
    ids.splice(to, 0, ...ids.splice(from, 1));
    const reread = () => queries.invalidateQueries({ queryKey: ['sla'] });
    promises.orderPolicies(ids).then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  };
  const add = <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('sla.add')}</Button>;
  return (
    <Block title={say('sla.policies')} action={policies.length > 0 ? add : null}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && policies.length === 0 ? (
        <Empty icon={<PromiseIcon size={28} strokeWidth={1.5} />} title={say('sla.no_policies')} text={say('sla.no_policies_text')} action={<Button look="primary" onPress={() => setAdding(true)}>{say('sla.from_template')}</Button>} />
      ) : null}
      {policies.length > 0 ? (
        <Table label={say('sla.policies')} heads={[say('sla.name'), say('sla.condition'), '']}>
          {policies.map((policy, at) => (
            <PolicyRow key={policy.id} policy={policy} onUp={at > 0 ? () => move(at, at - 1) : undefined} onDown={at < policies.length - 1 ? () => move(at, at + 1) : undefined} />
          ))}
        </Table>
      ) : null}
      {isAdding ? <PolicyDialog policy={null} onClose={() => setAdding(false)} /> : null}
    </Block>
  );
}

interface RowProps {
  policy: SlaPolicyOut;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
}

function PolicyRow({ policy, onUp, onDown }: RowProps) {
  const { say } = useWords();
  const [open, setOpen] = useState<'edit' | 'what_if' | 'reapply' | null>(null);
  const close = () => setOpen(null);
  const { name } = policy;
  return (
    <tr>
      <td data-head={say('sla.name')}>
        <span dir="auto">{name}</span> <span className="soft number">{say('sla.number')} {policy.number}</span>
        {policy.is_active ? null : <> <Badge>{say('sla.inactive')}</Badge></>}
        {policy.is_shadowed ? <> <Badge tone="warning">{say('sla.shadowed')}</Badge></> : null}
      </td>
      <td data-head={say('sla.condition')}>{policy.promise.condition ? <code>{policy.promise.condition}</code> : say('sla.condition_all')}</td>
      <td className="cell-actions">
        {onUp ? <Button size="small" onPress={onUp} aria-label={say('sla.up', { name })}>↑</Button> : null}
        {onDown ? <Button size="small" onPress={onDown} aria-label={say('sla.down', { name })}>↓</Button> : null}
        <Button size="small" onPress={() => setOpen('edit')} aria-label={say('sla.edit', { name })}>{say('edit')}</Button>
        <Button size="small" onPress={() => setOpen('what_if')} aria-label={say('whatif.of', { name })}>{say('whatif.title')}</Button>
        <Button size="small" onPress={() => setOpen('reapply')} aria-label={say('sla.reapply_of', { name })}>{say('sla.reapply')}</Button>
        {open === 'edit' ? <PolicyDialog policy={policy} onClose={close} /> : null}
        {open === 'what_if' ? <WhatIfDialog name={name} question={{ policy: { policy_id: policy.id, promise: policy.promise } }} onClose={close} /> : null}
        {open === 'reapply' ? <ReapplyDialog policy={policy} onClose={close} /> : null}
      </td>
    </tr>
  );
}
