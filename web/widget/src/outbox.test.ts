// @vitest-environment jsdom
// Messages on their way: kept until the server has them, in order, once, and a refusal is said.
import { ApiProblem } from '@mainstay/api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { localTicket, Outbox, type Outgoing } from './outbox';

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => void vi.useRealTimers());

const offline = () => Promise.reject(new ApiProblem(0, { code: 'offline' }));

test('a passing trouble keeps everything and sends in order later, with the same ids', async () => {
  const tried: Outgoing[] = [];
  let isOnline = false;
  const outbox = new Outbox('box', async (item) => {
    tried.push(item);
    return isOnline ? { ticketId: item.ticketId ?? 'tkt_1' } : offline();
  }, () => undefined);
  const first = outbox.add({ ticketId: 'tkt_1', body: 'one', files: [] });
  outbox.add({ ticketId: 'tkt_1', body: 'two', files: [] });
  await vi.advanceTimersByTimeAsync(0);
  expect(outbox.items.map((item) => item.body)).toEqual(['one', 'two']);
  isOnline = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(outbox.items).toEqual([]);
  expect(tried.map((item) => item.body)).toEqual(['one', 'one', 'two']);
  expect(tried[1]?.clientId).toBe(first.clientId);
});

test('a reload finds what was waiting', async () => {
  const before = new Outbox('box', offline, () => undefined);
  before.add({ ticketId: null, body: 'still here', files: [] });
  await vi.advanceTimersByTimeAsync(0);
  const after = new Outbox('box', offline, () => undefined);
  expect(after.items.map((item) => item.body)).toEqual(['still here']);
});

test('a follow-up written before the question arrived goes to its ticket', async () => {
  const sent: (string | null)[] = [];
  let isOnline = false;
  const outbox = new Outbox('box', async (item) => {
    if (!isOnline) return offline();
    sent.push(item.ticketId);
    return { ticketId: 'tkt_9' };
  }, () => undefined);
  const question = outbox.add({ ticketId: null, body: 'question', files: [] });
  outbox.add({ ticketId: localTicket(question), body: 'and one more thing', files: [] });
  isOnline = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual([null, 'tkt_9']);
});

test('a refusal for good is said and does not block the next', async () => {
  const outbox = new Outbox('box', async (item) => {
    if (item.body === 'bad') throw new ApiProblem(422, { code: 'invalid', detail: 'Too long' });
    return { ticketId: 'tkt_1' };
  }, () => undefined);
  outbox.add({ ticketId: 'tkt_1', body: 'bad', files: [] });
  outbox.add({ ticketId: 'tkt_1', body: 'good', files: [] });
  await vi.advanceTimersByTimeAsync(0);
  expect(outbox.items.map((item) => [item.body, item.refusal])).toEqual([['bad', 'Too long']]);
  outbox.discard(outbox.items[0]?.clientId ?? '');
  expect(localStorage.getItem('box')).toBeNull();
});

test('storage that is full of nonsense is an empty box', () => {
  localStorage.setItem('box', '{oops');
  expect(new Outbox('box', offline, () => undefined).items).toEqual([]);
});
