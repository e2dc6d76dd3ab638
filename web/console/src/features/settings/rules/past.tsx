// What a rule did, and the versions it had.
import type { RuleOut } from '@mainstay/api';
import { Badge, Button, Skeleton } from '@mainstay/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { automation } from '../../../state/api';
import { useNow } from '../../../state/clock';
import { useWords } from '../../../words';
import { actionName, effectName, runName } from '../../../words/names';
import { Block, PageTrouble, Table } from '../frame';
import { placed } from './forms';

export function Past({ rule }: { rule: RuleOut }) {
  return (
    <>
      <Runs rule={rule} />
      <Versions rule={rule} />
    </>
  );
}

function Runs({ rule }: { rule: RuleOut }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const read = useInfiniteQuery({
    queryKey: ['rule-runs', rule.id],
    queryFn: ({ pageParam }) => automation.runs(rule.id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const runs = read.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Block title={say('rules.runs')}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data && runs.length === 0 ? <p className="soft">{say('rules.runs_none')}</p> : null}
      {runs.length > 0 ? (
        <Table label={say('rules.runs')} heads={[say('rules.ticket'), say('rules.outcome'), say('rules.effects'), say('rules.time')]}>
          {runs.map((run) => (
            <tr key={run.id}>
              <td data-head={say('rules.ticket')}><Link to="/inbox/$view/$ticketId" params={{ view: 'open', ticketId: run.ticket_id }}>#{run.number}</Link></td>
              <td data-head={say('rules.outcome')}><Badge tone={run.outcome === 'ran' ? 'good' : 'warning'}>{runName(run.outcome, say)}</Badge>{run.fault ? <div className="soft">{run.fault}</div> : null}</td>
              <td data-head={say('rules.effects')}>{placed(run.effects).map(({ key, item: effect }) => <div key={key}>{actionName(effect.do, say)}: {effectName(effect, say)}</div>)}</td>
              <td data-head={say('rules.time')}><time dateTime={run.ran_at} title={exact(run.ran_at)}>{ago(run.ran_at, now)}</time></td>
            </tr>
          ))}
        </Table>
      ) : null}
      {read.hasNextPage ? <Button isPending={read.isFetchingNextPage} onPress={() => void read.fetchNextPage()}>{say('more')}</Button> : null}
    </Block>
  );
}

function Versions({ rule }: { rule: RuleOut }) {
  const { say, exact } = useWords();
  const read = useInfiniteQuery({
    queryKey: ['rule-versions', rule.id],
    queryFn: ({ pageParam }) => automation.versions(rule.id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const versions = read.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Block title={say('rules.versions')}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      <ul className="trial-parts">
        {versions.map((version) => (
          <li key={version.version}>
            {say('rules.version_by', { version: String(version.version), who: version.made_by_name ?? version.made_by })}{' '}
            <time className="soft" dateTime={version.made_at}>{exact(version.made_at)}</time> {version.enabled ? null : <Badge>{say('rules.off')}</Badge>}
            <div><code>{version.condition ?? say('rules.always')}</code> <span className="soft">{version.actions.map((action) => actionName(action.do, say)).join(', ')}</span></div>
          </li>
        ))}
      </ul>
      {read.hasNextPage ? <Button isPending={read.isFetchingNextPage} onPress={() => void read.fetchNextPage()}>{say('more')}</Button> : null}
    </Block>
  );
}
