// A frame is a hint: many hints become few reads, and a flood becomes one.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@mainstay/api';
import { ticket } from './cast';
import { Rereads, ticketOf } from './rereads';
import { Store } from './store';
import type { Frame } from './stream';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const frame = (id: string, event = 'ticket.updated'): Frame => ({ id: '1', event, data: JSON.stringify({ data: { ticket_id: id } }) });

function scene(readTicket: (id: string) => Promise<ReturnType<typeof ticket>>) {
  const store = new Store('me');
  const read: string[] = [];
  let counts = 0;
  let floods = 0;
  const rereads = new Rereads({
    store,
    readTicket: (id) => {
      read.push(id);
      return readTicket(id);
    },
    readCounts: async () => {
      counts += 1;
      return { views: {}, statuses: {} };
    },
    onFlood: () => (floods += 1),
    gatherMs: 10,
  });
  return { store, rereads, read, told: () => ({ counts, floods }) };
}

test('many frames of one ticket are one read, and counts are read once', async () => {
  const { store, rereads, read, told } = scene(async (id) => ticket(id));
  for (let times = 0; times < 5; times += 1) rereads.hear(frame('tkt_1'));
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toEqual(['tkt_1']);
  expect(told()).toEqual({ counts: 1, floods: 0 });
  expect(store.ticket('tkt_1')).toBeDefined();
});

test('a ticket out of reach is lost, a failing read is only a read lost', async () => {
  const { store, rereads } = scene(async (id) => {
    throw new ApiProblem(id === 'gone' ? 404 : 500, {});
  });
  rereads.hear(frame('gone'));
  rereads.hear(frame('broken'));
  await vi.advanceTimersByTimeAsync(50);
  expect(store.isLost('gone')).toBe(true);
  expect(store.isLost('broken')).toBe(false);
});

test('a flood is read as lists, not one by one', async () => {
  const { rereads, read, told } = scene(async (id) => ticket(id));
  for (let number = 0; number < 100; number += 1) rereads.hear(frame(`tkt_${number}`));
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toEqual([]);
  expect(told().floods).toBe(1);
});

test('frames of other kinds and broken ones say nothing', () => {
  expect(ticketOf(frame('tkt_1', 'customer.created'))).toBeNull();
  expect(ticketOf({ id: '1', event: 'ticket.updated', data: 'oops' })).toBeNull();
  expect(ticketOf({ id: '1', event: 'ticket.new_kind', data: JSON.stringify({ subject: { kind: 'ticket', id: 'tkt_9' } }) })).toBe('tkt_9');
});
