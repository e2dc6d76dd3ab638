// Reading one conversation: all its pages once, then only what may have been added since.
import { asProblem, type MessageOut, type TicketOut } from '@mainstay/api';
import type { Store } from '@mainstay/live';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../state/api';
import { useStore } from '../../state/live';

/** Pages read before the rest waits for a click; 100 messages each. */
const MOST_PAGES = 10;

/** Where the last, still growing page of a conversation begins. */
const lastPageStart = new Map<string, string | null>();

async function readMessages(id: string, store: Store): Promise<{ isWhole: boolean }> {
  let after = store.messages(id).length > 0 ? (lastPageStart.get(id) ?? null) : null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: { items: MessageOut[]; next: string | null } = await api.messages(id, after);
    store.apply({ messages: { ticketId: id, items: page.items } });
    lastPageStart.set(id, after);
    if (!page.next) return { isWhole: true };
    after = page.next;
    lastPageStart.set(id, after);
  }
  return { isWhole: false };
}

export function useConversation(id: string) {
  const store = useStore();
  return useQuery({ queryKey: ['messages', id], queryFn: () => readMessages(id, store), staleTime: 5_000, refetchOnMount: 'always' });
}

export function useTicketReading(id: string) {
  const store = useStore();
  return useQuery({
    queryKey: ['ticket', id],
    queryFn: async (): Promise<{ id: string }> => {
      try {
        const ticket: TicketOut = await api.ticket(id);
        store.apply({ tickets: [ticket] });
      } catch (thrown) {
        if (asProblem(thrown).status === 404) store.apply({ lost: [id] });
        throw thrown;
      }
      return { id };
    },
    staleTime: 5_000,
  });
}

export function useTimeline(id: string) {
  return useQuery({ queryKey: ['timeline', id], queryFn: () => api.timeline(id), staleTime: 5_000 });
}
