// A ticket's status in the customer's words; a status from a newer server shows as its own word.
import type { Words } from '@mainstay/ui/words';
import type { Key } from './words';

export function plainStatus(status: string, words: Words<Key>): string {
  const key = `status.${status}`;
  return words.has(key) ? words.say(key) : status.replaceAll('_', ' ');
}
