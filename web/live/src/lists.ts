// What a list shows while the world moves: pure rules, no drawing and no network.
// Rule: what somebody is looking at never moves by itself. New tickets wait in `fresh`; those that left stay, marked `gone`.
import type { TicketOut } from '@mainstay/api/shapes';

/** A list as shown: order is newest opened first. */
export interface ListWindow {
  ids: readonly string[];
  /** Belong to the list but are not shown until asked for. */
  fresh: readonly string[];
  /** Shown, but no longer belong. */
  gone: ReadonlySet<string>;
  /** Cursor of the next page; null when everything is loaded. */
  next: string | null;
  loaded: boolean;
}

export const EMPTY_WINDOW: ListWindow = { ids: [], fresh: [], gone: new Set(), next: null, loaded: false };

/** What a list asks of its tickets: a built-in view or one status, and after a `#` the name of a tag. */
export type ListSlug = string;

const UNRESOLVED = new Set(['open', 'pending', 'in_progress']);

/** The slug of a view or status, narrowed to a tag when there is one. */
export function slugOf(view: string, tag: string): ListSlug {
  return tag ? `${view}#${tag}` : view;
}

/** The list of what is due next: its order is known to the server alone, which knows the promises. */
const DUE = 'due';

/** Whether only the server knows a list's order and what belongs to it. */
export function isServerOrdered(slug: ListSlug): boolean {
  return slug === DUE || slug.startsWith(`${DUE}#`);
}

/** The query of the API behind a slug (`mine`, `status-pending`, `open#billing`, `due`). */
export function slugQuery(slug: ListSlug): { view?: string; status?: string; tag?: string; sort?: 'due' } {
  const at = slug.indexOf('#');
  const [base, tag] = at < 0 ? [slug, ''] : [slug.slice(0, at), slug.slice(at + 1)];
  const query = base.startsWith('status-') ? { status: base.slice(7) } : base === DUE ? { view: 'open', sort: DUE as 'due' } : { view: base };
  return tag ? { ...query, tag } : query;
}

/** Whether a ticket belongs to a list, as far as the browser can tell. */
export function belongs(slug: ListSlug, ticket: TicketOut, me: string): boolean {
  if (ticket.deleted_at || ticket.held_by === 'assistant') return false;
  const { view, status, tag } = slugQuery(slug);
  if (tag && !ticket.tags.some((name) => isSameTag(name, tag))) return false;
  if (status) return ticket.status === status;
  if (view === 'all') return true;
  if (!UNRESOLVED.has(ticket.status)) return false;
  if (view === 'mine') return ticket.assignee_id === me;
  if (view === 'unassigned') return !ticket.assignee_id;
  return view === 'open';
}

/** Tags are one whatever their case. */
function isSameTag(one: string, other: string): boolean {
  return one.toLocaleLowerCase() === other.toLocaleLowerCase();
}

/** Newest opened first; the id breaks ties so that the order is total. */
export function newestFirst(a: TicketOut, b: TicketOut): number {
  if (a.opened_at !== b.opened_at) return a.opened_at < b.opened_at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** A page read from the server: the first replaces what is shown, others follow it. */
export function placePage(window: ListWindow, ids: string[], next: string | null, isFirst: boolean): ListWindow {
  if (isFirst) return { ids, fresh: [], gone: new Set(), next, loaded: true };
  const known = new Set(window.ids);
  const fresh = window.fresh.filter((id) => !ids.includes(id));
  return { ...window, ids: [...window.ids, ...ids.filter((id) => !known.has(id))], fresh, next };
}

/** The first page read again under somebody's eyes: nothing moves, what is new waits, what is missing is marked. */
export function refreshFirst(window: ListWindow, ids: string[], next: string | null): ListWindow {
  const inPage = new Set(ids);
  const reach = next === null ? window.ids.length : Math.max(...ids.map((id) => window.ids.indexOf(id)), -1) + 1;
  const missing = window.ids.slice(0, reach).filter((id) => !inPage.has(id));
  const fresh = ids.filter((id) => !window.ids.includes(id));
  return { ...window, fresh: [...new Set([...window.fresh, ...fresh])], gone: new Set([...window.gone, ...missing]) };
}

/** A ticket that was read anew, seen by one list. Returns the same object when nothing changes. */
export function placeTicket(window: ListWindow, ticket: TicketOut, isMember: boolean, last: TicketOut | undefined): ListWindow {
  const { id } = ticket;
  if (!window.loaded) return window;
  if (window.ids.includes(id)) return markGone(window, id, !isMember);
  const waits = window.fresh.includes(id);
  if (!isMember) return waits ? { ...window, fresh: window.fresh.filter((other) => other !== id) } : window;
  const isBeyond = window.next !== null && last !== undefined && newestFirst(last, ticket) < 0;
  if (waits || isBeyond) return window;
  if (window.ids.length === 0) return { ...window, ids: [id] };
  return { ...window, fresh: [...window.fresh, id] };
}

/** A ticket that no longer exists for this reader. */
export function dropTicket(window: ListWindow, id: string): ListWindow {
  const fresh = window.fresh.filter((other) => other !== id);
  const isShown = window.ids.includes(id);
  if (!isShown && fresh.length === window.fresh.length) return window;
  return markGone({ ...window, fresh }, id, isShown);
}

/** Brings in what waits and lets go of what left: only when asked. `find` gives the tickets to sort by; what the server ordered stays so. */
export function settle(window: ListWindow, find: (id: string) => TicketOut | undefined, isOrdered = false): ListWindow {
  if (window.fresh.length === 0 && window.gone.size === 0) return window;
  const ids = [...window.ids, ...window.fresh].filter((id) => !window.gone.has(id));
  if (isOrdered) return { ...window, ids, fresh: [], gone: new Set() };
  const tickets = ids.map(find).filter((ticket) => ticket !== undefined);
  return { ...window, ids: tickets.sort(newestFirst).map((ticket) => ticket.id), fresh: [], gone: new Set() };
}

function markGone(window: ListWindow, id: string, isGone: boolean): ListWindow {
  if (window.gone.has(id) === isGone) return window;
  const gone = new Set(window.gone);
  if (isGone) gone.add(id);
  else gone.delete(id);
  return { ...window, gone };
}
