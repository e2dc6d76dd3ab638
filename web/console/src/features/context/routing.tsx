// Why a ticket is where it is: the decision in a sentence, everybody who was looked at, and an offer to answer.
import type { Considered, DecisionOut, TicketOut, TicketRoutingOut } from '@mainstay/api';
import { Badge, Button } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { routing } from '../../state/api';
import { useNow } from '../../state/clock';
import { useNameOf } from '../../state/people';
import { tell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords, type Key } from '../../words';

export function RoutingBlock({ ticket }: { ticket: TicketOut }) {
  const { say, ago } = useWords();
  const now = useNow();
  // The version is part of the key: whatever happens to the ticket may be a new decision.
  const read = useQuery({ queryKey: ['why', ticket.id, ticket.version], queryFn: () => routing.why(ticket.id), placeholderData: (before) => before });
  const found = read.data;
  // A workspace without routing has nothing to say here.
  if (!found || (!found.decision && !found.waiting && !found.offer)) return null;
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('why.title')}</h2>
      {found.decision ? <Decision decision={found.decision} /> : null}
      {found.waiting ? <p className="soft">{say('why.waits_since', { time: ago(found.waiting.since, now) })}</p> : null}
      {found.offer ? <Offer ticket={ticket} offer={found.offer} /> : null}
    </section>
  );
}

function Decision({ decision }: { decision: DecisionOut }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const team = nameOf(decision.team_id) ?? '–';
  const sentence =
    decision.outcome === 'assigned'
      ? say('why.assigned', { name: nameOf(decision.assignee_id) ?? '–', reason: say(`why_reason.${decision.reason ?? 'round_robin'}` as Key) })
      : say(decision.outcome === 'waiting' ? 'why.waiting' : 'why.left', { team });
  return (
    <>
      <p>{sentence}</p>
      {decision.candidates.length > 0 ? (
        <details className="why">
          <summary>{say('why.candidates', { n: decision.looked_at })}</summary>
          <ul>{decision.candidates.map((one) => <Candidate key={one.member_id} one={one} />)}</ul>
        </details>
      ) : null}
    </>
  );
}

function Candidate({ one }: { one: Considered }) {
  const { say } = useWords();
  const name = useNameOf()(one.member_id) ?? one.member_id;
  return (
    <li className="why-candidate">
      <span dir="auto">{name}</span>
      <span className="number soft">{one.carried}/{one.capacity}</span>
      <Badge {...(one.verdict === 'chosen' ? { tone: 'good' as const } : {})}>{say(`verdict.${one.verdict}` as Key)}</Badge>
    </li>
  );
}

function Offer({ ticket, offer }: { ticket: TicketOut; offer: NonNullable<TicketRoutingOut['offer']> }) {
  const { say, clock } = useWords();
  const session = useSession();
  const queries = useQueryClient();
  const nameOf = useNameOf();
  const isMine = offer.member_id === session.member.id && !isViewer(session);
  const time = offer.until ? clock(offer.until) : '–';
  const answer = async (accept: boolean) => {
    try {
      await routing.answer(ticket.id, accept);
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown, say).text });
    }
    await queries.invalidateQueries({ queryKey: ['why', ticket.id] });
  };
  return (
    <div className="why-offer">
      <p>{isMine ? say('why.offered_you', { time }) : say('why.offered', { name: nameOf(offer.member_id) ?? '–', time })}</p>
      {isMine ? (
        <>
          <Button size="small" look="primary" onPress={() => void answer(true)}>{say('why.accept')}</Button>
          <Button size="small" onPress={() => void answer(false)}>{say('why.decline')}</Button>
        </>
      ) : null}
    </div>
  );
}
