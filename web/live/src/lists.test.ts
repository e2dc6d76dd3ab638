// A list never moves under somebody's eyes: what arrives waits, what leaves stays marked, until asked.
import { describe, expect, test } from 'vitest';
import { at, ticket } from './cast';
import { belongs, dropTicket, EMPTY_WINDOW, newestFirst, placePage, placeTicket, refreshFirst, settle, slugOf, slugQuery, type ListWindow } from './lists';

const shown = (ids: string[], next: string | null = null): ListWindow => placePage(EMPTY_WINDOW, ids, next, true);

test('what the server ordered stays in its order', () => {
  const window = { ...shown(['old', 'new', 'gone']), fresh: ['next'], gone: new Set(['gone']) };
  expect(settle(window, () => undefined, true).ids).toEqual(['old', 'new', 'next']);
});

describe('belonging', () => {
  test('each view keeps what its name says', () => {
    const mine = ticket('a', { assignee_id: 'me' });
    const nobodys = ticket('b');
    const resolved = ticket('c', { status: 'resolved', assignee_id: 'me' });
    expect([mine, nobodys, resolved].map((each) => belongs('mine', each, 'me'))).toEqual([true, false, false]);
    expect([mine, nobodys, resolved].map((each) => belongs('unassigned', each, 'me'))).toEqual([false, true, false]);
    expect([mine, nobodys, resolved].map((each) => belongs('open', each, 'me'))).toEqual([true, true, false]);
    expect([mine, nobodys, resolved].map((each) => belongs('all', each, 'me'))).toEqual([true, true, true]);
    expect([mine, nobodys, resolved].map((each) => belongs('status-resolved', each, 'me'))).toEqual([false, false, true]);
  });

  test('what is deleted or held by the assistant is in no list', () => {
    expect(belongs('all', ticket('a', { deleted_at: at(1) }), 'me')).toBe(false);
    expect(belongs('all', ticket('a', { held_by: 'assistant' }), 'me')).toBe(false);
  });

  test('a status from a newer server breaks nothing', () => {
    expect(belongs('open', ticket('a', { status: 'snoozed' }), 'me')).toBe(false);
    expect(slugQuery('status-snoozed')).toEqual({ status: 'snoozed' });
    expect(slugQuery(slugOf('status-open', 'a#b'))).toEqual({ status: 'open', tag: 'a#b' });
    expect(slugQuery(slugOf('mine', ''))).toEqual({ view: 'mine' });
    expect(slugQuery(slugOf('due', 'vip'))).toEqual({ view: 'open', sort: 'due', tag: 'vip' });
  });
});

describe('moving', () => {
  test('a new ticket waits and nothing shown moves', () => {
    const window = placeTicket(shown(['a', 'b']), ticket('n', { opened_at: at(9) }), true, ticket('b'));
    expect(window.ids).toEqual(['a', 'b']);
    expect(window.fresh).toEqual(['n']);
  });

  test('an empty list has nothing to disturb', () => {
    expect(placeTicket(shown([]), ticket('n'), true, undefined).ids).toEqual(['n']);
  });

  test('a ticket older than what is loaded belongs to a later page', () => {
    const last = ticket('b', { opened_at: at(5) });
    expect(placeTicket(shown(['a', 'b'], 'more'), ticket('old', { opened_at: at(1) }), true, last).fresh).toEqual([]);
  });

  test('what left stays, marked, and comes back unmarked', () => {
    const left = placeTicket(shown(['a', 'b']), ticket('a'), false, undefined);
    expect(left.ids).toEqual(['a', 'b']);
    expect([...left.gone]).toEqual(['a']);
    expect([...placeTicket(left, ticket('a'), true, undefined).gone]).toEqual([]);
  });

  test('what waited and left again is forgotten', () => {
    const waiting = placeTicket(shown(['a']), ticket('n'), true, ticket('a'));
    expect(placeTicket(waiting, ticket('n'), false, ticket('a')).fresh).toEqual([]);
    expect(dropTicket(waiting, 'n').fresh).toEqual([]);
    expect([...dropTicket(waiting, 'a').gone]).toEqual(['a']);
  });

  test('nothing new is the same object, so nothing is drawn again', () => {
    const window = shown(['a']);
    expect(placeTicket(window, ticket('a'), true, undefined)).toBe(window);
    expect(settle(window, () => undefined)).toBe(window);
    expect(dropTicket(window, 'x')).toBe(window);
  });

  test('settling brings in by time and lets go', () => {
    const all = new Map([ticket('a', { opened_at: at(1) }), ticket('b', { opened_at: at(3) }), ticket('n', { opened_at: at(2) })].map((each) => [each.id, each]));
    let window = placeTicket(shown(['b', 'a']), ticket('n', { opened_at: at(2) }), true, all.get('a'));
    window = placeTicket(window, ticket('a'), false, undefined);
    expect(settle(window, (id) => all.get(id)).ids).toEqual(['b', 'n']);
  });

  test('reading the first page again moves nothing', () => {
    const again = refreshFirst(shown(['c', 'b', 'a', 'older'], 'more'), ['n', 'c', 'a'], 'more');
    expect(again.ids).toEqual(['c', 'b', 'a', 'older']);
    expect(again.fresh).toEqual(['n']);
    expect([...again.gone]).toEqual(['b']);
    expect([...refreshFirst(shown(['a', 'b']), [], null).gone]).toEqual(['a', 'b']);
  });

  test('a further page repeats nothing', () => {
    expect(placePage(shown(['a', 'b'], 'c'), ['b', 'c'], null, false).ids).toEqual(['a', 'b', 'c']);
  });

  test('order is total', () => {
    expect([ticket('a'), ticket('b')].sort(newestFirst).map((each) => each.id)).toEqual(['b', 'a']);
  });
});
