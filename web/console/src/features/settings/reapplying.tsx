// Re-applying a policy to open tickets: what would change, then the change, page by page.
import type { SlaPolicyOut } from '@mainstay/api';
import { Skeleton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { promises } from '../../state/api';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { PageTrouble } from './frame';

export function ReapplyDialog({ policy, onClose }: { policy: SlaPolicyOut; onClose: () => void }) {
  const { say, moment } = useWords();
  const read = useQuery({ queryKey: ['reapply', policy.id, policy.version], queryFn: () => promises.reapply(policy.id, true, null), staleTime: 0 });
  const send = async () => {
    let after: string | null = null;
    do {
      const page = await promises.reapply(policy.id, false, after);
      after = page.next;
    } while (after);
  };
  const changes = read.data?.items ?? [];
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
          {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
          {read.data ? <p>{changes.length === 0 ? say('sla.reapply_none') : say('sla.reapply_change', { count: changes.length })}</p> : null}
          {changes.length > 0 ? (
            <table className="table">
              <thead><tr><th scope="col">{say('sla.number')}</th><th scope="col">{say('sla.due_before')}</th><th scope="col">{say('sla.due_after')}</th></tr></thead>
              <tbody>
                {changes.slice(0, 10).map((change) => (
                  <tr key={change.ticket_id}>
                    <td className="number">{change.number_before ?? '–'} → {change.number_after ?? '–'}</td>
                    <td>{time(change.due_before)}</td>
                    <td>{time(change.due_after)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : null}
          {read.data?.next ? <p className="soft">{say('sla.reapply_more')}</p> : null}
        </>
      )}
    />
  );
}
