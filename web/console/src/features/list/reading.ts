// Reading a list page by page into the store; the list component then draws what the store holds.
// Arriving at a list shows it as it is; reading it again while it is looked at moves nothing.
import type { ListSlug } from '@mainstay/live';
import { isServerOrdered, slugQuery } from '@mainstay/live';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { api } from '../../state/api';
import { useStore } from '../../state/live';

const PAGE = 50;
/** Milliseconds after which a list whose order moves with the clock is read again. */
const REREAD_MS = 60_000;

/** Reads the first page at once and further ones on demand. */
export function useListReading(slug: ListSlug) {
  const store = useStore();
  const hasArrived = useRef(false);
  const reading = useInfiniteQuery({
    queryKey: ['list', slug],
    initialPageParam: null as string | null,
    gcTime: 0,
    queryFn: async ({ pageParam }) => {
      const page = await api.tickets({ ...slugQuery(slug), limit: PAGE, after: pageParam });
      const ids = page.items.map((ticket) => ticket.id);
      const place = pageParam !== null ? 'further' : hasArrived.current ? 'again' : 'first';
      hasArrived.current = true;
      store.apply({ tickets: page.items, page: { slug, ids, next: page.next, place } });
      return { next: page.next };
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: isServerOrdered(slug) ? REREAD_MS : false,
  });
  /** Reads the list as if one had just arrived. */
  const restart = () => {
    hasArrived.current = false;
    void reading.refetch();
  };
  return { ...reading, restart };
}
