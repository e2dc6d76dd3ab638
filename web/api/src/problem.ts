// What goes wrong on the wire, as one typed error. The server speaks RFC 9457 (`application/problem+json`);
// a lost line and a slow answer get codes of their own, so that a screen only ever handles `ApiProblem`.

/** Codes made here, for what never reached the server or was never understood. */
export type LocalCode = 'offline' | 'timeout' | 'aborted' | 'unreadable_answer';

export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  help?: string;
  reference?: string;
  errors?: { pointer: string; code: string; message: string }[];
  [extra: string]: unknown;
}

/** An answer that is not a success, or the lack of one. `status` is 0 when nothing came back. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string | undefined;
  readonly reference: string | undefined;
  readonly retryAfter: number | undefined;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    super(body.detail ?? body.title ?? body.code ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = body.code ?? `http_${status}`;
    this.help = body.help;
    this.reference = body.reference;
    this.retryAfter = retryAfter;
    this.body = body;
  }

  /** True when the same request may succeed later without being changed. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Every refused field with its words, in one line; empty when none is named. */
  get places(): string {
    return (this.body.errors ?? []).map(({ pointer, message }) => `${pointer} ${message}`).join(' · ');
  }

  /** The sentence for one field of the request, by JSON pointer (`/email`). */
  fieldError(pointer: string): string | undefined {
    return this.body.errors?.find((error) => error.pointer === pointer)?.message;
  }
}

/** A problem that was born in the browser. */
export function localProblem(code: LocalCode, title: string): ApiProblem {
  return new ApiProblem(0, { code, title });
}

/** Reads a failed response into a problem, whatever its body turns out to be. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  const body = await response.json().catch(() => ({}));
  const shape: ProblemBody = typeof body === 'object' && body !== null ? body : {};
  return new ApiProblem(response.status, { title: response.statusText, ...shape }, retryAfter);
}

/** Turns anything thrown into an `ApiProblem`, so that a catch block has one shape to handle. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return localProblem('unreadable_answer', text);
}
