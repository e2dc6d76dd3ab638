// What a member does to a ticket. The change shows at once, the server's answer replaces it, a refusal puts it back and says why.
// A stale version is retried once when somebody changed something else; when they changed the same thing, they win and it is said.
import { ApiProblem, type Priority, type Status, type StatusNameOut, type TicketOut, type WaitingOn } from '@mainstay/api';
import type { Store } from '@mainstay/live';
import { useMemo } from 'react';
import { useWords, type Say } from '../words';
import { api, queries } from './api';
import { useStore } from './live';
import { tell } from './problems';
import { setSorting } from './sorting';
import { toasts } from './toasts';

type Change = Partial<Pick<TicketOut, 'status' | 'waiting_on' | 'status_id' | 'status_name' | 'priority' | 'assignee_id' | 'team_id'>>;

export interface TicketVerbs {
  setStatus: (ticket: TicketOut, status: Status, waitingOn?: WaitingOn | null, name?: StatusNameOut) => Promise<void>;
  resolve: (ticket: TicketOut) => Promise<void>;
  setPriority: (ticket: TicketOut, priority: Priority) => Promise<void>;
  assignMember: (ticket: TicketOut, memberId: string) => Promise<void>;
  assignTeam: (ticket: TicketOut, teamId: string) => Promise<void>;
  unassign: (ticket: TicketOut) => Promise<void>;
}

export function useTicketVerbs(): TicketVerbs {
  const store = useStore();
  const { say } = useWords();
  return useMemo(() => ticketVerbs(store, say), [store, say]);
}

function ticketVerbs(store: Store, say: Say): TicketVerbs {
  const change = (ticket: TicketOut, fields: Change, call: (base: TicketOut) => Promise<TicketOut>) =>
    perform(store, say, ticket, fields, call);
  const setStatus = async (ticket: TicketOut, status: Status, waitingOn: WaitingOn | null = null, name?: StatusNameOut) => {
    const shown = { status_id: name?.id ?? null, status_name: name?.name ?? null };
    await change(ticket, { status, waiting_on: waitingOn, ...shown }, (base) => api.setStatus(base, status, waitingOn, name?.id));
  };
  const resolve = async (ticket: TicketOut) => {
    const { status, waiting_on: waitingOn, id } = ticket;
    const isDone = await change(ticket, { status: 'resolved', waiting_on: null, status_id: null, status_name: null }, (base) => api.setStatus(base, 'resolved', null));
    const undo = () => void setStatus(store.ticket(id) ?? ticket, status, waitingOn);
    if (isDone) toasts.show({ text: say('toast.resolved', { number: String(ticket.number) }), action: { label: say('undo'), run: undo } });
  };
  return {
    setStatus,
    resolve,
    setPriority: async (ticket, priority) => void (await change(ticket, { priority }, (base) => api.changeTicket(base, { priority }))),
    assignMember: async (ticket, id) => void (await change(ticket, { assignee_id: id }, (base) => api.assign(base, { assignee_id: id }))),
    assignTeam: async (ticket, id) => void (await change(ticket, toTeam(ticket, id), (base) => api.assign(base, { team_id: id }))),
    unassign: async (ticket) => void (await change(ticket, { assignee_id: null }, (base) => api.unassign(base))),
  };
}

/** A ticket that goes to another team waits for one of that team. */
function toTeam(ticket: TicketOut, teamId: string): Change {
  return ticket.team_id === teamId ? { team_id: teamId } : { team_id: teamId, assignee_id: null };
}

async function perform(store: Store, say: Say, ticket: TicketOut, fields: Change, call: (base: TicketOut) => Promise<TicketOut>): Promise<boolean> {
  store.apply({ tickets: [{ ...ticket, ...fields }] });
  try {
    store.apply({ tickets: [await callFresh(ticket, fields, call)] });
    void queries.invalidateQueries({ queryKey: ['timeline', ticket.id] });
    return true;
  } catch (thrown) {
    await putBack(store, ticket);
    if (thrown instanceof ApiProblem && thrown.code === 'missing_to_resolve') {
      setSorting({ ticketId: ticket.id, missing: missingOf(thrown), again: async () => store.apply({ tickets: [await call(await api.ticket(ticket.id))] }) });
      return false;
    }
    const told = tell(thrown, say);
    toasts.show({ tone: 'danger', text: [told.text, told.reference].filter(Boolean).join(' ') });
    return false;
  }
}

/** What a ticket lacks, as the server names it. */
function missingOf(problem: ApiProblem): string[] {
  const { missing } = problem.body;
  return Array.isArray(missing) ? missing.map(String) : [];
}

async function callFresh(ticket: TicketOut, fields: Change, call: (base: TicketOut) => Promise<TicketOut>): Promise<TicketOut> {
  try {
    return await call(ticket);
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.code !== 'stale_version') throw thrown;
    const fresh = await api.ticket(ticket.id);
    if (!sameFields(ticket, fresh, fields)) throw thrown;
    return call(fresh);
  }
}

/** Whether the fields about to change still have the values that were on screen. */
export function sameFields(seen: TicketOut, fresh: TicketOut, fields: Change): boolean {
  return (Object.keys(fields) as (keyof Change)[]).every((field) => seen[field] === fresh[field]);
}

async function putBack(store: Store, ticket: TicketOut): Promise<void> {
  const fresh = await api.ticket(ticket.id).catch(() => ticket);
  store.apply({ tickets: [fresh] });
}
