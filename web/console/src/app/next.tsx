// The next ticket: one press, and the one that presses most of those that wait for the member's teams is theirs and open.
import { Button } from '@mainstay/ui';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { routing } from '../state/api';
import { useKeys } from '../state/keys';
import { useStore } from '../state/live';
import { tell } from '../state/problems';
import { isViewer, useSession } from '../state/session';
import { toasts } from '../state/toasts';
import { useWords } from '../words';

export function NextTicket() {
  const { say } = useWords();
  const session = useSession();
  const store = useStore();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const mayTake = !isViewer(session) && session.member.teams.length > 0;
  const take = async () => {
    setBusy(true);
    try {
      const ticket = await routing.next();
      if (ticket) {
        store.apply({ tickets: [ticket] });
        toasts.show({ text: say('next.taken', { number: String(ticket.number) }) });
        await navigate({ to: '/inbox/$view/$ticketId', params: { view: 'mine', ticketId: ticket.id } });
      } else toasts.show({ text: say('next.none') });
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown, say).text });
    }
    setBusy(false);
  };
  useKeys(mayTake ? { n: () => void take() } : {});
  if (!mayTake) return null;
  return <div className="next-ticket"><Button size="small" isPending={isBusy} onPress={() => void take()}>{say('next.take')}</Button></div>;
}
