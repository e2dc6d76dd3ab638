// One store for answers and frames: newer wins, nothing doubles, listeners hear once.
import { expect, test } from 'vitest';
import { at, message, ticket } from './cast';
import { mergeMessages, Store } from './store';

test('an older answer never overwrites a newer one', () => {
  const store = new Store('me');
  store.apply({ tickets: [ticket('a', { version: 5, subject: 'new' })] });
  store.apply({ tickets: [ticket('a', { version: 4, subject: 'old' })] });
  expect(store.ticket('a')?.subject).toBe('new');
});

test('a list follows a ticket that changes hands', () => {
  const store = new Store('me');
  store.apply({ tickets: [ticket('a')], page: { slug: 'unassigned', ids: ['a'], next: null, place: 'first' } });
  store.apply({ page: { slug: 'mine', ids: [], next: null, place: 'first' } });
  store.apply({ tickets: [ticket('a', { version: 2, assignee_id: 'me' })] });
  expect([...store.window('unassigned').gone]).toEqual(['a']);
  expect(store.window('mine').ids).toEqual(['a']);
  store.settle('unassigned');
  expect(store.window('unassigned').ids).toEqual([]);
});

test('a ticket out of reach is lost until it is seen again', () => {
  const store = new Store('me');
  store.apply({ tickets: [ticket('a')], page: { slug: 'all', ids: ['a'], next: null, place: 'first' } });
  store.apply({ lost: ['a'] });
  expect(store.isLost('a')).toBe(true);
  expect([...store.window('all').gone]).toEqual(['a']);
  store.apply({ tickets: [ticket('a', { version: 2 })] });
  expect(store.isLost('a')).toBe(false);
});

test('messages are one conversation, each once, oldest first', () => {
  const known = mergeMessages([], [message('b', at(2)), message('a', at(1))]);
  expect(known.map((each) => each.id)).toEqual(['a', 'b']);
  const again = mergeMessages(known, [message('b', at(2))]);
  expect(again).toBe(known);
  expect(mergeMessages(known, [message('c', at(3)), message('b', at(2))]).map((each) => each.id)).toEqual(['a', 'b', 'c']);
});

test('listeners hear once per change and not after leaving', () => {
  const store = new Store('me');
  let heard = 0;
  const leave = store.subscribe(() => (heard += 1));
  store.apply({ tickets: [ticket('a'), ticket('b')] });
  leave();
  store.apply({ tickets: [ticket('c')] });
  expect(heard).toBe(1);
});
