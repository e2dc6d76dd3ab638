// @vitest-environment jsdom
// A search says that there may be more when it ended early, or found as many as it looks for.
import { SEARCH_LIMIT, type SearchHit } from '@mainstay/api';
import { expect, test } from 'vitest';
import { endedEarly } from './search';

const found = (count: number): SearchHit[] => Array.from({ length: count }, () => ({}) as SearchHit);

test('a search that found all says nothing', () => expect(endedEarly({ items: found(3), is_cut: false })).toBe(false));
test('a search that ended early says so, also when it found nothing', () => {
  expect(endedEarly({ items: found(3), is_cut: true })).toBe(true);
  expect(endedEarly({ items: [], is_cut: true })).toBe(true);
});
test('a full page may not be all', () => expect(endedEarly({ items: found(SEARCH_LIMIT), is_cut: false })).toBe(true));
