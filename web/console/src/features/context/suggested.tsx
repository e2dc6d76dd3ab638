// Articles that may answer the ticket, found by its subject and shown in its language; one press puts a link into the reply.
import type { FoundArticle, TicketOut } from '@mainstay/api';
import { Button, Skeleton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { knowledge } from '../../state/api';
import { useSession } from '../../state/session';
import { useWords } from '../../words';

interface SuggestedProps {
  ticket: TicketOut;
  onInsert: ((ticketId: string, words: string) => void) | undefined;
}

const MOST = 3;
/** How far below the best one an article may fall and still be worth a look. */
const SHARE_OF_BEST = 0.4;

export function SuggestedArticles({ ticket, onInsert }: SuggestedProps) {
  const { say } = useWords();
  const mayRead = useSession().rights.includes('knowledge:read');
  const q = ticket.subject.trim();
  const read = useQuery({
    queryKey: ['suggested', q, ticket.language],
    queryFn: ({ signal }) => knowledge.find({ q, limit: MOST, audience: 'customer', reader_locale: ticket.language ?? undefined }, signal),
    enabled: mayRead && q !== '',
  });
  if (!mayRead || q === '' || read.isError) return null;
  const best = read.data?.items[0]?.score ?? 0;
  const items = read.data?.items.filter((found) => found.score >= best * SHARE_OF_BEST) ?? [];
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('suggested.title')}</h2>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.data?.items.length === 0 ? <p className="context-none">{say('suggested.none')}</p> : null}
      <ul>
        {items.map((found) => <Suggested key={found.id} found={found} onInsert={onInsert ? (words) => onInsert(ticket.id, words) : undefined} />)}
      </ul>
    </section>
  );
}

function Suggested({ found, onInsert }: { found: FoundArticle; onInsert: ((words: string) => void) | undefined }) {
  const { say } = useWords();
  const site = useQuery({ queryKey: ['knowledge', 'site'], queryFn: knowledge.helpSite, staleTime: 300_000 });
  const origin = site.data?.host ? `https://${site.data.host}` : location.origin;
  return (
    <li className="suggested">
      <Link className="other" to="/knowledge/articles/$articleId" params={{ articleId: found.id }}><span className="other-subject" dir="auto">{found.title}</span></Link>
      {onInsert ? (
        <Button size="small" isDisabled={!site.data} aria-label={say('suggested.insert_of', { title: found.title })} onPress={() => onInsert(`${found.title}: ${origin}${found.path}`)}>
          {say('suggested.insert')}
        </Button>
      ) : null}
    </li>
  );
}
