// Who else a ticket concerns: customers beside the one who asked, named by address and taken away again.
import type { ParticipantOut, TicketOut } from '@mainstay/api';
import { Button, CloseIcon, Dialog, DialogActions, Field, IconButton, Skeleton, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../state/api';
import { tell, useTell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { personName } from '../../words/names';

export function ParticipantsBlock({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const told = useTell();
  const queries = useQueryClient();
  const mayWork = !isViewer(useSession()) && ticket.status !== 'closed';
  const key = ['participants', ticket.id];
  const read = useQuery({ queryKey: [...key, ticket.version], queryFn: () => api.participants(ticket.id), placeholderData: (before) => before });
  const [isOpen, setOpen] = useState(false);
  const people = read.data?.items ?? [];
  const reread = () => void queries.invalidateQueries({ queryKey: key });
  const remove = (one: ParticipantOut) =>
    api.removeParticipant(ticket.id, one.id).then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('participants.title')}</h2>
      {read.isPending ? <Skeleton lines={1} label={say('participants.loading')} /> : null}
      {read.isError ? <Trouble {...told(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} /> : null}
      {read.data && people.length === 0 ? <p className="context-none">{say('participants.none')}</p> : null}
      <ul>
        {people.map((one) => (
          <li key={one.id} className="participant">
            <span className="fact-long" dir="auto" title={one.customer.email ?? undefined}>{personName(one.customer, say)}</span>
            {mayWork ? (
              <IconButton size="small" label={say('participants.remove', { name: personName(one.customer, say) })} onPress={() => void remove(one)}>
                <CloseIcon size={12} />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
      {mayWork ? (
        <div className="why-offer">
          <Button size="small" onPress={() => setOpen(true)}>{say('participants.add')}</Button>
        </div>
      ) : null}
      {isOpen ? <AddDialog ticket={ticket} onAdded={reread} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

function AddDialog({ ticket, onAdded, onClose }: { ticket: TicketOut; onAdded: () => void; onClose: () => void }) {
  const { say } = useWords();
  const [email, setEmail] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await api.addParticipant(ticket.id, { email: email.trim() });
      onAdded();
      onClose();
    } catch (thrown) {
      setProblem(tell(thrown, say).text);
      setBusy(false);
    }
  };
  return (
    <Dialog title={say('participants.add')} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label={say('participants.email')} type="email" value={email} onChange={setEmail} isRequired autoFocus error={problem ?? undefined} />
        <DialogActions>
          <Button onPress={onClose}>{say('cancel')}</Button>
          <Button type="submit" look="primary" isPending={isBusy}>{say('participants.submit')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
