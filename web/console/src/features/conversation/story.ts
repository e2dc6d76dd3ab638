// Messages and events as one story, oldest first, with a line for each new day. Pure.
import type { EventOut, MessageOut } from '@mainstay/api';

export type Part =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; at: string; message: MessageOut; isFollowing: boolean }
  | { kind: 'event'; key: string; at: string; event: EventOut };

/** Events that the messages already tell. */
const SAID_BY_MESSAGES = new Set(['ticket.message_added', 'ticket.opened']);
const FOLLOWS_MS = 5 * 60_000;

/** Puts messages and events in order; messages win a tie, because what they caused came after. */
export function tellStory(messages: readonly MessageOut[], events: readonly EventOut[]): Part[] {
  const parts: Part[] = messages.map((message) => ({ kind: 'message', key: message.id, at: message.created_at, message, isFollowing: false }));
  for (const [at, event] of events.entries()) {
    if (SAID_BY_MESSAGES.has(event.kind)) continue;
    parts.push({ kind: 'event', key: `event-${event.seq ?? event.cursor ?? at}`, at: event.occurred_at, event });
  }
  parts.sort((a, b) => (a.at === b.at ? rank(a) - rank(b) : a.at < b.at ? -1 : 1));
  return withDays(parts);
}

function rank(part: Part): number {
  return part.kind === 'message' ? 0 : 1;
}

function withDays(parts: Part[]): Part[] {
  const story: Part[] = [];
  let day = '';
  let before: Part | undefined;
  for (const part of parts) {
    const today = new Date(part.at).toDateString();
    if (today !== day) story.push({ kind: 'day', key: `day-${today}`, at: part.at });
    day = today;
    story.push(follows(before, part) ? { ...part, isFollowing: true } : part);
    before = part;
  }
  return story;
}

function follows(before: Part | undefined, part: Part): part is Part & { kind: 'message' } {
  if (before?.kind !== 'message' || part.kind !== 'message') return false;
  const [a, b] = [before.message, part.message];
  const isSamePerson = a.author.kind === b.author.kind && a.author.id === b.author.id && a.kind === b.kind;
  return isSamePerson && Date.parse(b.created_at) - Date.parse(a.created_at) < FOLLOWS_MS;
}
