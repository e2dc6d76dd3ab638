// The small things that say how an article is: its status, what readers think of it.
// Rule: a share never stands without how sure it is.
import type { ArticleOut, VotesOut } from '@mainstay/api';
import { Badge } from '@mainstay/ui';
import { useWords } from '../../words';
import { percent, statusName } from './words';

const TONES: Record<string, 'good' | 'note' | 'warning'> = { published: 'good', review: 'note' };

export function StatusBadge({ article }: { article: ArticleOut }) {
  const { say, exact } = useWords();
  const tone = TONES[article.status];
  return (
    <span className="chips">
      <Badge {...(tone ? { tone } : {})}>{statusName(article.status, say)}</Badge>
      {article.status === 'published' && article.has_changes ? <Badge tone="warning">{say('articles.unpublished_changes')}</Badge> : null}
      {article.scheduled_at ? <Badge>{say('articles.scheduled', { time: exact(article.scheduled_at) })}</Badge> : null}
    </span>
  );
}

type Counted = Pick<VotesOut, 'helpful' | 'unhelpful' | 'low' | 'high'>;

/** "7 of 12 (58 %)", and the Wilson interval as a bar and in words. */
export function Votes({ votes }: { votes: Counted }) {
  const { say, locale } = useWords();
  const all = votes.helpful + votes.unhelpful;
  if (all === 0) return <span className="soft">{say('articles.no_votes')}</span>;
  const low = votes.low ?? 0;
  const high = votes.high ?? 1;
  const share = votes.helpful / all;
  return (
    <span className="kb-votes">
      <span className="number">{say('votes.share', { helpful: votes.helpful, all, share: percent(share, locale) })}</span>
      <svg className="kb-interval" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="kb-interval-ground" width="100" height="6" />
        <rect className="kb-interval-range" x={low * 100} width={Math.max(1, (high - low) * 100)} height="6" />
        <rect className="kb-interval-share" x={Math.min(98, share * 100)} width="2" height="6" />
      </svg>
      <span className="kb-under">{say('votes.likely', { low: percent(low, locale), high: percent(high, locale) })}</span>
    </span>
  );
}
