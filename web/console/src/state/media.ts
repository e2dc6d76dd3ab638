// Whether the window is too narrow for the context beside the conversation; the same width as in `app.css`.
import { useSyncExternalStore } from 'react';

const query = globalThis.matchMedia?.('(max-width: 75rem)');

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query?.addEventListener('change', listener);
      return () => query?.removeEventListener('change', listener);
    },
    () => query?.matches ?? false,
  );
}
