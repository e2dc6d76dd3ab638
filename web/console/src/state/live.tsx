// The live side of the page: the store, the connection's state, and hooks that read them.
import type { CountsOut, MessageOut, TicketOut } from '@mainstay/api';
import { Connection, Rereads, Store, shareConnection, type Frame, type ListWindow, type LiveState } from '@mainstay/live';
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { api, queries } from './api';
import { useSession } from './session';

const StoreContext = createContext<Store | null>(null);
const StateContext = createContext<LiveState>('connecting');

/** The store of the signed-in member. */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useStore outside LiveProvider');
  return store;
}

export const useLiveState = (): LiveState => useContext(StateContext);

export function useTicket(id: string | undefined): TicketOut | undefined {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => (id ? store.ticket(id) : undefined));
}

export function useIsLost(id: string | undefined): boolean {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => (id ? store.isLost(id) : false));
}

export function useMessages(ticketId: string): readonly MessageOut[] {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.messages(ticketId));
}

export function useListWindow(slug: string): ListWindow {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.window(slug));
}

export function useCounts(): CountsOut | null {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.counts);
}

/** Opens the live connection for as long as somebody is signed in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { member, workspace } = useSession();
  const store = useMemo(() => new Store(member.id), [member.id]);
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => goLive(store, `${workspace.id}-${member.id}`, setState), [store, workspace.id, member.id]);
  return (
    <StoreContext value={store}>
      <StateContext value={state}>{children}</StateContext>
    </StoreContext>
  );
}

/** Reads lists and counts again: after a long absence or a flood of events. */
export function readAllAgain(): void {
  void queries.invalidateQueries();
}

function goLive(store: Store, name: string, setState: (state: LiveState) => void): () => void {
  let wasLive = false;
  const rereads = new Rereads({
    store,
    readTicket: api.ticket,
    readCounts: api.counts,
    onTicket: (id, kind) => readConversationAgain(id, kind),
    onFlood: readAllAgain,
  });
  const onState = (state: LiveState) => {
    setState(state);
    if (state === 'signed_out') void queries.invalidateQueries({ queryKey: ['session'] });
    if (state === 'live' && wasLive) void api.counts().then((counts) => store.apply({ counts }), () => undefined);
    wasLive ||= state === 'live';
  };
  const connect = (listener: { onFrame: (frame: Frame) => void; onState: (state: LiveState) => void }) =>
    new Connection({
      open: (since, signal) => api.client.open('/api/v1/events/stream', { query: { since }, headers: streamHeaders(since), signal }),
      onExpired: readAllAgain,
      ...listener,
    });
  const leave = shareConnection({ name, connect, listener: { onFrame: (frame) => rereads.hear(frame), onState } });
  return () => {
    leave();
    rereads.stop();
  };
}

function streamHeaders(since: string | null): Record<string, string> {
  return { accept: 'text/event-stream', ...(since ? { 'last-event-id': since } : {}) };
}

function readConversationAgain(id: string, kind: string): void {
  void queries.invalidateQueries({ queryKey: ['timeline', id] });
  if (kind === 'ticket.message_added') void queries.invalidateQueries({ queryKey: ['messages', id] });
}
