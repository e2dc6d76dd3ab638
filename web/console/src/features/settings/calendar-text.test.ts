// Working hours as people type them.
import { expect, test } from 'vitest';
import { readText, textOf } from './calendar-text';

const TEXT = {
  zone: 'Europe/Berlin',
  always: false,
  hours: { monday: '09:00-12:30, 13:30-18:00', friday: '22:00-06:00' },
  holidays: '2026-12-25 Christmas yearly\n2026-12-24 13:00-24:00 Christmas Eve\n2026-05-01',
  extra: '2026-12-19 10:00-16:00',
};

test('what was typed comes back as it was', () => {
  const { definition, bad } = readText(TEXT);
  expect(bad).toEqual([]);
  expect(definition.week).toHaveLength(3);
  expect(definition.holidays).toEqual([
    { date: '2026-12-25', name: 'Christmas', yearly: true },
    { date: '2026-12-24', name: 'Christmas Eve', from: '13:00', to: '24:00' },
    { date: '2026-05-01' },
  ]);
  expect(readText(textOf(definition)).definition).toEqual(definition);
});

test('a line that is not understood is named', () => {
  expect(readText({ ...TEXT, holidays: '\nnext Monday' }).bad).toEqual([{ line: 2, text: 'next Monday' }]);
  expect(readText({ ...TEXT, hours: { tuesday: '9-5' } }).bad).toEqual([{ day: 'tuesday', line: 2, text: '9-5' }]);
});

test('around the clock has no hours of its own', () => {
  expect(readText({ ...TEXT, always: true }).definition.week).toEqual([]);
});
