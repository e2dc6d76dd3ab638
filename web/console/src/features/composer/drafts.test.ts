// @vitest-environment jsdom
// What is typed is never lost: an error keeps it, a retry is the same message, a crossing message stops it.
import { ApiProblem } from '@mainstay/api';
import { Store } from '@mainstay/live';
import { at, message, ticket } from '@mainstay/live/cast';
import { afterEach, expect, test, vi } from 'vitest';
import { api, filing } from '../../state/api';
import { lastSeenOf } from '../../state/seen';
import { changeDraft, draft, maySend, send, sendAnyway, takeMacro, unfilled } from './drafts';

afterEach(() => void vi.restoreAllMocks());

test('an error keeps the words, and trying again is the same message', async () => {
  const store = new Store('me');
  const sent = vi.spyOn(api, 'send').mockRejectedValueOnce(new ApiProblem(0, { code: 'offline' })).mockResolvedValueOnce(message('m', at(1)));
  changeDraft('t1', 'reply', { body: 'Hello' });
  expect(await send(store, 't1', 'reply')).toBe(false);
  expect(draft('t1', 'reply')).toMatchObject({ body: 'Hello', isSending: false });
  expect(draft('t1', 'reply').problem?.code).toBe('offline');
  expect(await send(store, 't1', 'reply')).toBe(true);
  const [first, second] = sent.mock.calls.map(([, body]) => body.client_id);
  expect(first).toBe(second);
  expect(draft('t1', 'reply').body).toBe('');
  expect(draft('t1', 'reply').clientId).not.toBe(first);
});

test('a message that crossed is shown, kept back, and sent only after a second yes', async () => {
  const store = new Store('me');
  const newer = message('newer', at(2), { ticket_id: 't2' });
  const crossed = new ApiProblem(409, { code: 'newer_messages', new_messages: [newer] });
  const sent = vi.spyOn(api, 'send').mockRejectedValueOnce(crossed).mockResolvedValueOnce(message('m', at(3)));
  changeDraft('t2', 'reply', { body: 'Answer' });
  expect(await send(store, 't2', 'reply')).toBe(false);
  expect(draft('t2', 'reply')).toMatchObject({ body: 'Answer', newer: [newer], problem: null });
  expect(store.messages('t2')).toEqual([newer]);
  expect(await sendAnyway(store, 't2', 'reply')).toBe(true);
  expect(lastSeenOf('t2')).toBe('newer');
  expect(sent.mock.calls[1]?.[1].last_seen_message_id).toBe('newer');
});

test('a note asks for no guard', async () => {
  const sent = vi.spyOn(api, 'send').mockResolvedValue(message('n', at(1)));
  changeDraft('t2', 'note', { body: 'psst' });
  await send(new Store('me'), 't2', 'note');
  expect(sent.mock.calls[0]?.[1]).not.toHaveProperty('last_seen_message_id');
});

test('nothing is sent while empty, sending or uploading', () => {
  const base = { body: 'x', files: [], clientId: 'c', isSending: false, problem: null, newer: [], macro: null };
  expect(maySend(base)).toBe(true);
  expect(maySend({ ...base, body: '  ' })).toBe(false);
  expect(maySend({ ...base, isSending: true })).toBe(false);
  expect(maySend({ ...base, files: [{ key: 'k', name: 'a', size: 1 }] })).toBe(false);
});

test('words survive a reload', () => {
  changeDraft('t3', 'reply', { body: 'half a sentence' });
  expect(sessionStorage.getItem('mainstay.draft.t3.reply')).toContain('half a sentence');
});

test('a reply that came from a macro is sent by it, and not while a variable is open', async () => {
  const store = new Store('me');
  const [sent, ran] = [vi.spyOn(api, 'send'), vi.spyOn(filing, 'runMacro')];
  const after = ticket('t9', { status: 'resolved' });
  ran.mockRejectedValueOnce(new ApiProblem(422, { code: 'variables_missing' })).mockResolvedValueOnce({ macro_id: 'mac_1', version: 3, ticket: after });
  const change = { field: 'status', before: 'open', after: 'resolved' };
  const preview = { macro_id: 'mac_1', version: 3, ticket_version: 1, last_message_id: 'm', reply: { text: 'Hi {{ customer.name }}', locale: 'en', missing: ['customer.name'] }, note: null, changes: [change] };
  takeMacro('t9', 'Refund', preview);
  expect([unfilled(draft('t9', 'reply').body), maySend(draft('t9', 'reply'))]).toEqual([['{{ customer.name }}'], false]);
  changeDraft('t9', 'reply', { body: 'Hi Lia {{not ours}}' });
  expect(maySend(draft('t9', 'reply'))).toBe(true);
  expect(await send(store, 't9', 'reply')).toBe(false);
  expect(draft('t9', 'reply').macro).toMatchObject({ id: 'mac_1', hasMore: true });
  expect(await send(store, 't9', 'reply')).toBe(true);
  expect(ran.mock.calls[1]?.[1]).toMatchObject({ macro_id: 'mac_1', version: 3, reply: 'Hi Lia {{not ours}}' });
  expect([sent.mock.calls.length, store.ticket('t9')?.status, draft('t9', 'reply').macro]).toEqual([0, 'resolved', null]);
});
