// Problems in words: the catalogue's sentence for a known code, the server's own for the rest, always with the reference.
import { asProblem } from '@mainstay/api';
import { useWords, type Key, type Say } from '../words';
import { problems } from '../words/en-problems';

export interface Told {
  title: string;
  text: string;
  reference: string | undefined;
}

/** What to show for anything thrown. */
export function tell(thrown: unknown, say: Say): Told {
  const problem = asProblem(thrown);
  const text = sentence(problem.code, problem.message, problem.status, say);
  const reference = problem.reference ? say('problem.reference', { reference: problem.reference }) : undefined;
  return { title: problem.status === 403 ? say('problem.not_allowed') : say('problem.title'), text, reference };
}

const KNOWN: Record<string, Key> = {
  offline: 'problem.offline', timeout: 'problem.timeout', stale_version: 'problem.stale', sign_in_failed: 'problem.sign_in_failed',
};

function sentence(code: string, message: string, status: number, say: Say): string {
  const known = KNOWN[code];
  if (known) return say(known);
  const own = `refusal.${code}`;
  // In English the server's own sentence stands: it may say more than the one of its code.
  if (isRefusal(own)) return say(own) === problems[own] ? message : say(own);
  if (status === 429) return say('problem.too_many');
  if (status >= 500) return say('problem.server');
  return message;
}

function isRefusal(key: string): key is keyof typeof problems {
  return Object.hasOwn(problems, key);
}

export function useTell(): (thrown: unknown) => Told {
  const { say } = useWords();
  return (thrown) => tell(thrown, say);
}
