// The keys, shown by `?`.
import { Button, Dialog, DialogActions } from '@mainstay/ui';
import { useWords } from '../words';
import { KeyTable } from '../words/key-table';

export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  return (
    <Dialog title={say('keys.title')} isOpen={isOpen} onClose={onClose}>
      <p>{say('keys.text')}</p>
      <KeyTable />
      <DialogActions>
        <Button look="primary" onPress={onClose}>{say('done')}</Button>
      </DialogActions>
    </Dialog>
  );
}
