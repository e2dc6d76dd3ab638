// The widget's state: conversations, messages, what is on its way, the live line. Answers and frames pass the same `apply`.
// Rule: nothing is asked of the server before somebody opens the panel, and no device is made before something is sent.
import { asProblem, type ApiProblem, type MeOut, type MyMessageOut, type MyTicketOut } from '@mainstay/api';
import type { DeskOpeningOut, MeApi } from '@mainstay/api/me';
import { Connection, type Frame, type LiveState } from '@mainstay/live';
import { Identity, recall, remember } from './identity';
import { Shelf, type HelpItemOut } from './shelf';
import { localTicket, Outbox, type Outgoing } from './outbox';

export type Screen = { kind: 'home' } | { kind: 'ask' } | { kind: 'article'; id: string } | { kind: 'ticket'; id: string };

export interface DeskState {
  screen: Screen;
  isOpen: boolean;
  me: MeOut | null;
  tickets: readonly MyTicketOut[];
  messages: ReadonlyMap<string, readonly MyMessageOut[]>;
  outbox: readonly Outgoing[];
  line: LiveState | 'offline';
  isReading: boolean;
  problem: ApiProblem | null;
  /** When somebody is there; null when the desk says nothing. */
  opening: DeskOpeningOut | null;
  /** Articles for what the page is about. */
  help: readonly HelpItemOut[];
  /** Agent messages that arrived while nobody looked. */
  unread: number;
}

interface Change {
  tickets?: MyTicketOut[];
  messages?: { ticketId: string; items: MyMessageOut[] };
}

export class Desk {
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly help: Shelf;
  state: DeskState;
  #api: MeApi;
  #connection: Connection | null = null;
  #listeners = new Set<() => void>();
  #screenPlace: string;

  constructor(base: string, key: string) {
    this.identity = new Identity(base, key);
    this.#api = this.identity.api;
    this.help = new Shelf(this.identity, (help) => this.#set({ help }));
    this.#screenPlace = `mainstay.screen.${key}`;
    this.outbox = new Outbox(`mainstay.outbox.${key}`, (item) => this.#deliver(item), () => this.#set({ outbox: this.outbox.items }));
    this.state = {
      screen: recallScreen(this.#screenPlace), isOpen: false, me: null, tickets: [], messages: new Map(), outbox: this.outbox.items,
      line: navigator.onLine ? 'connecting' : 'offline', isReading: false, problem: null, opening: null, help: [], unread: 0,
    };
    addEventListener('online', () => this.#online());
    addEventListener('offline', () => this.#set({ line: 'offline' }));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The panel opens: what is known is shown, the rest is read. */
  open(): void {
    this.#set({ isOpen: true, unread: 0 });
    void this.help.read();
    void this.#readOpening();
    if (this.identity.isKnown) void this.#begin();
    if (this.outbox.items.length > 0) void this.outbox.flush();
  }

  /** Reads whether somebody is there. That it cannot be read is no trouble to who wants to ask. */
  async #readOpening(): Promise<void> {
    const opening = await this.#api.opening().catch(() => null);
    this.#set({ opening: opening && opening.is_open !== null ? opening : null });
  }

  close(): void {
    this.#set({ isOpen: false });
  }

  go(screen: Screen): void {
    remember(this.#screenPlace, JSON.stringify(screen));
    this.#set({ screen, problem: null });
    if (screen.kind === 'ticket') void this.readTicket(screen.id);
  }

  /** A first message: shown at once, sent as soon as there is a line. */
  ask(body: string, files: Outgoing['files'], claim: { name?: string; email?: string }): void {
    const item = this.outbox.add({ ticketId: null, body, files, ...claim });
    this.go({ kind: 'ticket', id: localTicket(item) });
  }

  reply(ticketId: string, body: string, files: Outgoing['files']): void {
    this.outbox.add({ ticketId, body, files });
  }

  async upload(file: File): Promise<{ id: string; name: string }> {
    await this.identity.ready();
    const { id } = await this.#api.upload(file);
    return { id, name: file.name };
  }

  async readTicket(id: string): Promise<void> {
    if (id.startsWith('local-') || !this.identity.isKnown) return;
    await this.#reading(async () => {
      let after: string | null = null;
      do {
        const page: { items: MyMessageOut[]; next: string | null } = await this.#api.messages(id, after);
        this.apply({ messages: { ticketId: id, items: page.items } });
        after = page.next;
      } while (after);
    });
  }

  /** What became known, by an answer or by a frame. */
  apply(change: Change): void {
    const tickets = change.tickets ? mergeTickets(this.state.tickets, change.tickets) : this.state.tickets;
    const messages = new Map(this.state.messages);
    if (change.messages) {
      const { ticketId, items } = change.messages;
      messages.set(ticketId, mergeMessages(messages.get(ticketId) ?? [], items));
    }
    this.#set({ tickets, messages });
  }

  async #begin(): Promise<void> {
    this.#connect();
    await this.#reading(async () => {
      const [me, page] = await Promise.all([this.#api.me(), this.#api.tickets(null)]);
      this.#set({ me });
      this.apply({ tickets: page.items });
    });
    const { screen } = this.state;
    if (screen.kind === 'ticket') await this.readTicket(screen.id);
  }

  async #reading(read: () => Promise<void>): Promise<void> {
    this.#set({ isReading: true, problem: null });
    try {
      await read();
    } catch (thrown) {
      this.#trouble(asProblem(thrown));
    }
    this.#set({ isReading: false });
  }

  #trouble(problem: ApiProblem): void {
    if (problem.status === 401) this.identity.forget();
    if (problem.status === 404) return this.go({ kind: 'home' });
    if (problem.code !== 'offline') this.#set({ problem });
  }

  async #deliver(item: Outgoing): Promise<{ ticketId: string }> {
    await this.identity.ready();
    this.#connect();
    const attachments = item.files.length > 0 ? { attachments: item.files.map((file) => file.id) } : {};
    if (item.ticketId) {
      const message = await this.#api.reply(item.ticketId, { body: item.body, client_id: item.clientId, ...attachments });
      const ticketId = message.ticket_id;
      this.apply({ messages: { ticketId, items: [message] } });
      if (ticketId !== item.ticketId) await this.#followUp(item.ticketId, ticketId);
      return { ticketId };
    }
    const claim = { ...(item.name ? { name: item.name } : {}), ...(item.email ? { email: item.email } : {}) };
    const ticket = await this.#api.ask({ body: item.body, client_id: item.clientId, ...attachments, ...claim });
    this.apply({ tickets: [ticket] });
    await this.readTicket(ticket.id);
    if (!this.state.me) this.#set({ me: await this.#api.me().catch(() => null) });
    const { screen } = this.state;
    if (screen.kind === 'ticket' && screen.id === localTicket(item)) this.go({ kind: 'ticket', id: ticket.id });
    return { ticketId: ticket.id };
  }

  /** A reply to a closed ticket opened another one: go there when one was looking. */
  async #followUp(closed: string, ticketId: string): Promise<void> {
    this.apply({ tickets: [await this.#api.ticket(ticketId)] });
    const { screen } = this.state;
    if (screen.kind === 'ticket' && screen.id === closed) this.go({ kind: 'ticket', id: ticketId });
  }

  #connect(): void {
    if (this.#connection) return;
    this.#connection = new Connection({
      open: (after, signal) => this.#api.client.open('/api/v1/me/events', { headers: streamHeaders(after), signal }),
      onFrame: (frame) => this.#hear(frame),
      onState: (line) => this.#lineIs(line),
      onExpired: () => void this.#begin(),
    });
    this.#connection.start();
  }

  #lineIs(line: LiveState): void {
    const isBack = line === 'live' && this.state.line !== 'live' && this.state.line !== 'connecting';
    this.#set({ line: navigator.onLine ? line : 'offline' });
    if (line === 'signed_out') this.#connection = null;
    if (!isBack) return;
    void this.outbox.flush();
    if (this.state.screen.kind === 'ticket') void this.readTicket(this.state.screen.id);
  }

  #hear(frame: Frame): void {
    try {
      const told: unknown = JSON.parse(frame.data);
      if (frame.event === 'message') this.#hearMessage((told as { message: MyMessageOut }).message);
      if (frame.event === 'ticket') this.apply({ tickets: [told as MyTicketOut] });
    } catch {
      // A frame that cannot be read is only a hint lost; the next read brings what it told.
    }
  }

  #hearMessage(message: MyMessageOut): void {
    const ticketId = message.ticket_id;
    const isNew = !this.state.messages.get(ticketId)?.some((known) => known.id === message.id);
    this.apply({ messages: { ticketId, items: [message] } });
    if (isNew && message.author.kind === 'agent' && !this.state.isOpen) this.#set({ unread: this.state.unread + 1 });
  }

  #online(): void {
    this.#set({ line: this.#connection ? 'reconnecting' : 'connecting' });
    this.#connection?.hurry();
    void this.outbox.flush();
  }

  #set(change: Partial<DeskState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function streamHeaders(after: string | null): Record<string, string> {
  return { accept: 'text/event-stream', ...(after ? { 'last-event-id': after } : {}) };
}

function recallScreen(place: string): Screen {
  try {
    const screen = JSON.parse(recall(place) ?? 'null') as Screen | null;
    return screen && typeof screen.kind === 'string' ? screen : { kind: 'home' };
  } catch {
    return { kind: 'home' };
  }
}

/** Newest first, each once. */
export function mergeTickets(known: readonly MyTicketOut[], items: readonly MyTicketOut[]): MyTicketOut[] {
  const byId = new Map(known.map((ticket) => [ticket.id, ticket]));
  for (const item of items) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => (b.last_message_at ?? b.opened_at).localeCompare(a.last_message_at ?? a.opened_at));
}

/** Oldest first, each once. */
export function mergeMessages(known: readonly MyMessageOut[], items: readonly MyMessageOut[]): MyMessageOut[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const item of items) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id));
}
