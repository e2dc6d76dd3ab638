// Names for enums and people. An enum from a newer server shows as its own word instead of breaking the page.
import type { TicketOut } from '@mainstay/api';
import type { Key, Say } from './index';
import { en } from './en';

function named(prefix: string, value: string, say: Say): string {
  const key = `${prefix}.${value}`;
  return Object.hasOwn(en, key) ? say(key as Key) : value.replaceAll('_', ' ');
}

export const priorityName = (priority: string, say: Say): string => named('priority', priority, say);
export const channelName = (channel: string, say: Say): string => named('channel', channel, say);
export const roleName = (role: string, say: Say): string => named('role', role, say);
export const plainStatus = (status: string, say: Say): string => named('status', status, say);
export const causeName = (cause: string, say: Say): string => named('cause', cause, say);
export const waitingName = (waitingOn: string, say: Say): string => named('waiting', waitingOn, say);

export const noticeName = (kind: string, say: Say): string => named('notices', kind, say);
export const momentName = (moment: string, say: Say): string => named('moment', moment, say);
export const actionName = (action: string, say: Say): string => named('action', action, say);
/** What a condition asks, in words; `ticket.fields.order_no` is a custom field. */
export const factName = (fact: string, say: Say): string => named('fact', fact, say);

/** A word that a fact can be. */
export function factWord(fact: string, word: string, say: Say): string {
  const kind = fact.split('.').at(-1) ?? '';
  if (kind === 'waiting_on') return waitingName(word, say);
  return named(kind, word, say);
}

export const howName = (how: string, say: Say): string => named('is', how, say);
export const runName = (outcome: string, say: Say): string => named('rules', `run_${outcome}`, say);

/** "done", or why not. */
export function effectName(effect: { outcome: string; code?: string }, say: Say): string {
  if (effect.outcome === 'refused') return say('effect.refused', { code: (effect.code ?? '').replaceAll('_', ' ') });
  return named('effect', effect.outcome, say);
}

/** "Pending, waiting for the customer". */
export function statusName(ticket: Pick<TicketOut, 'status' | 'waiting_on'> & { status_name?: string | null }, say: Say): string {
  const status = ticket.status_name ?? plainStatus(ticket.status, say);
  return ticket.waiting_on ? say('status.with_waiting', { status, waiting: waitingName(ticket.waiting_on, say) }) : status;
}

/** A name, else an address, else "Visitor". */
export function personName(person: { name: string | null; email?: string | null } | null | undefined, say: Say): string {
  return person?.name || person?.email || say('visitor');
}
