// One conversation: a log that speaks new messages, what is still on its way, and the field for the next message.
import type { MyMessageOut } from '@mainstay/api';
import type { Words } from '@mainstay/ui/words';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { FileButton, FileList, useFiles } from './files';
import { AttachIcon, SendIcon } from './icons';
import { Html } from './html';
import { localTicket, type Outgoing } from './outbox';
import type { ScreenProps } from './panel';
import type { Key } from './words';

/** What this conversation still has on its way, without what the server has already shown us. */
export function pendingOf(id: string, outbox: readonly Outgoing[], messages: readonly MyMessageOut[]): Outgoing[] {
  const arrived = new Set(messages.map((message) => message.client_id));
  const isHere = (item: Outgoing) => (item.ticketId ? item.ticketId === id : localTicket(item) === id);
  return outbox.filter((item) => isHere(item) && !arrived.has(item.clientId));
}

export function TicketScreen({ id, desk, state, words }: ScreenProps & { id: string }) {
  const messages = state.messages.get(id) ?? [];
  const pending = pendingOf(id, state.outbox, messages);
  const ticket = state.tickets.find((each) => each.id === id);
  const log = useRef<HTMLDivElement>(null);
  const count = messages.length + pending.length;
  useLayoutEffect(() => {
    const place = log.current;
    if (place) place.scrollTop = place.scrollHeight;
  }, [count, state.isOpen]);
  return (
    <>
      <div ref={log} class="log" role="log" aria-live="polite" aria-label={words.say('log')} tabIndex={0}>
        {count === 0 ? <p class="quiet">{state.isReading ? words.say('loading') : words.say('empty')}</p> : null}
        {messages.map((message) => <Bubble key={message.id} message={message} words={words} />)}
        {pending.map((item) => <Waiting key={item.clientId} item={item} desk={desk} state={state} words={words} />)}
        {ticket?.status === 'resolved' ? <p class="quiet">{words.say('resolved')}</p> : null}
      </div>
      <ReplyForm id={id} desk={desk} state={state} words={words} />
    </>
  );
}

function Bubble({ message, words }: { message: MyMessageOut; words: Words<Key> }) {
  const isMine = message.author.kind === 'me';
  const name = isMine ? words.say('you') : message.author.name || words.say('team');
  return (
    <article class="bubble" data-mine={isMine}>
      <p class="by">
        <span dir="auto">{name}</span> <time dateTime={message.created_at} title={words.exact(message.created_at)}>{words.clock(message.created_at)}</time>
      </p>
      <div class="words"><Html html={message.html} /><Attached message={message} /></div>
    </article>
  );
}

function Attached({ message }: { message: MyMessageOut }) {
  if (message.attachments.length === 0) return null;
  return (
    <ul class="files">
      {message.attachments.map((file) => (
        <li key={file.id}><a class="file" href={file.url} target="_blank" rel="noopener noreferrer"><AttachIcon /> <span dir="auto">{file.name}</span></a></li>
      ))}
    </ul>
  );
}

function Waiting({ item, desk, state, words }: ScreenProps & { item: Outgoing }) {
  const text = item.refusal ? words.say('refused', { reason: item.refusal }) : state.line === 'live' || state.line === 'connecting' ? words.say('sending') : words.say('queued');
  return (
    <article class="bubble" data-mine="true" data-waiting>
      <p class="by"><span>{words.say('you')}</span> <span class={item.refusal ? 'bad' : ''}>{text}</span></p>
      <div class="words" dir="auto">{item.body}</div>
      {item.refusal ? (
        <p class="choices">
          <button type="button" class="plain" onClick={() => desk.outbox.retry(item.clientId)}>{words.say('retry')}</button>
          <button type="button" class="plain" onClick={() => desk.outbox.discard(item.clientId)}>{words.say('discard')}</button>
        </p>
      ) : null}
    </article>
  );
}

function ReplyForm({ id, desk, words }: ScreenProps & { id: string }) {
  const [body, setBody] = useState('');
  const files = useFiles(desk, words);
  const isLocal = id.startsWith('local-');
  const maySend = (body.trim() !== '' || files.list.length > 0) && !files.isBusy;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!maySend) return;
    // A file alone is a message too: its name is the words, for readers and for the search.
    desk.reply(id, body.trim() || files.list.map((file) => file.name).join(', '), files.list);
    setBody('');
    files.clear();
  };
  return (
    <form class="reply" onSubmit={submit}>
      <FileList files={files} words={words} />
      <div class="reply-line">
        {isLocal ? null : <FileButton files={files} words={words} />}
        <textarea
          data-first
          rows={2}
          dir="auto"
          aria-label={words.say('message')}
          placeholder={words.say('message_hint')}
          value={body}
          onInput={(event) => setBody(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit(event);
          }}
        />
        <button type="submit" class="main main-round" aria-label={words.say('send')} disabled={!maySend}><SendIcon /></button>
      </div>
    </form>
  );
}
