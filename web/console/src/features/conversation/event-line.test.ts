// @vitest-environment jsdom
// Events in words; what a newer server tells is told by its own name instead of breaking the page.
import { createWords } from '@mainstay/ui/words';
import { expect, test } from 'vitest';
import { de } from '../../words/de';
import { en } from '../../words/en';
import { eventText } from './event-line';

const { say } = createWords('en', en, en);
const names: Record<string, string> = { mem_1: 'Ada', mem_2: 'Jonas', tea_1: 'Billing' };
const told = (kind: string, data: Record<string, unknown>) =>
  eventText({ kind, occurred_at: '', actor: { kind: 'member', id: 'mem_1', name: 'Ada' }, data }, say, (id) => names[String(id)] ?? null);

test('who got it, and who took it', () => {
  expect(told('ticket.assigned', { from: { status: 'open' }, to: { status: 'open', assignee: 'mem_2' } })).toBe('Ada assigned this to Jonas');
  expect(told('ticket.assigned', { from: {}, to: { assignee: 'mem_1' } })).toBe('Ada took this ticket');
  expect(told('ticket.assigned', { from: { assignee: 'mem_2' }, to: { team: 'tea_1' } })).toBe('Ada assigned this to Billing');
  expect(told('ticket.assigned', { from: { assignee: 'mem_2', team: 'tea_1' }, to: { team: 'tea_1' } })).toBe('Ada removed the assignment');
  expect(told('ticket.assigned', { from: {}, to: { assignee: 'mem_9' } })).toBe('Ada assigned this to somebody');
});

test('status and priority by name', () => {
  expect(told('ticket.status_changed', { before: 'open', after: 'pending', waiting_on: 'third_party' })).toBe('Ada set the status to Pending, waiting for a third party');
  expect(told('ticket.updated', { changed: ['priority'], priority: 'urgent' })).toBe('Ada set the priority to Urgent');
  expect(told('ticket.updated', { changed: ['subject', 'category_id'] })).toBe('Ada changed the subject, the category');
});

test('every field of a ticket has words, in German too', () => {
  const german = createWords('de', de, en).say;
  const changed = ['subject', 'priority', 'type', 'category_id', 'language', 'restricted', 'team_id', 'tags', 'fields'];
  const data = { kind: 'ticket.updated', occurred_at: '', actor: { kind: 'member', id: 'mem_1', name: 'Ada' }, data: { changed } };
  expect(eventText(data, german, () => null)).toContain('den Betreff, die Priorität, die Art, die Kategorie, die Sprache, wer es sehen darf, das Team, die Schlagworte, eigene Felder');
  expect(told('ticket.updated', { changed: ['language', 'restricted', 'team_id'] })).toBe('Ada changed the language, who may see it, the team');
});

test('the unknown has a name too', () => {
  expect(told('ticket.split_in_two', {})).toBe('Ada: split in two');
  expect(told('ticket.status_changed', { after: 'on_the_moon' })).toBe('Ada set the status to on the moon');
});
