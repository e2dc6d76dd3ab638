// What triage found, drawn the same on a ticket and in a preview. Rule: parts are drawn by several features and know none.
import type { GuessOut, TriageOut } from '@mainstay/api';
import { Badge } from '@mainstay/ui';
import { useWords, type Key } from '../words';
import { priorityName } from '../words/names';
import { Fact } from './fact';

/** Priority with its reasons, evidence, and the account: the same on a ticket and in a preview. */
export function TriageFacts({ found }: { found: TriageOut }) {
  const { say, has, locale } = useWords();
  const reason = (word: string) => (has(`triage.reason.${word}`) ? say(`triage.reason.${word}` as Key) : word);
  const language = found.language ? (new Intl.DisplayNames(locale, { type: 'language' }).of(found.language) ?? found.language) : null;
  return (
    <dl className="facts">
      {found.reasons.length > 0 ? <Fact name={say('triage.priority')}>{priorityName(found.priority, say)}: {found.reasons.map(reason).join(', ')}</Fact> : null}
      {found.words.length > 0 ? <Fact name={say('triage.because')}>{found.words.join(', ')}</Fact> : null}
      {language ? <Fact name={say('context.language')}>{language}</Fact> : null}
      {found.account_days !== null ? <Fact name={say('triage.account')}>{say('triage.account_is', { days: found.account_days, tickets: found.earlier_tickets ?? 0 })}</Fact> : null}
    </dl>
  );
}

export function GuessLine({ guess, isApplied }: { guess: GuessOut; isApplied: boolean }) {
  const { say, locale } = useWords();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(guess.confidence);
  return (
    <span className="other-subject">
      <span dir="auto">{guess.name ?? guess.category_id}</span> · {say('triage.sure', { percent })}{' '}
      {isApplied ? <Badge tone="good">{say('triage.applied')}</Badge> : null}
    </span>
  );
}
