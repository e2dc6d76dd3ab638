// @vitest-environment jsdom
// What the card says of the category: a near miss is not shown as an answer.
import { createWords } from '@mainstay/ui/words';
import { expect, test } from 'vitest';
import { en } from '../../words/en';
import { triagedCategory } from './escalation';

const { say } = createWords('en', en, en);
const told = (is_known: boolean, category: string | null, confidence: number | null) => triagedCategory({ is_known, category, confidence }, say, (share) => `${share * 100} %`);

test('a category that is not known is said to be not known, also when one came near', () => {
  expect(told(false, 'Billing', 0.25)).toBe(en['triage.unknown']);
  expect(told(false, null, null)).toBe(en['triage.unknown']);
});

test('a known one is named with how sure it is, and one that is gone is not named', () => {
  expect(told(true, 'Billing', 0.75)).toBe('Billing · 75 % sure');
  expect(told(true, null, 0.75)).toBeNull();
});
