// When a retry after a stale version is the same wish, and when somebody else's change must win.
import { ticket } from '@mainstay/live/cast';
import { expect, test } from 'vitest';
import { sameFields } from './verbs';

test('a customer’s new message does not undo an assignment', () => {
  const seen = ticket('a');
  const fresh = ticket('a', { version: 2, preview: 'new words' });
  expect(sameFields(seen, fresh, { assignee_id: 'mem_1' })).toBe(true);
});

test('somebody else assigned it first: theirs stays', () => {
  const seen = ticket('a');
  expect(sameFields(seen, ticket('a', { version: 2, assignee_id: 'mem_2' }), { assignee_id: 'mem_1' })).toBe(false);
});
