// The ticket that is being sorted, because somebody asked to or because it lacks something to be resolved. One at a time, and
// reachable from verbs that are not components.
import { useSyncExternalStore } from 'react';

export interface Sorting {
  ticketId: string;
  /** What the server named, as `category_id` or `fields.order_no`; empty when somebody only wants to sort. */
  missing: readonly string[];
  /** What was refused before and is done once nothing is missing. */
  again: (() => Promise<unknown>) | null;
}

let current: Sorting | null = null;
const listeners = new Set<() => void>();

export function setSorting(next: Sorting | null): void {
  current = next;
  for (const listener of listeners) listener();
}

export function useSorting(): Sorting | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
