// The button that says a ticket is spam: asked once, because it deletes the ticket and teaches the filter.
import type { TicketOut } from '@mainstay/api';
import { Button, Dialog, DialogActions, SpamIcon, Switch, Trouble } from '@mainstay/ui';
import { useState } from 'react';
import { filing } from '../../state/api';
import { useTell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';

export function SpamButton({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onPress={() => setOpen(true)}><SpamIcon size={14} aria-hidden="true" /> {say('spam.mark')}</Button>
      {isOpen ? <SpamDialog ticket={ticket} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function SpamDialog({ ticket, onClose }: { ticket: TicketOut; onClose: () => void }) {
  const { say } = useWords();
  const tell = useTell();
  const [isBlocked, setBlocked] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const mark = async () => {
    setBusy(true);
    try {
      await filing.markSpam(ticket, true, isBlocked);
      toasts.show({ text: say('spam.marked') });
      onClose();
    } catch (thrown) {
      setProblem(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog title={say('spam.mark_title')} isOpen onClose={onClose}>
      {problem ? <Trouble {...tell(problem)} /> : null}
      <p>{say('spam.mark_text')}</p>
      <Switch label={say('spam.mark_block')} isOn={isBlocked} onChange={setBlocked} />
      <DialogActions>
        <Button onPress={onClose}>{say('cancel')}</Button>
        <Button look="danger" isPending={isBusy} onPress={() => void mark()}>{say('spam.mark')}</Button>
      </DialogActions>
    </Dialog>
  );
}
