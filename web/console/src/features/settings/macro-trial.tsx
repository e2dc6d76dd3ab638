// What a macro would do to a real ticket. Nothing is changed and nothing is sent.
import type { MacroOut } from '@mainstay/api';
import { Button, Choose, Dialog, DialogActions, Skeleton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { MacroEffects } from '../../parts/macro-effects';
import { api, filing } from '../../state/api';
import { useWords } from '../../words';
import { PageTrouble } from './frame';

/** Tickets that are offered for a trial. */
const RECENT = 30;

export function MacroTrialDialog({ found, onClose }: { found: MacroOut; onClose: () => void }) {
  const { say } = useWords();
  const [ticket, setTicket] = useState('');
  const recent = useQuery({ queryKey: ['recent-tickets', RECENT], queryFn: () => api.tickets({ view: 'all', limit: RECENT }) }).data?.items ?? [];
  const read = useQuery({ queryKey: ['macro-preview', ticket, 'trial', found.id, found.version], queryFn: () => filing.previewMacro(ticket, found.id), enabled: ticket !== '', staleTime: 0 });
  return (
    <Dialog title={say('macros.preview', { name: found.name })} isOpen onClose={onClose}>
      <div className="form">
        <p>{say('rules.try_text')}</p>
        <Choose label={say('routing.try_on')} value={ticket} onChange={setTicket} choices={recent.map(({ id, number, subject }) => ({ id, label: `#${number} ${subject}` }))} />
        <div className="macro-preview" role="status">
          {read.isFetching ? <Skeleton lines={3} label={say('macros.loading')} /> : null}
          {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
          {read.data ? <MacroEffects preview={read.data} /> : null}
        </div>
        <DialogActions><Button onPress={onClose}>{say('done')}</Button></DialogActions>
      </div>
    </Dialog>
  );
}
