// One ticket in the list: who, when, what about, and what it waits for.
import type { TicketOut } from '@mainstay/api';
import { Avatar, PriorityMark, SnoozeIcon, StatusMark } from '@mainstay/ui';
import { memo } from 'react';
import { useNow } from '../../state/clock';
import { useTicket } from '../../state/live';
import { useNameOf } from '../../state/people';
import { useWords, type Key } from '../../words';
import { useDueOf } from './due';
import { personName, priorityName, statusName } from '../../words/names';

/** Pixels; rows are of one height so that the list never jumps. */
export const ROW_HEIGHT = 84;

export interface ListRowProps {
  id: string;
  index: number;
  top: number;
  isChosen: boolean;
  isGone: boolean;
  /** The one row that Tab reaches. */
  isStop: boolean;
  onChoose: (id: string) => void;
}

/** The customer spoke last and nobody has answered. */
export function isWaiting(ticket: TicketOut): boolean {
  const isLive = ticket.status === 'open' || ticket.status === 'in_progress' || ticket.status === 'pending';
  return isLive && ticket.last_message_id !== null && ticket.last_message_id === ticket.last_customer_message_id;
}

export const ListRow = memo(function ListRow({ id, index, top, isChosen, isGone, isStop, onChoose }: ListRowProps) {
  const ticket = useTicket(id);
  if (!ticket) return null;
  return (
    <div
      role="row"
      data-id={id}
      aria-rowindex={index + 1}
      aria-selected={isChosen}
      tabIndex={isStop ? 0 : -1}
      className="row"
      data-chosen={isChosen || undefined}
      data-gone={isGone || undefined}
      data-waiting={isWaiting(ticket) || undefined}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      onClick={() => onChoose(id)}
      onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && onChoose(id)}
    >
      <RowCell ticket={ticket} isGone={isGone} />
    </div>
  );
});

function RowCell({ ticket, isGone }: { ticket: TicketOut; isGone: boolean }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const at = ticket.last_message_at ?? ticket.opened_at;
  return (
    <div role="gridcell" className="row-cell">
      <StatusMark status={ticket.status} label={statusName(ticket, say)} />
      <div className="row-text">
        <div className="row-top">
          {isWaiting(ticket) ? <span className="row-dot" role="img" aria-label={say('list.waiting')} title={say('list.waiting')} /> : null}
          <span className="row-name" dir="auto">
            {personName(ticket.customer, say)}
          </span>
          <time className="row-time number" dateTime={at} title={exact(at)}>
            {ago(at, now)}
          </time>
        </div>
        <div className="row-subject" dir="auto">
          {ticket.subject}
        </div>
        <RowEnd ticket={ticket} isGone={isGone} />
      </div>
    </div>
  );
}

/** When the nearest promise breaks, or that one is broken. */
function DueMark({ id }: { id: string }) {
  const { say, exact, clock, day } = useWords();
  const due = useDueOf(id);
  const now = useNow();
  if (!due || due.is_paused || (!due.is_breached && !due.due_at)) return null;
  if (due.is_breached) return <span className="row-due" data-tone="danger" role="img" aria-label={say('list.breached')} title={say('list.breached')}>!</span>;
  const at = due.due_at ?? '';
  const left = Date.parse(at) - now;
  const words = say('list.due', { metric: say(`metric.${due.metric}` as Key), time: exact(at) });
  const isToday = left < 12 * 3_600_000;
  return <time className="row-due number" data-tone={left < 3_600_000 ? 'warning' : undefined} dateTime={at} title={words} aria-label={words}>{isToday ? clock(at) : day(at)}</time>;
}

/** That it sleeps, and until when. */
function SleepMark({ until }: { until: string | null }) {
  const { say, exact } = useWords();
  if (!until) return null;
  const words = say('list.sleeps', { time: exact(until) });
  return <span className="row-sleeps" role="img" aria-label={words} title={words}><SnoozeIcon size={13} aria-hidden="true" /></span>;
}

function RowEnd({ ticket, isGone }: { ticket: TicketOut; isGone: boolean }) {
  const { say } = useWords();
  const assignee = useNameOf()(ticket.assignee_id);
  return (
    <div className="row-end">
      <span className="row-preview" dir="auto">
        {isGone ? say('list.left') : ticket.preview}
      </span>
      <SleepMark until={ticket.snoozed_until ?? null} />
      <DueMark id={ticket.id} />
      {ticket.priority === 'normal' ? null : <PriorityMark priority={ticket.priority} label={priorityName(ticket.priority, say)} />}
      {assignee ? (
        <span title={say('list.assigned_to', { name: assignee })}>
          <Avatar name={assignee} size="small" />
          <span className="only-heard">{say('list.assigned_to', { name: assignee })}</span>
        </span>
      ) : null}
    </div>
  );
}
