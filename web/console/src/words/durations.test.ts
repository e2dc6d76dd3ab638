// Durations in words.
import { expect, test } from 'vitest';
import { duration } from './durations';

test('a duration is said in its two largest units', () => {
  expect(duration(3 * 3_600 + 20 * 60 + 5, 'en')).toBe('3 hr 20 min');
  expect(duration(59, 'en')).toBe('0 min');
  expect(duration(2 * 86_400 + 60, 'en')).toBe('2 days 1 min');
  expect(duration(-5, 'de')).toBe('0 Min.');
});
