// A small fetch client: JSON in and out, problems as errors, a deadline on every request.
// Rule: it knows HTTP, not tickets; the calls by noun live in `calls.ts` and `me.ts`.
import { ApiProblem, localProblem, readProblem } from './problem';

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Send {
  query?: Query;
  json?: unknown;
  /** Raw body of an upload; excludes `json`. */
  raw?: Blob;
  headers?: Record<string, string>;
  /** The version the change is based on; sent as `If-Match: "N"`. */
  version?: number;
  idempotencyKey?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface ClientOptions {
  /** Origin of the server, '' for the page's own. */
  base?: string;
  /** Headers added to every request, asked anew each time (tokens expire). */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** 'omit' for the widget, which never uses cookies. */
  credentials?: RequestCredentials;
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const DEFAULT_TIMEOUT_MS = 15_000;

/** Writes a query string, leaving out what is null, undefined or empty. */
export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** An id of this browser's own, for idempotent sends. */
export function newClientId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Client {
  readonly base: string;
  #options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    this.base = options.base ?? '';
    this.#options = options;
  }

  get<T>(path: string, send: Send = {}): Promise<T> {
    return this.request<T>('GET', path, send);
  }

  post<T>(path: string, json?: unknown, send: Send = {}): Promise<T> {
    return this.request<T>('POST', path, { ...send, json });
  }

  put<T>(path: string, json: unknown, send: Send = {}): Promise<T> {
    return this.request<T>('PUT', path, { ...send, json });
  }

  patch<T>(path: string, json: unknown, send: Send = {}): Promise<T> {
    return this.request<T>('PATCH', path, { ...send, json });
  }

  delete<T = void>(path: string, send: Send = {}): Promise<T> {
    return this.request<T>('DELETE', path, send);
  }

  /** Headers for a request, the caller's own included; also used by the stream reader. */
  async headers(extra: Record<string, string> = {}): Promise<Record<string, string>> {
    return { accept: 'application/json', ...(await this.#options.headers?.()), ...extra };
  }

  /** Opens a response without reading it (streams). No deadline; the caller aborts. */
  async open(path: string, send: Send = {}): Promise<Response> {
    const headers = await this.headers(send.headers);
    return this.#fetch(withQuery(this.base + path, send.query), { headers, signal: send.signal ?? null });
  }

  /** One request, one answer, or an `ApiProblem`. */
  async request<T>(method: Method, path: string, send: Send): Promise<T> {
    const deadline = new AbortController();
    const limit = send.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => deadline.abort(), limit);
    const forward = () => deadline.abort();
    send.signal?.addEventListener('abort', forward);
    try {
      const init = await this.#init(method, send, deadline.signal);
      const response = await this.#fetch(withQuery(this.base + path, send.query), init);
      return await readAnswer<T>(response);
    } catch (thrown) {
      throw explain(thrown, deadline.signal.aborted, send.signal?.aborted ?? false);
    } finally {
      clearTimeout(timer);
      send.signal?.removeEventListener('abort', forward);
    }
  }

  async #init(method: Method, send: Send, signal: AbortSignal): Promise<RequestInit> {
    const headers = await this.headers(send.headers);
    if (send.version !== undefined) headers['if-match'] = `"${send.version}"`;
    if (send.idempotencyKey) headers['idempotency-key'] = send.idempotencyKey;
    if (send.raw) return { method, headers, body: send.raw, signal };
    if (send.json === undefined) return { method, headers, signal };
    return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(send.json), signal };
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const call = this.#options.fetch ?? globalThis.fetch.bind(globalThis);
    return call(url, { ...init, credentials: this.#options.credentials ?? 'same-origin', cache: 'no-store' });
  }
}

async function readAnswer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await readProblem(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function explain(thrown: unknown, deadlinePassed: boolean, callerAborted: boolean): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  if (callerAborted) return localProblem('aborted', 'The request was given up');
  if (deadlinePassed) return localProblem('timeout', 'The server did not answer in time');
  if (thrown instanceof SyntaxError) return localProblem('unreadable_answer', 'The answer could not be read');
  return localProblem('offline', 'The server cannot be reached');
}
