// Who is asking: a token that the host application signed, else a device token of this browser.
// Rule: tokens live in memory and, for the device, in the host page's localStorage; never in an address, never in a cookie.
import { Client } from '@mainstay/api/client';
import { meApi, type MeApi } from '@mainstay/api/me';

/** Seconds before its end at which a signed token is asked for anew. */
const EARLY_S = 30;

interface Signed {
  token: string;
  endsAt: number;
}

/** Seconds since 1970 at which a JWT ends; 0 when it does not say. */
export function endOf(token: string): number {
  try {
    const part = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const claims = JSON.parse(atob(part)) as { exp?: unknown };
    return typeof claims.exp === 'number' ? claims.exp : 0;
  } catch {
    return 0;
  }
}

export class Identity {
  readonly api: MeApi;
  #key: string;
  #signed: Signed | null = null;
  #device: string | null;
  #making: Promise<void> | null = null;

  constructor(base: string, key: string) {
    this.#key = key;
    this.#device = recall(this.#place);
    this.api = meApi(new Client({ base, credentials: 'omit', headers: () => this.#headers() }));
  }

  /** The host application says who its user is. */
  get isSigned(): boolean {
    return typeof window.mainstay?.identity === 'function';
  }

  /** There is somebody to ask for: nothing is sent to the server before. */
  get isKnown(): boolean {
    return this.isSigned || this.#device !== null;
  }

  /** Makes sure requests can be signed, with a new device token if need be. */
  async ready(): Promise<void> {
    if (this.isKnown) return;
    this.#making ??= this.#makeDevice().finally(() => (this.#making = null));
    await this.#making;
  }

  /** The server no longer knows this device or token: the next request starts afresh. */
  forget(): void {
    this.#signed = null;
    if (this.isSigned) return;
    this.#device = null;
    remember(this.#place, null);
  }

  async #makeDevice(): Promise<void> {
    const { token } = await this.api.newDevice();
    this.#device = token;
    remember(this.#place, token);
  }

  get #place(): string {
    return `mainstay.device.${this.#key}`;
  }

  async #headers(): Promise<Record<string, string>> {
    const key = { 'x-widget-key': this.#key };
    if (this.isSigned) return { ...key, authorization: `Bearer ${await this.#signedToken()}` };
    return this.#device ? { ...key, authorization: `Visitor ${this.#device}` } : key;
  }

  async #signedToken(): Promise<string> {
    if (this.#signed && this.#signed.endsAt - EARLY_S > Date.now() / 1000) return this.#signed.token;
    const token = (await window.mainstay?.identity?.()) ?? '';
    this.#signed = { token, endsAt: endOf(token) };
    return token;
  }
}

/** Reads from the host page's storage; null when it is empty or refused. */
export function recall(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

export function remember(place: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(place);
    else localStorage.setItem(place, text);
  } catch {
    // Private windows may refuse storage: the conversation then lasts as long as the page.
  }
}
