// Re-applying a policy to open tickets: what would change, then the change, page by page.
import type { ReappliedOut, SlaPolicyOut } from '@mainstay/api';
import { Button, Skeleton } from '@mainstay/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { promises } from '../../state/api';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { PageTrouble } from './frame';

/** Changes that are shown at once, and pages that are asked for to find them: most open tickets may stay as they are. */
const SHOWN = 50;
const ASKED = 20;

async function changesAfter(policy: string, place: string | null): Promise<{ items: ReappliedOut[]; next: string | null }> {
  const items: ReappliedOut[] = [];
  let next = place;
  for (let asked = 0; asked < ASKED && items.length < SHOWN; asked += 1) {
    const page = await promises.reapply(policy, true, next);
    items.push(...page.items);
    next = page.next;
    if (!next) break;
  }
  return { items, next };
}

export function ReapplyDialog({ policy, onClose }: { policy: SlaPolicyOut; onClose: () => void }) {
  const { say, moment } = useWords();
  const read = useInfiniteQuery({
    queryKey: ['reapply', policy.id, policy.version],
    queryFn: ({ pageParam }) => changesAfter(policy.id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  const send = async () => {
    let after: string | null = null;
    do {
      const page = await promises.reapply(policy.id, false, after);
      after = page.next;
    } while (after);
  };
  const changes = read.data?.pages.flatMap((page) => page.items) ?? [];
  const count = () => {
    if (read.hasNextPage) return say('sla.reapply_so_far', { count: changes.length });
    return changes.length === 0 ? say('sla.reapply_none') : say('sla.reapply_change', { count: changes.length });
  };
  const time = (iso: string | null) => (iso ? moment(iso) : '–');
  return (
    <FormDialog
      title={say('sla.reapply_of', { name: policy.name })}
      submit={say('sla.reapply')}
      isOpen
      onClose={onClose}
      send={send}
      fields={() => (
        <>
          <p>{say('sla.reapply_text')}</p>
          {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
          {read.isError && !read.data ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
          {read.data ? <p role="status">{count()}</p> : null}
          {changes.length > 0 ? (
            <div className="reapplied" tabIndex={0} role="region" aria-label={say('sla.reapply_of', { name: policy.name })}>
              <table className="table">
                <thead><tr><th scope="col">{say('sla.number')}</th><th scope="col">{say('sla.due_before')}</th><th scope="col">{say('sla.due_after')}</th></tr></thead>
                <tbody>
                  {changes.map((change) => (
                    <tr key={change.ticket_id}>
                      <td className="number">{change.number_before ?? '–'} → {change.number_after ?? '–'}</td>
                      <td>{time(change.due_before)}</td>
                      <td>{time(change.due_after)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : null}
          {read.isFetchNextPageError ? <PageTrouble error={read.error} onRetry={() => void read.fetchNextPage()} /> : null}
          {read.hasNextPage ? <Button size="small" isPending={read.isFetchingNextPage} onPress={() => void read.fetchNextPage()}>{say('more')}</Button> : null}
          {read.hasNextPage ? <p className="soft">{say('sla.reapply_more')}</p> : null}
        </>
      )}
    />
  );
}
