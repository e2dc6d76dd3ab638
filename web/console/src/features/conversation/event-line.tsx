// One event of a ticket's life in one line. Kinds and fields this browser does not know show by their own name.
import type { EventOut, RuleEffect } from '@mainstay/api';
import { useMacros } from '../../state/filed';
import { useNameOf } from '../../state/people';
import { useWords, type Key, type Say } from '../../words';
import { actionName, effectName, plainStatus, priorityName, waitingName } from '../../words/names';

export function EventLine({ event }: { event: EventOut }) {
  const { say, clock, exact, moment } = useWords();
  const nameOfPerson = useNameOf();
  const macros = useMacros();
  const nameOf: NameOf = (id) => nameOfPerson(id) ?? macros.find((known) => known.id === id)?.name ?? null;
  return (
    <p className="event-line">
      <span dir="auto">{eventText(event, say, nameOf, moment)}</span>{' '}
      <time className="number" dateTime={event.occurred_at} title={exact(event.occurred_at)}>
        {clock(event.occurred_at)}
      </time>
    </p>
  );
}

type NameOf = (id: unknown) => string | null;

/** The sentence of an event. */
export function eventText(event: EventOut, say: Say, nameOf: NameOf, moment: (time: string) => string = String): string {
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
    case 'ticket.participant_added':
      return say('event.participant_added', { who });
    case 'ticket.participant_removed':
      return say('event.participant_removed', { who });
    case 'ticket.snoozed':
      return say('event.snoozed', { who, time: moment(String(data.until)) });
    case 'ticket.woken':
      return wokenText(who, data, say);
    case 'ticket.rule_ran':
      return ruleText(data, say, nameOf);
    case 'ticket.rule_action_refused':
      return say('event.rule_refused', {
        rule: nameOf(data.rule_id) ?? say('event.rule_unknown'), version: String(data.rule_version), what: actionName(String(data.do), say),
        why: effectName({ outcome: 'refused', code: String(data.code) }, say),
      });
    case 'ticket.routed':
      return typeof data.assignee_id === 'string' ? say('event.routed_to', { to: nameOf(data.assignee_id) ?? say('event.somebody') }) : say('event.routed_waiting');
    case 'ticket.escalated':
      return say('event.escalated', { who, tier: String(data.tier) });
    case 'ticket.returned':
      return say('event.returned', { who, result: say(`ended.${String(data.result)}` as Key) });
    case 'ticket.escalation_overdue':
      return say('event.escalation_overdue', { tier: String(data.tier) });
    case 'ticket.clock_warned':
    case 'ticket.clock_breached':
      return clockText(event.kind, data, say);
    case 'ticket.clocks_reapplied':
      return say('event.reapplied', { who });
    case 'ticket.triaged':
      return triagedText(data, say);
    case 'ticket.answered_automatically':
      return say('triage.event_answered');
    case 'ticket.answer_kept_back':
      return say('triage.event_kept_back');
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

/** A part of a promise is used up, or it broke. */
function clockText(kind: string, data: Record<string, unknown>, say: Say): string {
  const metric = say(`metric.${String(data.metric)}` as Key);
  if (kind === 'ticket.clock_breached') return say('event.breached', { metric });
  if (typeof data.minutes_after === 'number') return say('event.still_late', { metric, count: data.minutes_after });
  return say('event.warned', { metric, percent: String(data.threshold) });
}

function wokenText(who: string, data: Record<string, unknown>, say: Say): string {
  if (data.by === 'time') return say('event.woken_time');
  return data.by === 'customer' ? say('event.woken_customer') : say('event.woken_hand', { who });
}

/** Which rule acted, in which version, and what became of each action. */
function ruleText(data: Record<string, unknown>, say: Say, nameOf: NameOf): string {
  const of = { rule: nameOf(data.rule_id) ?? say('event.rule_unknown'), version: String(data.rule_version) };
  if (data.outcome === 'erred') return say('event.rule_erred', of);
  if (data.outcome === 'cut_off') return say('event.rule_cut', of);
  if (data.outcome === 'held_back') return say('event.rule_held', of);
  const effects = Array.isArray(data.effects) ? (data.effects as RuleEffect[]) : [];
  const what = effects.map((effect) => (effect.outcome === 'done' ? actionName(effect.do, say) : `${actionName(effect.do, say)} (${effectName(effect, say)})`));
  return say('event.rule_ran', { ...of, what: what.join(', ') || say('event.rule_nothing') });
}

/** What triage said: the priority when it moved it, the confidence when it knew the category. */
function triagedText(data: Record<string, unknown>, say: Say): string {
  const priority = data.priority === data.priority_before ? null : priorityName(String(data.priority), say);
  const sure = data.is_known === true ? `${Math.round(Number(data.confidence_permille ?? 0) / 10)} %` : null;
  if (priority && sure) return say('triage.event_both', { priority, sure });
  if (priority) return say('triage.event_priority', { priority });
  return sure ? say('triage.event_known', { sure }) : say('triage.event_unknown');
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
  return say('event.updated', { who, fields: changed.map((field) => fieldWord(field, say)).join(', ') || say('event.details') });
}

const FIELD_WORDS: Record<string, Key> = {
  category_id: 'event.field_category', fields: 'event.field_fields', language: 'event.field_language', priority: 'event.field_priority', restricted: 'event.field_restricted',
  subject: 'event.field_subject', tags: 'event.field_tags', team_id: 'event.field_team', type: 'event.field_type',
};

/** What changed, in words. */
function fieldWord(field: string, say: Say): string {
  const key = FIELD_WORDS[field];
  return key ? say(key) : field.replaceAll('_', ' ');
}
