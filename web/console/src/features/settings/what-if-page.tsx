// What was asked of history lately: policies, rules and routing, each with how far it is and its answer.
import type { SimulationSummaryOut } from '@mainstay/api';
import { Badge, Button, Dialog, Empty, Skeleton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { promises } from '../../state/api';
import { useNameOf } from '../../state/people';
import { mayAdminister, useSession } from '../../state/session';
import { useWords, type Key } from '../../words';
import { NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { Run } from './what-if';
import { Sentence } from './what-if-outcome';

const POLL_MS = 2_000;

export function WhatIfPage() {
  const { say } = useWords();
  const isAdmin = mayAdminister(useSession());
  const read = useQuery({
    queryKey: ['simulations'],
    queryFn: promises.simulations,
    enabled: isAdmin,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.some((run) => run.state === 'running') ? POLL_MS : false),
  });
  if (!isAdmin) return <NoPermission />;
  const runs = read.data ?? [];
  return (
    <SettingsPage title={say('whatif.title')} text={say('whatif.page_text')}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && runs.length === 0 ? <Empty title={say('whatif.none')} text={say('whatif.none_text')} /> : null}
      {runs.length > 0 ? (
        <Table label={say('whatif.title')} heads={[say('whatif.kind'), say('whatif.range'), say('whatif.state'), say('whatif.answer'), '']}>
          {runs.map((run) => <RunRow key={run.id} run={run} />)}
        </Table>
      ) : null}
    </SettingsPage>
  );
}

function RunRow({ run }: { run: SimulationSummaryOut }) {
  const { say, day } = useWords();
  const [isOpen, setOpen] = useState(false);
  const name = useAsked(run);
  return (
    <tr>
      <td data-head={say('whatif.kind')}>{say(`whatif.kind_${run.kind}` as Key)} <span dir="auto">{name}</span></td>
      <td data-head={say('whatif.range')}>{day(run.from)} – {day(run.to)}</td>
      <td data-head={say('whatif.state')}>
        <Badge>{say(`whatif.state_${run.state}` as Key)}</Badge> <span className="soft">{say('whatif.progress', { done: run.looked_at, total: run.total })}</span>
      </td>
      <td data-head={say('whatif.answer')}>{run.differing === 0 ? say('whatif.same') : <Sentence run={run} />}</td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('whatif.show_of', { name: name || say(`whatif.kind_${run.kind}` as Key) })}>{say('whatif.show')}</Button>
        {isOpen ? <Dialog title={say('whatif.title')} isOpen onClose={() => setOpen(false)}><Run id={run.id} /></Dialog> : null}
      </td>
    </tr>
  );
}

/** What was asked about, by its name when it has one by now. */
function useAsked(run: SimulationSummaryOut): string {
  const { say } = useWords();
  const nameOf = useNameOf();
  const policies = useQuery({ queryKey: ['sla', 'policies'], queryFn: promises.policies, staleTime: 60_000 }).data ?? [];
  if (run.kind === 'routing') return '';
  const name = run.kind === 'rule' ? nameOf(run.rule_id) : policies.find(({ id }) => id === run.policy_id)?.name;
  return name ? `“${name}”` : `(${say('whatif.unsaved')})`;
}
