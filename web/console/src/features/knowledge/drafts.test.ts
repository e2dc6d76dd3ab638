// What the editor sends: only what differs; and a crossing keeps ours where we wrote, theirs everywhere else.
import { expect, test } from 'vitest';
import { EMPTY_FORM, newOf, patchOf } from './drafts';
import { foldDiff } from './diff';
import { merged } from './merging';
import { readWords } from './words';

const base = { ...EMPTY_FORM, title: 'Refunds', body: 'Within 14 days.', tags: 'money', category: 'cat_1' };

test('nothing that differs is nothing to send', () => {
  expect(patchOf(base, base)).toBeNull();
  expect(patchOf({ ...base, note: 'only a note' }, base)).toBeNull();
});

test('a change carries what differs and its note; what is emptied is null', () => {
  expect(patchOf({ ...base, body: 'Within 30 days.', note: 'New law' }, base)).toEqual({ body: 'Within 30 days.', note: 'New law' });
  expect(patchOf({ ...base, category: '', tags: 'money, law,' }, base)).toEqual({ category_id: null, tags: ['money', 'law'] });
});

test('a new article leaves out what is empty', () => {
  expect(newOf({ ...EMPTY_FORM, title: 'A', body: 'B' }, 'de')).toEqual({ title: 'A', body: 'B', locale: 'de', audience: 'customer', visibility: 'public', tags: [] });
});

test('after a crossing our words stay and their other changes too', () => {
  const ours = { ...base, body: 'Within 30 days.' };
  const theirs = { ...base, body: 'Within 20 days.', tags: 'money, law' };
  expect(merged(ours, base, theirs)).toEqual({ ...base, body: 'Within 30 days.', tags: 'money, law' });
});

test('words are separated by commas, once each', () => {
  expect(readWords(' a, b,,a , c d ')).toEqual(['a', 'b', 'c d']);
});

test('long runs without a change are folded', () => {
  const same = (text: string) => ({ change: 'same', text });
  const lines = [...'abcdefg'].map(same).concat({ change: 'added', text: 'new' });
  expect(foldDiff(lines).map((piece) => (piece.kind === 'gap' ? piece.count : piece.text))).toEqual([5, 'f', 'g', 'new']);
  expect(foldDiff([same('a')])).toEqual([{ at: 0, kind: 'gap', count: 1 }]);
});
