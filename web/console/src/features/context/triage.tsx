// What was found out about the ticket, how sure and why; one press sets another category.
import { ApiProblem, type GuessOut, type TicketOut, type TriageOut } from '@mainstay/api';
import { Badge, Button, Skeleton, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, triage } from '../../state/api';
import { useSession } from '../../state/session';
import { useTell } from '../../state/problems';
import { GuessLine, TriageFacts } from '../../parts/triage';
import { useWords } from '../../words';

const isAbsent = (error: unknown) => error instanceof ApiProblem && error.code === 'no_triage';

export function TriageCard({ ticket, view }: { ticket: TicketOut; view: string }) {
  const { say } = useWords();
  const tell = useTell();
  const read = useQuery({ queryKey: ['triage', ticket.id], queryFn: () => triage.of(ticket.id), retry: (count, error) => count < 2 && !isAbsent(error) });
  if (isAbsent(read.error)) return null;
  return (
    <section className="context-block" aria-label={say('triage.title')}>
      <h2 className="context-heading">{say('triage.title')}</h2>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <Trouble {...tell(read.error)} /> : null}
      {read.data ? <Findings ticket={ticket} found={read.data} view={view} /> : null}
    </section>
  );
}

function Findings({ ticket, found, view }: { ticket: TicketOut; found: TriageOut; view: string }) {
  const { say } = useWords();
  return (
    <>
      {found.is_leaving ? <p><Badge tone="danger">{say('triage.leaving')}</Badge> <span dir="auto">{found.leaving_words.join(', ')}</span></p> : null}
      <TriageFacts found={found} />
      <Guesses ticket={ticket} found={found} />
      {found.near.length > 0 ? (
        <>
          <h3 className="context-heading">{say('triage.near')}</h3>
          <ul>
            {found.near.map((near) => (
              <li key={near.ticket_id}>
                <Link className="other" to="/inbox/$view/$ticketId" params={{ view, ticketId: near.ticket_id }}>
                  {near.is_open_incident ? <Badge tone="danger">{say('triage.incident')}</Badge> : null}
                  <span className="other-subject" dir="auto">{near.subject}</span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

function Guesses({ ticket, found }: { ticket: TicketOut; found: TriageOut }) {
  const { say } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  const mayChange = useSession().rights.includes('tickets:write');
  const [problem, setProblem] = useState<unknown>(null);
  const set = async (guess: GuessOut) => {
    setProblem(null);
    try {
      await api.changeTicket(await api.ticket(ticket.id), { category_id: guess.category_id });
      await queries.invalidateQueries({ queryKey: ['triage', ticket.id] });
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  return (
    <>
      {problem ? <Trouble {...tell(problem)} /> : null}
      {found.model_id && !found.is_known ? <p className="context-none">{say('triage.unknown')}</p> : null}
      <ul>
        {found.categories.slice(0, 3).map((guess) => (
          <li key={guess.category_id} className="suggested">
            <GuessLine guess={guess} isApplied={ticket.category_id === guess.category_id} />
            {mayChange && ticket.category_id !== guess.category_id ? (
              <Button size="small" onPress={() => void set(guess)}>{say('triage.set_to', { name: guess.name ?? guess.category_id })}</Button>
            ) : null}
          </li>
        ))}
      </ul>
      {found.corrected_category_id ? <p className="context-none">{say('triage.corrected')}</p> : null}
      {found.answered_at ? <p><Badge tone="note">{say('triage.answered')}</Badge></p> : null}
      {found.model_id && !found.by_meaning ? <p className="context-none">{say('triage.words_only')}</p> : null}
    </>
  );
}
