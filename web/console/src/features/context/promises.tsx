// What was promised for a ticket and how much of it is used up; and why it is so.
import type { TicketOut } from '@mainstay/api';
import { useQuery } from '@tanstack/react-query';
import { promises } from '../../state/api';
import { useWords } from '../../words';
import { Clocks } from '../../state/clocks';

export function PromisesBlock({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  // The version is part of the key: whatever happens to the ticket may move its clocks.
  const read = useQuery({ queryKey: ['clocks', ticket.id, ticket.version], queryFn: () => promises.clocks(ticket.id), placeholderData: (before) => before });
  const found = read.data;
  // A workspace that promises nothing has nothing to say here.
  if (!found || (!found.policy && found.conditions.length === 0)) return null;
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('clocks.title')}</h2>
      <Clocks found={found} />
    </section>
  );
}
