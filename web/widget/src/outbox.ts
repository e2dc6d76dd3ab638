// Messages on their way: kept in the browser until the server has them, sent in order, each with its own client id,
// so that a lost answer or a reload never makes two of one and never loses one.
import { asProblem } from '@mainstay/api';
import { newClientId } from '@mainstay/api/client';
import { recall, remember } from './identity';

export interface Outgoing {
  clientId: string;
  /** The ticket it belongs to, or null when it opens one. */
  ticketId: string | null;
  body: string;
  files: { id: string; name: string }[];
  name?: string;
  email?: string;
  at: string;
  /** Why the server refused it for good; absent while it waits. */
  refusal?: string;
}

export type Deliver = (outgoing: Outgoing) => Promise<{ ticketId: string }>;

const RETRY_MS = 4_000;

export class Outbox {
  #place: string;
  #items: readonly Outgoing[];
  #deliver: Deliver;
  #onChange: () => void;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: string, deliver: Deliver, onChange: () => void) {
    this.#place = place;
    this.#deliver = deliver;
    this.#onChange = onChange;
    this.#items = read(place);
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(outgoing: Omit<Outgoing, 'clientId' | 'at'>): Outgoing {
    const item: Outgoing = { ...outgoing, clientId: newClientId(), at: new Date().toISOString() };
    this.#set([...this.#items, item]);
    void this.flush();
    return item;
  }

  discard(clientId: string): void {
    this.#set(this.#items.filter((item) => item.clientId !== clientId));
  }

  retry(clientId: string): void {
    this.#set(this.#items.map((item) => (item.clientId === clientId ? withoutRefusal(item) : item)));
    void this.flush();
  }

  /** Sends what waits, oldest first; stops at the first passing trouble and tries again later. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    for (let next = this.#next(); next; next = this.#next()) {
      if (!(await this.#sendOne(next))) break;
    }
    this.#busy = false;
  }

  #next(): Outgoing | undefined {
    return this.#items.find((item) => item.refusal === undefined);
  }

  async #sendOne(item: Outgoing): Promise<boolean> {
    try {
      const { ticketId } = await this.#deliver(item);
      const rest = this.#items.filter((other) => other.clientId !== item.clientId);
      this.#set(rest.map((other) => (other.ticketId === localTicket(item) ? { ...other, ticketId } : other)));
      return true;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.isPassing) {
        this.#timer = setTimeout(() => void this.flush(), (problem.retryAfter ?? 0) * 1_000 || RETRY_MS);
        return false;
      }
      this.#set(this.#items.map((other) => (other.clientId === item.clientId ? { ...other, refusal: problem.message } : other)));
      return true;
    }
  }

  #set(items: readonly Outgoing[]): void {
    this.#items = items;
    remember(this.#place, items.length > 0 ? JSON.stringify(items) : null);
    this.#onChange();
  }
}

/** The id a conversation has here until the server gives it one. */
export function localTicket(item: Pick<Outgoing, 'clientId'>): string {
  return `local-${item.clientId}`;
}

function withoutRefusal(item: Outgoing): Outgoing {
  const waiting = { ...item };
  delete waiting.refusal;
  return waiting;
}

function read(place: string): readonly Outgoing[] {
  try {
    const items: unknown = JSON.parse(recall(place) ?? '[]');
    return Array.isArray(items) ? (items as Outgoing[]) : [];
  } catch {
    return [];
  }
}
