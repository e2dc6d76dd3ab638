// The first screen: what one asked before, else the question itself.
import { AskScreen } from './ask';
import { HelpList } from './help';
import type { ScreenProps } from './panel';
import { plainStatus } from './status';
import { localTicket } from './outbox';

export function HomeScreen({ desk, state, words }: ScreenProps) {
  const waiting = state.outbox.filter((item) => item.ticketId === null);
  if (state.tickets.length === 0 && waiting.length === 0) {
    if (state.isReading) return <p class="quiet" role="status">{words.say('loading')}</p>;
    return <AskScreen desk={desk} state={state} words={words} />;
  }
  return (
    <div class="body">
      <HelpList desk={desk} state={state} words={words} />
      <h3 class="small-title">{words.say('conversations')}</h3>
      <ul class="tickets">
        {waiting.map((item) => (
          <li key={item.clientId}>
            <button type="button" class="ticket" onClick={() => desk.go({ kind: 'ticket', id: localTicket(item) })}>
              <span class="ticket-subject" dir="auto">{item.body}</span>
              <span class="ticket-end">{words.say('queued')}</span>
            </button>
          </li>
        ))}
        {state.tickets.map((ticket) => (
          <li key={ticket.id}>
            <button type="button" class="ticket" onClick={() => desk.go({ kind: 'ticket', id: ticket.id })}>
              <span class="ticket-subject" dir="auto">{ticket.subject}</span>
              <span class="ticket-preview" dir="auto">{ticket.preview}</span>
              <span class="ticket-end">
                {plainStatus(ticket.status, words)} · <time dateTime={ticket.opened_at} title={words.exact(ticket.opened_at)}>{words.ago(ticket.last_message_at ?? ticket.opened_at, Date.now())}</time>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="foot">
        <button type="button" class="main" data-first onClick={() => desk.go({ kind: 'ask' })}>{words.say('ask')}</button>
      </div>
    </div>
  );
}
