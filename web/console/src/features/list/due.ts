// What is due of the tickets a list shows: read for a page at a time, drawn as a small mark in each row.
import type { TicketDueOut } from '@mainstay/api';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import { promises } from '../../state/api';

const SIZE = 100;
const DueContext = createContext<ReadonlyMap<string, TicketDueOut>>(new Map());
export const DueProvider = DueContext.Provider;

/** How the tickets of a list stand to their promises; those without clocks are left out. */
export function useDues(ids: readonly string[]): ReadonlyMap<string, TicketDueOut> {
  const shown = ids.slice(0, 5 * SIZE);
  const read = useQuery({
    queryKey: ['dues', shown.join()],
    queryFn: async () => {
      const pages: Promise<TicketDueOut[]>[] = [];
      for (let at = 0; at < shown.length; at += SIZE) pages.push(promises.dues(shown.slice(at, at + SIZE)));
      return (await Promise.all(pages)).flat();
    },
    enabled: shown.length > 0,
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
  return useMemo(() => new Map((read.data ?? []).map((due) => [due.ticket_id, due])), [read.data]);
}

export const useDueOf = (id: string): TicketDueOut | undefined => useContext(DueContext).get(id);
