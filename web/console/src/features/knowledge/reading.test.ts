// A read that is late never shows an older article than the one that is known.
import { expect, test } from 'vitest';
import { newerArticle } from './reading';

test('of two states of an article the later one stays, whichever came last', () => {
  const [older, newer] = [{ id: 'art_1', version: 9 }, { id: 'art_1', version: 10 }];
  expect(newerArticle(newer, older)).toBe(newer);
  expect(newerArticle(older, newer)).toBe(newer);
  expect(newerArticle(undefined, older)).toBe(older);
  const again = { ...newer };
  expect(newerArticle(newer, again)).toBe(again);
});
