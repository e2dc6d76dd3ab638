// Messages and events as one story.
import { expect, test } from 'vitest';
import { tellStory } from './story';
import { at, message } from '@mainstay/live/cast';

const event = (kind: string, minute: number) => ({ seq: minute, kind, occurred_at: at(minute), actor: null, data: {} });

test('everything is in order, with one line per day', () => {
  const story = tellStory([message('a', at(1)), message('b', at(9))], [event('ticket.assigned', 5)]);
  expect(story.map((part) => part.kind)).toEqual(['day', 'message', 'event', 'message']);
});

test('what the messages tell is not told twice', () => {
  const story = tellStory([message('a', at(1))], [event('ticket.opened', 1), event('ticket.message_added', 1)]);
  expect(story.map((part) => part.kind)).toEqual(['day', 'message']);
});

test('the same person shortly after follows without a new head, a note does not', () => {
  const story = tellStory([message('a', at(1)), message('b', at(3)), message('c', at(4), { kind: 'note' }), message('d', at(30))], []);
  const heads = story.filter((part) => part.kind === 'message').map((part) => part.kind === 'message' && part.isFollowing);
  expect(heads).toEqual([false, true, false, false]);
});
