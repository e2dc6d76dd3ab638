// The times a ticket can be snoozed to.
import { expect, test } from 'vitest';
import { SNOOZES, snoozeUntil } from './snoozes';

test('every choice ends in the future, also on a Sunday night', () => {
  for (const now of [new Date(2026, 2, 1, 23, 59), new Date(2026, 2, 2, 0, 0), new Date(2026, 9, 24, 8, 0)]) {
    for (const choice of SNOOZES) expect(snoozeUntil(choice, now).getTime()).toBeGreaterThan(now.getTime());
  }
});

test('Monday is the next one, at nine', () => {
  for (const day of [2, 3, 7, 8]) {
    const until = snoozeUntil('monday', new Date(2026, 2, day, 10));
    expect([until.getDay(), until.getHours()]).toEqual([1, 9]);
  }
  expect(snoozeUntil('monday', new Date(2026, 2, 2, 8)).getDate()).toBe(9);
  expect(snoozeUntil('monday', new Date(2026, 2, 8, 8)).getDate()).toBe(9);
});
