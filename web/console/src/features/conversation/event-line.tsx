// One event of a ticket's life in one line. Kinds and fields this browser does not know show by their own name.
import type { EventOut } from '@mainstay/api';
import { useMacros } from '../../state/filed';
import { useNameOf } from '../../state/people';
import { useWords, type Key, type Say } from '../../words';
import { plainStatus, priorityName, waitingName } from '../../words/names';

export function EventLine({ event }: { event: EventOut }) {
  const { say, clock, exact } = useWords();
  const nameOfPerson = useNameOf();
  const macros = useMacros();
  const nameOf: NameOf = (id) => nameOfPerson(id) ?? macros.find((known) => known.id === id)?.name ?? null;
  return (
    <p className="event-line">
      <span dir="auto">{eventText(event, say, nameOf)}</span>{' '}
      <time className="number" dateTime={event.occurred_at} title={exact(event.occurred_at)}>
        {clock(event.occurred_at)}
      </time>
    </p>
  );
}

type NameOf = (id: unknown) => string | null;

/** The sentence of an event. */
export function eventText(event: EventOut, say: Say, nameOf: NameOf): string {
  const who = event.actor?.name ?? nameOf(event.actor?.id) ?? say('author.system');
  const data = event.data ?? {};
  switch (event.kind) {
    case 'ticket.status_changed':
      return statusText(who, data, say);
    case 'ticket.assigned':
    case 'ticket.unassigned':
      return assignText(event, who, say, nameOf);
    case 'ticket.updated':
      return updateText(who, data, say);
    case 'ticket.routed':
      return typeof data.assignee_id === 'string' ? say('event.routed_to', { to: nameOf(data.assignee_id) ?? say('event.somebody') }) : say('event.routed_waiting');
    case 'ticket.escalated':
      return say('event.escalated', { who, tier: String(data.tier) });
    case 'ticket.returned':
      return say('event.returned', { who, result: say(`ended.${String(data.result)}` as Key) });
    case 'ticket.escalation_overdue':
      return say('event.escalation_overdue', { tier: String(data.tier) });
    case 'ticket.deleted':
      return say('event.deleted', { who });
    case 'ticket.macro_ran':
      return say('event.macro', { who, name: nameOf(data.macro_id) ?? '…' });
    case 'ticket.category_moved':
      return say('event.category_moved');
    case 'ticket.restored':
      return say('event.restored', { who });
    default:
      return say('event.other', { who, kind: event.kind.replace(/^ticket\./, '').replaceAll('_', ' ') });
  }
}

function statusText(who: string, data: Record<string, unknown>, say: Say): string {
  const status = plainStatus(String(data.after ?? ''), say);
  const waiting = typeof data.waiting_on === 'string' ? waitingName(data.waiting_on, say) : null;
  return say('event.status', { who, status: waiting ? say('status.with_waiting', { status, waiting }) : status });
}

/** Whom a ticket went to, by what is new in its place. */
function assignText({ actor, data }: EventOut, who: string, say: Say, nameOf: NameOf): string {
  const [from, to] = [placeOf(data.from), placeOf(data.to)];
  const id = to.assignee && to.assignee !== from.assignee ? to.assignee : to.team && to.team !== from.team ? to.team : null;
  if (id && id === actor?.id) return say('event.took', { who });
  return id ? say('event.assigned', { who, to: nameOf(id) ?? say('event.somebody') }) : say('event.unassigned', { who });
}

function placeOf(value: unknown): { team?: string; assignee?: string } {
  return typeof value === 'object' && value !== null ? value : {};
}

function updateText(who: string, data: Record<string, unknown>, say: Say): string {
  const changed = Array.isArray(data.changed) ? data.changed.map(String) : [];
  if (changed.length === 1 && changed[0] === 'priority') return say('event.priority', { who, priority: priorityName(String(data.priority), say) });
  return say('event.updated', { who, fields: changed.map((field) => field.replaceAll('_', ' ')).join(', ') || say('event.details') });
}
