// A macro goes through its form and comes back as it was.
import type { MacroOut } from '@mainstay/api';
import { expect, test } from 'vitest';
import { formOf, stepsOf } from './macro-steps';

const found: MacroOut = {
  id: 'mac_1', kind: 'macro', name: 'Refund', shortcut: 'refund', visibility: 'team', team_id: 'tea_1', owner_id: null, archived: false, runs: 0, reopened: 0,
  last_run_at: null, version: 1,
  actions: [
    { do: 'set_category', category_id: 'cat_1' },
    { do: 'add_tags', tags: ['refund, partly', 'money'] },
    { do: 'assign', to_me: true },
    { do: 'set_fields', fields: { refund: 12 } },
    { do: 'unassign' },
    { do: 'reply', texts: [{ locale: 'en', text: 'Hi' }, { locale: 'de', text: 'Hallo' }] },
    { do: 'note', text: 'Done' },
    { do: 'set_status', status: 'pending', waiting_on: 'customer' },
    { do: 'snooze', minutes: 60 },
  ],
};

test('what the form shows and what it has no place for both come back', () => {
  const form = formOf(found);
  expect(form.others).toEqual([{ do: 'unassign' }]);
  expect([form.fields, form.snooze, form.status]).toEqual([{ refund: 12 }, '60', 'pending/customer/']);
  expect(stepsOf(form)).toEqual(found.actions);
});

test('an empty form has no steps, and a status with a name of its own is kept', () => {
  expect(stepsOf(formOf(null))).toEqual([]);
  const named = { do: 'set_status' as const, status: 'pending', status_id: 'sts_1' };
  const form = formOf({ ...found, actions: [named] });
  expect([form.status, stepsOf(form)]).toEqual(['pending//sts_1', [named]]);
});
