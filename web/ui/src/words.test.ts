// Plurals by language, placeholders, fallbacks, and the pseudo-locale.
import { expect, test } from 'vitest';
import { createWords, pseudo } from './words';

const en = { new: { one: '{count} new', other: '{count} new ones' }, hello: 'Hello {name}' };

test('the language chooses the plural form', () => {
  const { say } = createWords('en', en, en);
  expect([1, 2, 1_200].map((count) => say('new', { count }))).toEqual(['1 new', '2 new ones', '1,200 new ones']);
  const arabic = createWords('ar-EG-u-nu-latn', { new: { two: 'two', few: 'few', one: 'one', other: 'other' } }, en);
  expect([2, 3, 100].map((count) => arabic.say('new', { count }))).toEqual(['two', 'few', 'other']);
});

test('a missing sentence is English, a missing value stays visible', () => {
  const { say, has } = createWords('de', {}, en);
  expect(say('hello', { name: 'Ada' })).toBe('Hello Ada');
  expect(say('hello')).toBe('Hello {name}');
  expect([has('hello'), has('toString')]).toEqual([true, false]);
});

test('values are put in once, never read again', () => {
  const { say } = createWords('en', en, en);
  expect(say('hello', { name: '{count} $&' })).toBe('Hello {count} $&');
});

test('times are told in the language', () => {
  const { ago } = createWords('en', en, en);
  const now = Date.parse('2026-03-10T12:00:00Z');
  const before = (seconds: number) => ago(new Date(now - seconds * 1_000).toISOString(), now);
  expect([before(10), before(300), before(7_200), before(90_000)]).toEqual(['now', '5m ago', '2h ago', 'yesterday']);
});

test('the pseudo-locale changes every sentence and keeps placeholders', () => {
  const strange = pseudo(en);
  expect(strange.hello).toBe('[Hélló {name}····]');
  expect(createWords('en', strange, en).say('new', { count: 1 })).toContain('[1 ñéw');
});
