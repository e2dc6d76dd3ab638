// One message: who said it, to whom, and the words. HTML from the server passes a second wall before it reaches the page.
import type { AttachmentOut, MessageOut } from '@mainstay/api';
import { AttachIcon, Avatar, Badge, Button, LockIcon, SafeHtml } from '@mainstay/ui';
import { useState } from 'react';
import { useWords } from '../../words';
import { personName } from '../../words/names';

/** Characters of HTML above which a message waits folded: rendering it would hold the page. */
export const LONG_HTML = 256 * 1024;
const PEEK = 4_000;

export function Message({ message, isFollowing }: { message: MessageOut; isFollowing: boolean }) {
  const { say, clock, exact } = useWords();
  const name = message.author.kind === 'system' ? say('author.system') : personName({ name: message.author.name }, say);
  const look = message.kind === 'note' ? 'note' : message.direction === 'out' ? 'ours' : 'theirs';
  return (
    <article className="message" data-look={look} data-following={isFollowing || undefined} aria-label={say('message.label', { name, time: exact(message.created_at) })}>
      <div className="message-side">{isFollowing ? null : <Avatar name={name} />}</div>
      <div className="message-main">
        {isFollowing ? null : (
          <header className="message-head">
            <span className="message-name" dir="auto">{name}</span>
            {message.kind === 'note' ? (
              <Badge tone="note">
                <LockIcon size={11} aria-hidden="true" /> {say('message.note')}
              </Badge>
            ) : null}
            <time className="message-time number" dateTime={message.created_at} title={exact(message.created_at)}>
              {clock(message.created_at)}
            </time>
          </header>
        )}
        <div className="message-bubble">
          <MessageBody message={message} />
          <Attachments items={message.attachments} />
        </div>
      </div>
    </article>
  );
}

function MessageBody({ message }: { message: MessageOut }) {
  const { say, bytes } = useWords();
  const [isOpen, setOpen] = useState(message.html.length <= LONG_HTML);
  if (isOpen) return <SafeHtml className="message-text" html={message.html} />;
  return (
    <div className="message-folded">
      <div className="message-text" dir="auto">{message.body.slice(0, PEEK)}…</div>
      <Button size="small" onPress={() => setOpen(true)}>
        {say('message.open_full', { size: bytes(message.html.length) })}
      </Button>
    </div>
  );
}

function Attachments({ items }: { items: AttachmentOut[] }) {
  const { say, bytes } = useWords();
  if (items.length === 0) return null;
  return (
    <ul className="attachments" aria-label={say('message.attachments')}>
      {items.map((item) => (
        <li key={item.id}>
          <a className="attachment" href={item.url} target="_blank" rel="noopener noreferrer">
            <AttachIcon size={13} aria-hidden="true" />
            <span dir="auto">{item.name}</span>
            <span className="attachment-size">{bytes(item.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
