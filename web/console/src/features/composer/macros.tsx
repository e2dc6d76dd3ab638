// Choosing a macro: `m` anywhere on a ticket, or `/` in an empty reply. A canned reply goes into the composer; a macro shows
// first what it would do. What has no value is marked, and nothing is sent while it is there.
import type { MacroOut, MacroPreview, TicketOut } from '@mainstay/api';
import { Button, ChoiceMenu, Dialog, DialogActions, Key, MacroIcon, Skeleton, Trouble, type MenuGroup } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { filing, queries } from '../../state/api';
import { MacroEffects, missingOf } from '../../parts/macro-effects';
import { useMacros } from '../../state/filed';
import { useStore } from '../../state/live';
import { tell, useTell } from '../../state/problems';
import { lastSeenOf } from '../../state/seen';
import { toasts } from '../../state/toasts';
import { useWords, type Say } from '../../words';
import { takeMacro } from './drafts';

export interface MacroPickerProps {
  ticket: TicketOut;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** A reply was put into the composer. */
  onTaken: () => void;
}

export function MacroPicker({ ticket, isOpen, onOpenChange, onTaken }: MacroPickerProps) {
  const { say } = useWords();
  const macros = useMacros();
  const [shown, setShown] = useState<MacroOut | null>(null);
  if (macros.length === 0) return null;
  const take = (found: MacroOut, preview: MacroPreview) => {
    takeMacro(ticket.id, found.name, preview);
    setShown(null);
    onTaken();
  };
  const choose = (id: string) => {
    const found = macros.find((each) => each.id === id);
    if (!found) return;
    if (found.kind !== 'reply') return setShown(found);
    filing.previewMacro(ticket.id, id).then((preview) => take(found, preview), (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  };
  return (
    <>
      <ChoiceMenu
        label={say('macros.pick')}
        groups={groupsOf(macros, say)}
        onChoose={choose}
        search={say('macros.find')}
        nothing={say('macros.nothing')}
        isOpen={isOpen}
        onOpenChange={onOpenChange}
        trigger={<Button size="small"><MacroIcon size={14} aria-hidden="true" /> {say('macros.pick')} <Key>m</Key></Button>}
      />
      {shown ? <PreviewDialog ticket={ticket} found={shown} onTake={(preview) => take(shown, preview)} onClose={() => setShown(null)} /> : null}
    </>
  );
}

/** Those used last come first. */
function groupsOf(macros: readonly MacroOut[], say: Say): MenuGroup[] {
  const byUse = macros.toSorted((one, other) => (other.last_run_at ?? '').localeCompare(one.last_run_at ?? '') || one.name.localeCompare(other.name));
  const choices = (kind: string) =>
    byUse.filter((each) => each.kind === kind).map(({ id, name, shortcut }) => ({ id, label: shortcut ? `${name} /${shortcut}` : name }));
  const groups = [{ heading: say('macros.reply'), choices: choices('reply') }, { heading: say('macros.pick'), choices: choices('macro') }];
  return groups.filter((group) => group.choices.length > 0);
}

function PreviewDialog({ ticket, found, onTake, onClose }: { ticket: TicketOut; found: MacroOut; onTake: (preview: MacroPreview) => void; onClose: () => void }) {
  const { say } = useWords();
  const tellOf = useTell();
  const read = useQuery({ queryKey: ['macro-preview', ticket.id, ticket.version, found.id, found.version], queryFn: () => filing.previewMacro(ticket.id, found.id) });
  return (
    <Dialog title={say('macros.preview', { name: found.name })} isOpen onClose={onClose}>
      {read.isPending ? <Skeleton lines={4} label={say('macros.loading')} /> : null}
      {read.isError ? <Trouble {...tellOf(read.error)} action={<Button onPress={() => void read.refetch()}>{say('try_again')}</Button>} /> : null}
      {read.data ? <Preview ticket={ticket} preview={read.data} onTake={onTake} onClose={onClose} /> : null}
    </Dialog>
  );
}

function Preview({ ticket, preview, onTake, onClose }: { ticket: TicketOut; preview: MacroPreview; onTake: (preview: MacroPreview) => void; onClose: () => void }) {
  const { say } = useWords();
  const store = useStore();
  const tellOf = useTell();
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const missing = missingOf(preview);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const ran = await filing.runMacro(ticket.id, {
        macro_id: preview.macro_id, version: preview.version, ticket_version: preview.ticket_version, last_seen_message_id: lastSeenOf(ticket.id) ?? preview.last_message_id,
      });
      store.apply({ tickets: [ran.ticket] });
      void queries.invalidateQueries({ queryKey: ['timeline', ticket.id] });
      void queries.invalidateQueries({ queryKey: ['filing', 'macros'] });
      onClose();
    } catch (thrown) {
      setProblem(thrown);
      setBusy(false);
    }
  };
  return (
    <div className="macro-preview">
      {problem ? <Trouble {...tellOf(problem)} /> : null}
      <MacroEffects preview={preview} />
      <DialogActions>
        <Button onPress={onClose}>{say('cancel')}</Button>
        {preview.reply ? <Button onPress={() => onTake(preview)}>{say('macros.edit_reply')}</Button> : null}
        <Button look="primary" isPending={isBusy} isDisabled={missing.length > 0} onPress={() => void run()}>{say('macros.run')}</Button>
      </DialogActions>
    </div>
  );
}
