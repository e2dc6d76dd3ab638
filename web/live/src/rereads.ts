// A frame is a hint, not the truth: it says which ticket to read again. Hints are gathered for a moment, read in small
// groups, and a flood (an import, a long absence) becomes "read the lists again" instead of a thousand requests.
import { asProblem, type CountsOut, type TicketOut } from '@mainstay/api';
import type { Frame } from './stream';
import type { Store } from './store';

export interface RereadOptions {
  store: Store;
  readTicket: (id: string) => Promise<TicketOut>;
  readCounts: () => Promise<CountsOut>;
  /** Messages or history of a ticket changed; the open conversation listens. */
  onTicket?: (id: string, kind: string) => void;
  /** Too much happened to follow one by one. */
  onFlood?: () => void;
  /** Milliseconds to gather hints before reading. */
  gatherMs?: number;
}

const GATHER_MS = 120;
const FLOOD = 40;
const AT_ONCE = 4;

export class Rereads {
  #options: RereadOptions;
  #dirty = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #busy = false;

  constructor(options: RereadOptions) {
    this.#options = options;
  }

  /** Takes one frame of the console's stream. */
  hear(frame: Frame): void {
    const id = ticketOf(frame);
    if (!id) return;
    this.#options.onTicket?.(id, frame.event);
    this.#dirty.add(id);
    this.#schedule();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#dirty.clear();
  }

  #schedule(): void {
    if (this.#busy || this.#timer) return;
    this.#timer = setTimeout(() => void this.#run(), this.#options.gatherMs ?? GATHER_MS);
  }

  async #run(): Promise<void> {
    this.#timer = null;
    this.#busy = true;
    const ids = [...this.#dirty];
    this.#dirty.clear();
    const counts = this.#options.readCounts().then((read) => this.#options.store.apply({ counts: read }), () => undefined);
    if (ids.length > FLOOD) this.#options.onFlood?.();
    else await this.#readAll(ids);
    await counts;
    this.#busy = false;
    if (this.#dirty.size > 0) this.#schedule();
  }

  async #readAll(ids: string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => this.#readOne(id)));
    }
  }

  async #readOne(id: string): Promise<void> {
    try {
      this.#options.store.apply({ tickets: [await this.#options.readTicket(id)] });
    } catch (thrown) {
      if (asProblem(thrown).status === 404) this.#options.store.apply({ lost: [id] });
    }
  }
}

/** The ticket a frame speaks of, if it speaks of one. */
export function ticketOf(frame: Frame): string | null {
  if (!frame.event.startsWith('ticket.')) return null;
  try {
    const event = JSON.parse(frame.data) as { data?: { ticket_id?: unknown }; subject?: { kind?: string; id?: unknown } };
    const id = event.data?.ticket_id ?? (event.subject?.kind === 'ticket' ? event.subject.id : null);
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
