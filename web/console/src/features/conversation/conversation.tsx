// The right pane: the open ticket's head, its story, and a place for the composer.
// It opens at the newest message, stays there while one is at the end, and never scrolls under somebody who reads above.
import type { TicketOut } from '@mainstay/api';
import { Badge, Button, ChatIcon, Empty, LockIcon, Skeleton, TagIcon, Trouble } from '@mainstay/ui';
import type { ReactNode } from 'react';
import { useIsLost, useMessages, useTicket } from '../../state/live';
import { usePrefs } from '../../state/prefs';
import { useTell } from '../../state/problems';
import { SortingDialog } from '../../parts/sorting';
import { useWords } from '../../words';
import { EventLine } from './event-line';
import { Message } from './message';
import { useConversation, useTicketReading, useTimeline } from './reading';
import { useStayAtEnd } from './scrolling';
import { tellStory, type Part } from './story';
import { Toolbar } from './toolbar';
import './conversation.css';

export interface ConversationProps {
  id: string;
  /** Buttons before the subject (back) and after it (context). */
  before?: ReactNode;
  after?: ReactNode;
  composer: (ticket: TicketOut) => ReactNode;
}

export function Conversation({ id, before, after, composer }: ConversationProps) {
  const ticket = useTicket(id);
  const isLost = useIsLost(id);
  const reading = useTicketReading(id);
  const tell = useTell();
  const { say } = useWords();
  if (isLost) return <Empty icon={<ChatIcon size={28} strokeWidth={1.5} />} title={say('ticket.lost_title')} text={say('ticket.lost_text')} action={before} />;
  if (!ticket && reading.isError) {
    return (
      <div className="conversation-state">
        {before}
        <Trouble {...tell(reading.error)} action={<Button onPress={() => void reading.refetch()}>{say('try_again')}</Button>} />
      </div>
    );
  }
  if (!ticket) return <div className="conversation-state">{before}<Skeleton lines={5} label={say('ticket.loading')} /></div>;
  return (
    <section className="conversation" aria-label={say('ticket.label', { number: String(ticket.number) })}>
      <Head ticket={ticket} before={before} after={after} />
      <Story key={id} id={id} />
      {composer(ticket)}
      <SortingDialog ticket={ticket} />
    </section>
  );
}

function Head({ ticket, before, after }: { ticket: TicketOut; before: ReactNode; after: ReactNode }) {
  const { say } = useWords();
  return (
    <header className="conversation-head">
      <div className="conversation-line">
        {before}
        <h2 className="conversation-subject" dir="auto" title={ticket.subject}>{ticket.subject}</h2>
        <bdi className="conversation-number number">#{ticket.number}</bdi>
        {after}
      </div>
      <div className="conversation-line conversation-tools">
        <Toolbar ticket={ticket} />
        {ticket.restricted ? <Badge tone="danger"><LockIcon size={11} aria-hidden="true" /> {say('ticket.restricted')}</Badge> : null}
        {ticket.tags.map((tag) => (
          <Badge key={tag}><TagIcon size={11} aria-hidden="true" /> <span dir="auto">{tag}</span></Badge>
        ))}
      </div>
    </header>
  );
}

function Story({ id }: { id: string }) {
  const { say } = useWords();
  const tell = useTell();
  const { showEvents } = usePrefs();
  const messages = useMessages(id);
  const reading = useConversation(id);
  const timeline = useTimeline(id);
  const { frame, isAway, toEnd } = useStayAtEnd(id, messages);
  const parts = tellStory(messages, showEvents ? (timeline.data ?? []) : []);
  return (
    <div className="story-frame">
      <div ref={frame} className="story" tabIndex={0} role="log" aria-label={say('story.label')} aria-busy={reading.isPending}>
        {reading.isPending && messages.length === 0 ? <Skeleton lines={5} label={say('story.loading')} /> : null}
        {reading.isError ? <Trouble {...tell(reading.error)} action={<Button onPress={() => void reading.refetch()}>{say('try_again')}</Button>} /> : null}
        {parts.map((part) => <StoryPart key={part.key} part={part} />)}
        {reading.data?.isWhole === false ? <Button onPress={() => void reading.refetch()}>{say('story.more')}</Button> : null}
      </div>
      {isAway ? (
        <div className="story-pill"><Button look="primary" size="small" onPress={toEnd}>{say('story.new_below')}</Button></div>
      ) : null}
    </div>
  );
}

function StoryPart({ part }: { part: Part }) {
  const { day } = useWords();
  if (part.kind === 'day') return <h3 className="story-day">{day(part.at)}</h3>;
  if (part.kind === 'event') return <EventLine event={part.event} />;
  return <Message message={part.message} isFollowing={part.isFollowing} />;
}
