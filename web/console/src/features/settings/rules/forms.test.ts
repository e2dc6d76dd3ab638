// What a form of conditions can say about a fact.
import type { FactOut } from '@mainstay/api';
import { expect, test } from 'vitest';
import { factOf, freshComparison, howsOf, partsOf, readOperand, showOperand, withParts } from './forms';

const facts: FactOut[] = [
  { name: 'ticket.priority', kind: 'word', words: ['low', 'high'] },
  { name: 'ticket.age_minutes', kind: 'number', words: [] },
  { name: 'ticket.is_assigned', kind: 'truth', words: [] },
  { name: 'ticket.fields', kind: 'open', words: [] },
];

test('a custom field speaks of the open fact', () => {
  expect(factOf('ticket.fields.order_no', facts)?.name).toBe('ticket.fields');
  expect(factOf('ticket.nothing', facts)).toBeUndefined();
  expect(howsOf(factOf('ticket.age_minutes', facts))).toContain('at_least');
});

test('what was typed becomes what the fact takes, and shows again', () => {
  const [priority, age, assigned, fields] = facts;
  expect(readOperand('low, high ,', 'one_of', priority)).toEqual(['low', 'high']);
  expect(readOperand('15', 'more_than', age)).toBe(15);
  expect(readOperand('false', 'equal', assigned)).toBe(false);
  expect(readOperand('A-1', 'equal', fields)).toBe('A-1');
  expect(readOperand('7', 'equal', fields)).toBe(7);
  expect(showOperand(['low', 'high'])).toBe('low, high');
});

test('groups keep their word when their parts change', () => {
  const any = { any: [freshComparison(facts[0] as FactOut)] };
  expect(withParts(any, [])).toEqual({ any: [] });
  expect(partsOf(any)?.length).toBe(1);
  expect(partsOf(freshComparison(facts[2] as FactOut))).toBeNull();
});
