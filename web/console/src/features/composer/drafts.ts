// Unsent words, kept outside the screen: switching tickets, an error or a reload never loses them.
// Each draft has its own client id, so that sending it twice is one message.
import { asProblem, newClientId, type ApiProblem, type MessageOut, type MacroPreview } from '@mainstay/api';
import type { Store } from '@mainstay/live';
import { useSyncExternalStore } from 'react';
import { api, filing, queries } from '../../state/api';
import { lastSeenOf, markSeen } from '../../state/seen';

export type Kind = 'reply' | 'note';

export interface DraftFile {
  key: string;
  name: string;
  size: number;
  /** Known once uploaded. */
  id?: string;
  problem?: ApiProblem;
}

export interface Draft {
  body: string;
  files: readonly DraftFile[];
  clientId: string;
  isSending: boolean;
  problem: ApiProblem | null;
  /** What the customer wrote meanwhile; the reply waits for a second yes. */
  newer: readonly MessageOut[];
  /** The macro that runs when this reply is sent. */
  macro: DraftMacro | null;
}

export interface DraftMacro {
  id: string;
  name: string;
  version: number;
  /** Whether it does more than reply. */
  hasMore: boolean;
}

const PLACE = 'mainstay.draft.';
const EMPTY: Draft = { body: '', files: [], clientId: '', isSending: false, problem: null, newer: [], macro: null };
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

const keyOf = (ticketId: string, kind: Kind) => `${ticketId}.${kind}`;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function draft(ticketId: string, kind: Kind): Draft {
  const key = keyOf(ticketId, kind);
  const known = drafts.get(key);
  if (known) return known;
  const kept = readKept(key);
  drafts.set(key, kept);
  return kept;
}

export function useDraft(ticketId: string, kind: Kind): Draft {
  return useSyncExternalStore(subscribe, () => draft(ticketId, kind));
}

export function changeDraft(ticketId: string, kind: Kind, change: Partial<Draft>): void {
  const next = { ...draft(ticketId, kind), ...change };
  if (!next.clientId) next.clientId = newClientId();
  drafts.set(keyOf(ticketId, kind), next);
  keep(keyOf(ticketId, kind), next);
  for (const listener of listeners) listener();
}

/** Puts words at the end of a reply, on a line of their own. */
export function insertInReply(ticketId: string, words: string): void {
  const { body } = draft(ticketId, 'reply');
  changeDraft(ticketId, 'reply', { body: body.trim() ? `${body.trimEnd()}\n\n${words}` : words });
}

/** Puts a macro's reply into the draft; the macro runs when it is sent. */
export function takeMacro(ticketId: string, name: string, shown: MacroPreview): void {
  const { body } = draft(ticketId, 'reply');
  const words = shown.reply?.text ?? '';
  const hasMore = shown.note !== null || shown.changes.length > 0;
  changeDraft(ticketId, 'reply', {
    body: body.trim() ? `${body.trimEnd()}\n\n${words}` : words,
    macro: { id: shown.macro_id, name, version: shown.version, hasMore },
    problem: null,
  });
}

/** Variables of a macro that nobody has filled in yet, as they stand in the text. */
export function unfilled(body: string): string[] {
  const found = body.match(/\{\{\s*(?:customer|company|ticket|agent|workspace|field)\.[^{}]*\}\}/g) ?? [];
  return [...new Set(found)];
}

function readKept(key: string): Draft {
  try {
    const kept = sessionStorage.getItem(PLACE + key);
    return kept ? { ...EMPTY, ...(JSON.parse(kept) as Partial<Draft>) } : EMPTY;
  } catch {
    return EMPTY;
  }
}

function keep(key: string, { body, files, clientId, macro }: Draft): void {
  try {
    const uploaded = files.filter((file) => file.id);
    if (body || uploaded.length > 0) sessionStorage.setItem(PLACE + key, JSON.stringify({ body, files: uploaded, clientId, macro }));
    else sessionStorage.removeItem(PLACE + key);
  } catch {
    // Storage full or refused: the draft still lives in memory.
  }
}

/** Uploads a file into a draft; a refusal stays beside the file's name. */
export async function attach(ticketId: string, kind: Kind, file: File): Promise<void> {
  const key = newClientId();
  const set = (change: Partial<DraftFile>) => {
    const { files } = draft(ticketId, kind);
    changeDraft(ticketId, kind, { files: files.map((each) => (each.key === key ? { ...each, ...change } : each)) });
  };
  changeDraft(ticketId, kind, { files: [...draft(ticketId, kind).files, { key, name: file.name, size: file.size }] });
  try {
    set({ id: (await api.upload(file)).id });
  } catch (thrown) {
    set({ problem: asProblem(thrown) });
  }
}

export function detach(ticketId: string, kind: Kind, key: string): void {
  changeDraft(ticketId, kind, { files: draft(ticketId, kind).files.filter((file) => file.key !== key) });
}

export function maySend({ body, files, isSending }: Draft): boolean {
  const isUploading = files.some((file) => !file.id && !file.problem);
  return !isSending && !isUploading && unfilled(body).length === 0 && (body.trim() !== '' || files.some((file) => file.id));
}

/** Sends a draft. On success it is empty again; on any refusal everything typed is still there. */
export async function send(store: Store, ticketId: string, kind: Kind): Promise<boolean> {
  const { body, files, clientId, macro } = draft(ticketId, kind);
  changeDraft(ticketId, kind, { isSending: true, problem: null, newer: [] });
  try {
    if (macro && kind === 'reply') {
      await runWith(store, ticketId, macro, draft(ticketId, kind));
      changeDraft(ticketId, kind, { ...EMPTY, clientId: newClientId() });
      return true;
    }
    const message = await api.send(ticketId, {
      kind,
      // A file alone is a message too: its name is the words.
      body: body.trim() ? body : files.map((file) => file.name).join(', '),
      client_id: clientId,
      ...(files.length > 0 ? { attachments: files.flatMap((file) => file.id ?? []) } : {}),
      ...(kind === 'reply' ? { last_seen_message_id: lastSeenOf(ticketId) } : {}),
    });
    store.apply({ messages: { ticketId, items: [message] } });
    changeDraft(ticketId, kind, { ...EMPTY, clientId: newClientId() });
    void queries.invalidateQueries({ queryKey: ['ticket', ticketId] });
    return true;
  } catch (thrown) {
    refuse(store, ticketId, kind, asProblem(thrown));
    return false;
  }
}

/** Sends a reply by the macro it came from, so that its other steps happen in the same moment. */
async function runWith(store: Store, ticketId: string, macro: DraftMacro, { body, files, clientId }: Draft): Promise<void> {
  const ran = await filing.runMacro(ticketId, {
    macro_id: macro.id,
    version: macro.version,
    reply: body,
    client_id: clientId,
    last_seen_message_id: lastSeenOf(ticketId),
    attachments: files.flatMap((file) => file.id ?? []),
  });
  store.apply({ tickets: [ran.ticket] });
  void queries.invalidateQueries({ queryKey: ['timeline', ticketId] });
}

function refuse(store: Store, ticketId: string, kind: Kind, problem: ApiProblem): void {
  const newer = problem.code === 'newer_messages' ? ((problem.body.new_messages as MessageOut[] | undefined) ?? []) : [];
  if (newer.length > 0) store.apply({ messages: { ticketId, items: newer } });
  changeDraft(ticketId, kind, { isSending: false, problem: newer.length > 0 ? null : problem, newer });
}

/** The second yes: what was shown counts as seen. */
export function sendAnyway(store: Store, ticketId: string, kind: Kind): Promise<boolean> {
  const last = draft(ticketId, kind).newer.at(-1);
  if (last) markSeen(ticketId, last.id);
  return send(store, ticketId, kind);
}
