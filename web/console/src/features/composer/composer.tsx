// The composer: a reply goes to the customer, a note stays with the team, and the two cannot be mistaken:
// other ground, other words on the button, other placeholder. Words typed here survive every error.
import type { TicketOut } from '@mainstay/api';
import { AttachIcon, Button, CloseIcon, IconButton, Key, NoteIcon, ReplyIcon, Spinner, Trouble } from '@mainstay/ui';
import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { useKeys } from '../../state/keys';
import { useStore } from '../../state/live';
import { useTell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { useWords } from '../../words';
import { personName } from '../../words/names';
import { attach, changeDraft, detach, maySend, send, sendAnyway, unfilled, useDraft, type Draft, type Kind } from './drafts';
import { MacroPicker } from './macros';
import { NewerMessages } from './newer';
import './composer.css';

export function Composer({ ticket }: { ticket: TicketOut }) {
  const session = useSession();
  const { say } = useWords();
  if (isViewer(session)) return null;
  if (ticket.status === 'closed' || ticket.deleted_at) return <p className="composer-closed">{say('composer.closed')}</p>;
  return <OpenComposer key={ticket.id} ticket={ticket} />;
}

function OpenComposer({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const store = useStore();
  const [kind, setKind] = useState<Kind>('reply');
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(ticket.id, kind);
  // At once, not on the next frame: whoever presses the key types on, and no letter may go elsewhere.
  const write = (next: Kind) => {
    flushSync(() => setKind(next));
    area.current?.focus();
  };
  const [isPicking, setPicking] = useState(false);
  useKeys({ r: () => write('reply'), x: () => write('note'), m: () => setPicking(true) });
  useGrow(area, draft.body);

  const goOut = async (way: typeof send) => {
    const isSent = await way(store, ticket.id, kind);
    if (isSent) area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === '/' && kind === 'reply' && draft.body === '' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      setPicking(true);
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && maySend(draft)) {
      event.preventDefault();
      void goOut(draft.newer.length > 0 ? sendAnyway : send);
    }
    if (event.key === 'Escape') area.current?.blur();
  };
  const take = (files: Iterable<File>) => [...files].forEach((file) => void attach(ticket.id, kind, file));
  const name = personName(ticket.customer, say);
  const label = kind === 'reply' ? say('composer.reply_to', { name }) : say('composer.note_for');
  return (
    <section className="composer" data-kind={kind} aria-label={label} {...fileDoors(take)}>
      <KindChoice kind={kind} onChoose={write}>
        <MacroPicker ticket={ticket} isOpen={isPicking} onOpenChange={setPicking} onTaken={() => write('reply')} />
      </KindChoice>
      <NewerMessages draft={draft} name={name} onSend={() => void goOut(sendAnyway)} onKeep={() => changeDraft(ticket.id, kind, { newer: [] })} />
      <Refusal draft={draft} />
      <textarea
        ref={area}
        className="composer-area"
        rows={2}
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={draft.body}
        readOnly={draft.isSending}
        onChange={(event) => changeDraft(ticket.id, kind, { body: event.target.value, problem: null })}
        onKeyDown={onKeyDown}
      />
      <MacroLine draft={draft} onDetach={() => changeDraft(ticket.id, kind, { macro: null })} />
      <Files draft={draft} onRemove={(key) => detach(ticket.id, kind, key)} />
      <ComposerFoot kind={kind} draft={draft} onSend={() => void goOut(send)} onFiles={take} />
    </section>
  );
}

function fileDoors(take: (files: Iterable<File>) => void) {
  return {
    onPaste: (event: ClipboardEvent) => {
      if (event.clipboardData.files.length === 0) return;
      event.preventDefault();
      take(event.clipboardData.files);
    },
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      take(event.dataTransfer.files);
    },
  };
}

/** The text area grows with its words up to a third of the window. */
function useGrow(area: { current: HTMLTextAreaElement | null }, body: string): void {
  useEffect(() => {
    const place = area.current;
    if (!place) return;
    place.style.height = 'auto';
    place.style.height = `${Math.min(place.scrollHeight + 2, innerHeight / 3)}px`;
  }, [area, body]);
}

function KindChoice({ kind, onChoose, children }: { kind: Kind; onChoose: (kind: Kind) => void; children: React.ReactNode }) {
  const { say } = useWords();
  const one = (value: Kind, words: string, icon: React.ReactNode, key: string) => (
    <button type="button" className="kind" aria-pressed={kind === value} onClick={() => onChoose(value)}>
      {icon} {words} <Key>{key}</Key>
    </button>
  );
  return (
    <div className="kinds" role="group" aria-label={say('composer.kind')}>
      {one('reply', say('composer.reply'), <ReplyIcon size={14} aria-hidden="true" />, 'r')}
      {one('note', say('composer.note'), <NoteIcon size={14} aria-hidden="true" />, 'x')}
      {children}
      <span className="kinds-hint">{kind === 'note' ? say('composer.note_hint') : say('composer.reply_hint')}</span>
    </div>
  );
}

/** What a macro still does, and what has to be filled in before anything is sent. */
function MacroLine({ draft, onDetach }: { draft: Draft; onDetach: () => void }) {
  const { say } = useWords();
  const open = unfilled(draft.body);
  return (
    <>
      {draft.macro?.hasMore ? (
        <p className="composer-macro">
          {say('macros.attached', { name: draft.macro.name })} <Button size="small" onPress={onDetach}>{say('macros.detach')}</Button>
        </p>
      ) : null}
      {open.length > 0 ? <p className="composer-missing" role="alert">{say('macros.fill_in', { names: open.join(' ') })}</p> : null}
    </>
  );
}

function Refusal({ draft }: { draft: Draft }) {
  const tell = useTell();
  const { say } = useWords();
  if (!draft.problem) return null;
  const told = tell(draft.problem);
  return <Trouble {...told} title={say('composer.not_sent')} text={`${told.text} ${say('composer.kept')}`} />;
}

function Files({ draft, onRemove }: { draft: Draft; onRemove: (key: string) => void }) {
  const { say, bytes } = useWords();
  const tell = useTell();
  if (draft.files.length === 0) return null;
  return (
    <ul className="composer-files" aria-label={say('message.attachments')}>
      {draft.files.map((file) => (
        <li key={file.key} className="composer-file" data-failed={file.problem ? true : undefined}>
          {file.id || file.problem ? <AttachIcon size={13} aria-hidden="true" /> : <Spinner />}
          <span dir="auto">{file.name}</span>
          <span className="attachment-size">{file.problem ? tell(file.problem).text : bytes(file.size)}</span>
          <IconButton size="small" label={say('composer.remove_file', { name: file.name })} onPress={() => onRemove(file.key)}>
            <CloseIcon size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

interface FootProps {
  kind: Kind;
  draft: Draft;
  onSend: () => void;
  onFiles: (files: Iterable<File>) => void;
}

function ComposerFoot({ kind, draft, onSend, onFiles }: FootProps) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const words = draft.isSending ? say('composer.sending') : kind === 'reply' ? say('composer.send_reply') : say('composer.add_note');
  return (
    <div className="composer-foot">
      <input ref={input} type="file" multiple hidden onChange={(event) => { onFiles(event.target.files ?? []); event.target.value = ''; }} />
      <IconButton size="small" label={say('composer.attach')} onPress={() => input.current?.click()}>
        <AttachIcon size={15} />
      </IconButton>
      <span className="composer-keys"><Key>Ctrl</Key> <Key>↵</Key></span>
      <Button look={kind === 'reply' ? 'primary' : 'note'} isDisabled={!maySend(draft)} onPress={onSend}>
        {draft.isSending ? <Spinner /> : null} {words}
      </Button>
    </div>
  );
}
