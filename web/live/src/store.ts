// The one normalised store of the console. Answers of the API and re-reads after frames pass through the same `apply`,
// so that it does not matter which of the two was faster. Values are replaced, never changed in place.
import type { CountsOut, MessageOut, TicketOut } from '@mainstay/api/shapes';
import { belongs, dropTicket, EMPTY_WINDOW, isServerOrdered, placePage, placeTicket, refreshFirst, settle, type ListSlug, type ListWindow } from './lists';

/** What became known. Any part may be absent. */
export interface Change {
  tickets?: TicketOut[];
  messages?: { ticketId: string; items: MessageOut[] };
  counts?: CountsOut;
  page?: PageRead;
  /** Ids of tickets that are deleted or out of reach. */
  lost?: string[];
}

/** One page of a list; `again` when it is read under the eyes of somebody who already sees the list. */
export interface PageRead {
  slug: ListSlug;
  ids: string[];
  next: string | null;
  place: 'first' | 'further' | 'again';
}

const NO_MESSAGES: readonly MessageOut[] = [];

export class Store {
  readonly me: string;
  #tickets = new Map<string, TicketOut>();
  #messages = new Map<string, readonly MessageOut[]>();
  #windows = new Map<ListSlug, ListWindow>();
  #lost = new Set<string>();
  #counts: CountsOut | null = null;
  #listeners = new Set<() => void>();

  /** `me` is the member's id, which the view "mine" needs. */
  constructor(me: string) {
    this.me = me;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  ticket = (id: string): TicketOut | undefined => this.#tickets.get(id);
  messages = (ticketId: string): readonly MessageOut[] => this.#messages.get(ticketId) ?? NO_MESSAGES;
  window = (slug: ListSlug): ListWindow => this.#windows.get(slug) ?? EMPTY_WINDOW;
  counts = (): CountsOut | null => this.#counts;
  isLost = (id: string): boolean => this.#lost.has(id);

  /** Whether anything on screen may depend on this ticket. */
  knows(id: string): boolean {
    return this.#tickets.has(id);
  }

  /** Takes in what became known, then tells the listeners once. */
  apply(change: Change): void {
    if (change.counts) this.#counts = change.counts;
    for (const ticket of change.tickets ?? []) this.#takeTicket(ticket);
    if (change.page) this.#takePage(change.page);
    if (change.messages) this.#takeMessages(change.messages.ticketId, change.messages.items);
    for (const id of change.lost ?? []) this.#loseTicket(id);
    this.#tell();
  }

  /** Shows what waits in a list and drops what left it; called when the member asks for it. */
  settle(slug: ListSlug): void {
    this.#windows.set(slug, settle(this.window(slug), this.ticket, isServerOrdered(slug)));
    this.#tell();
  }

  #takeTicket(ticket: TicketOut): void {
    const known = this.#tickets.get(ticket.id);
    if (known && known.version > ticket.version) return;
    this.#tickets.set(ticket.id, ticket);
    this.#lost.delete(ticket.id);
    for (const [slug, window] of this.#windows) {
      const last = this.#tickets.get(window.ids.at(-1) ?? '');
      // What the server orders takes nothing in by itself: whether a ticket is in it is not written on the ticket.
      if (isServerOrdered(slug) && !window.ids.includes(ticket.id)) continue;
      this.#windows.set(slug, placeTicket(window, ticket, belongs(slug, ticket, this.me), last));
    }
  }

  #takePage({ slug, ids, next, place }: PageRead): void {
    const window = this.window(slug);
    const isAgain = place === 'again' && window.loaded;
    this.#windows.set(slug, isAgain ? refreshFirst(window, ids, next) : placePage(window, ids, next, place !== 'further'));
  }

  #takeMessages(ticketId: string, items: MessageOut[]): void {
    const known = this.messages(ticketId);
    const merged = mergeMessages(known, items);
    if (merged !== known) this.#messages.set(ticketId, merged);
  }

  #loseTicket(id: string): void {
    this.#lost.add(id);
    for (const [slug, window] of this.#windows) this.#windows.set(slug, dropTicket(window, id));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Old and new messages as one conversation, each once, oldest first. The same array when nothing is new. */
export function mergeMessages(known: readonly MessageOut[], items: readonly MessageOut[]): readonly MessageOut[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  const isNews = items.some((item) => JSON.stringify(byId.get(item.id)) !== JSON.stringify(item));
  if (!isNews && known.length > 0) return known;
  for (const item of items) byId.set(item.id, item);
  return [...byId.values()].sort(oldestFirst);
}

function oldestFirst(a: MessageOut, b: MessageOut): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
