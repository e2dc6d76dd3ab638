// One live connection that never gives up: resumes from the last cursor, backs off with jitter, notices a silent line.
// Rule: it moves frames and tells its state; what a frame means is decided elsewhere.
import { retryDelay } from './retry';
import { readFrames, type Frame } from './stream';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'signed_out' | 'stopped';

export interface ConnectionOptions {
  /** Opens the stream, resuming after `lastId` when there is one. */
  open: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  onFrame: (frame: Frame) => void;
  onState: (state: LiveState) => void;
  /** The cursor is behind what the server keeps: everything shown must be read again. */
  onExpired?: () => void;
  /** Silence after which the line counts as dead; the server speaks every 15 s. */
  silenceMs?: number;
  random?: () => number;
}

const SILENCE_MS = 40_000;
const STEADY_MS = 5_000;

export class Connection {
  lastId: string | null = null;
  #options: ConnectionOptions;
  #abort: AbortController | null = null;
  #wake: (() => void) | null = null;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Connects and stays connected until `stop`. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#running = false;
    this.#abort?.abort();
    this.#wake?.();
    this.#options.onState('stopped');
  }

  /** Tries again now instead of waiting out the delay (the browser says it is online). */
  hurry(): void {
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let attempt = 0;
    this.#options.onState('connecting');
    while (this.#running) {
      const openedAt = Date.now();
      const outcome = await this.#once();
      if (!this.#running) return;
      if (outcome === 'signed_out') return this.#signedOut();
      attempt = outcome === 'dropped' && Date.now() - openedAt > STEADY_MS ? 0 : attempt + 1;
      this.#options.onState('reconnecting');
      await this.#pause(retryDelay(Math.max(0, attempt - 1), this.#options.random));
    }
  }

  #signedOut(): void {
    this.#running = false;
    this.#options.onState('signed_out');
  }

  async #once(): Promise<'dropped' | 'refused' | 'signed_out'> {
    this.#abort = new AbortController();
    this.#feed();
    try {
      const response = await this.#options.open(this.lastId, this.#abort.signal);
      if (!response.ok) return this.#refused(response.status);
      this.#options.onState('live');
      await readFrames(response, (frame) => this.#take(frame), () => this.#feed());
      return 'dropped';
    } catch {
      return 'refused';
    } finally {
      clearTimeout(this.#watchdog);
      this.#abort.abort();
    }
  }

  #refused(status: number): 'refused' | 'signed_out' {
    if (status === 401 || status === 403) return 'signed_out';
    if (status === 410) {
      this.lastId = null;
      this.#options.onExpired?.();
    }
    return 'refused';
  }

  #take(frame: Frame): void {
    if (frame.id) this.lastId = frame.id;
    this.#options.onFrame(frame);
  }

  #feed(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#abort?.abort(), this.#options.silenceMs ?? SILENCE_MS);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
