// Sorting writes what was changed in the dialog and nothing else, with the version it was opened with.
import { ApiProblem, type TicketOut } from '@mainstay/api';
import { ticket } from '@mainstay/live/cast';
import { expect, test } from 'vitest';
import { changeOf, isStale, rebased, sendChange, sortedOf, withTag, type SortedChange } from './sorted';

const opened = ticket('a', { version: 3, category_id: 'cat_1', tags: ['late, again', 'vip'], fields: { order_no: '7', parts: ['opt_1'] } });

/** A server that holds one ticket and refuses an old version. */
function server(held: TicketOut) {
  const sent: { version: number; body: SortedChange }[] = [];
  const changeTicket = (on: TicketOut, body: SortedChange) => {
    sent.push({ version: on.version, body });
    return on.version === held.version ? Promise.resolve({ ...held, ...body, version: held.version + 1 }) : Promise.reject(new ApiProblem(412, { code: 'stale_version' }));
  };
  return { sent, calls: { changeTicket, ticket: () => Promise.resolve(held) } };
}

test('a tag with a comma stays one, and what was left alone is not sent', () => {
  expect(changeOf(opened, sortedOf(opened))).toEqual({});
  const more = withTag(opened.tags, ' red, blue ');
  expect(changeOf(opened, { ...sortedOf(opened), tags: more })).toEqual({ tags: ['late, again', 'vip', 'red, blue'] });
  expect(withTag(opened.tags, 'VIP')).toBe(opened.tags);
  expect(withTag(opened.tags, '  ')).toBe(opened.tags);
});

test('two tags are not one with a comma', () => {
  expect(changeOf(ticket('a', { tags: ['late,again'] }), { ...sortedOf(opened), category: '', values: {}, tags: ['late', 'again'] })).toEqual({ tags: ['late', 'again'] });
});

test('only fields that changed are sent, an emptied one as null', () => {
  const values = { order_no: null, parts: ['opt_1'], colour: 'red' };
  expect(changeOf(opened, { ...sortedOf(opened), values })).toEqual({ fields: { order_no: null, colour: 'red' } });
});

test('the version of the opening copy is sent', async () => {
  const { sent, calls } = server(opened);
  await sendChange(calls, opened, { category_id: 'cat_2' });
  expect(sent).toEqual([{ version: 3, body: { category_id: 'cat_2' } }]);
});

test('a new message in between does not stop it', async () => {
  const { sent, calls } = server({ ...opened, version: 4, preview: 'new words' });
  await expect(sendChange(calls, opened, { category_id: 'cat_2' })).resolves.toMatchObject({ category_id: 'cat_2', version: 5 });
  expect(sent.map(({ version }) => version)).toEqual([3, 4]);
});

test.each<[string, Partial<TicketOut>, SortedChange]>([
  ['the category', { category_id: 'cat_9' }, { category_id: 'cat_2' }],
  ['the tags', { tags: ['vip'] }, { tags: ['late, again', 'vip', 'new'] }],
  ['a field', { fields: { order_no: '8', parts: ['opt_1'] } }, { fields: { order_no: '9' } }],
])('when a colleague changed %s too, theirs stays and it is told', async (_, theirs, mine) => {
  const { sent, calls } = server({ ...opened, ...theirs, version: 4 });
  const refused = await sendChange(calls, opened, mine).catch((thrown: unknown) => thrown);
  expect(isStale(refused)).toBe(true);
  expect(sent.map(({ version }) => version)).toEqual([3]);
});

test('read again, theirs is shown where they changed something and mine elsewhere', () => {
  const fresh = { ...opened, version: 4, category_id: 'cat_9', fields: { order_no: '8', parts: ['opt_1'] } };
  const mine = { category: 'cat_2', tags: [...opened.tags, 'new'], values: { order_no: '9', parts: ['opt_2'] } };
  const shown = rebased(opened, fresh, mine);
  expect(shown).toEqual({ category: 'cat_9', tags: [...opened.tags, 'new'], values: { order_no: '8', parts: ['opt_2'] } });
  expect(changeOf(fresh, shown)).toEqual({ tags: [...opened.tags, 'new'], fields: { parts: ['opt_2'] } });
});
