// What sorting a ticket changes: told against the ticket as it was when the dialog opened, and sent with the version of that copy,
// so that what a colleague did meanwhile is not undone unseen.
import { ApiProblem, type TicketOut } from '@mainstay/api';

/** What stands in the dialog. */
export interface Sorted {
  category: string;
  tags: readonly string[];
  values: Readonly<Record<string, unknown>>;
}

export type SortedChange = Partial<Pick<TicketOut, 'category_id' | 'tags' | 'fields'>>;

export function sortedOf(ticket: TicketOut): Sorted {
  return { category: ticket.category_id ?? '', tags: ticket.tags, values: ticket.fields ?? {} };
}

/** The tags with one more; a comma belongs to it, and what is there already, in whatever case, is not there twice. */
export function withTag(tags: readonly string[], typed: string): readonly string[] {
  const tag = typed.trim();
  const fold = (word: string) => word.normalize('NFKC').toLocaleLowerCase('en');
  return tag === '' || tags.some((one) => fold(one) === fold(tag)) ? tags : [...tags, tag];
}

/** What was changed since the dialog opened: nothing that was left alone is sent. */
export function changeOf(opened: TicketOut, sorted: Sorted): SortedChange {
  const before = sortedOf(opened);
  const keys = Object.keys({ ...before.values, ...sorted.values }).filter((key) => !isSame(sorted.values[key], before.values[key]));
  return {
    ...(sorted.category === before.category ? {} : { category_id: sorted.category || null }),
    ...(isSame(sorted.tags, before.tags) ? {} : { tags: [...sorted.tags] }),
    ...(keys.length > 0 ? { fields: Object.fromEntries(keys.map((key) => [key, sorted.values[key] ?? null])) } : {}),
  };
}

interface Calls {
  ticket: (id: string) => Promise<TicketOut>;
  changeTicket: (ticket: TicketOut, body: SortedChange) => Promise<TicketOut>;
}

/** Writes a change with the version of the opened copy. Stale because of something else, a message as a rule, it is written on what
 * is current; stale because somebody changed the same, the refusal stands. */
export async function sendChange(calls: Calls, opened: TicketOut, change: SortedChange): Promise<TicketOut> {
  try {
    return await calls.changeTicket(opened, change);
  } catch (thrown) {
    if (!isStale(thrown)) throw thrown;
    const fresh = await calls.ticket(opened.id);
    if (!isUntouched(opened, fresh, change)) throw thrown;
    return calls.changeTicket(fresh, change);
  }
}

export function isStale(thrown: unknown): boolean {
  return thrown instanceof ApiProblem && (thrown.code === 'stale_version' || thrown.status === 412);
}

/** The dialog on the ticket as it is now: theirs where they changed something, mine elsewhere. */
export function rebased(opened: TicketOut, fresh: TicketOut, mine: Sorted): Sorted {
  const [change, now] = [changeOf(opened, mine), sortedOf(fresh)];
  const kept = Object.entries(change.fields ?? {}).filter(([key, value]) => isUntouched(opened, fresh, { fields: { [key]: value } }));
  return {
    category: isUntouched(opened, fresh, { category_id: null }) ? mine.category : now.category,
    tags: isUntouched(opened, fresh, { tags: [] }) ? mine.tags : now.tags,
    values: { ...now.values, ...Object.fromEntries(kept) },
  };
}

/** Whether what is about to change still is what it was on opening. */
function isUntouched(opened: TicketOut, fresh: TicketOut, change: SortedChange): boolean {
  const [before, now] = [sortedOf(opened), sortedOf(fresh)];
  if (change.category_id !== undefined && before.category !== now.category) return false;
  if (change.tags !== undefined && !isSame(before.tags, now.tags)) return false;
  return Object.keys(change.fields ?? {}).every((key) => isSame(before.values[key], now.values[key]));
}

/** The same value; lists by what stands in them, nothing and absent alike. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
