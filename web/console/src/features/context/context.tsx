// Who is asking, beside the conversation: the customer, their company, the ticket's own facts, what else they asked.
import type { CustomerOut, TicketOut } from '@mainstay/api';
import { Avatar, Badge, Button, CheckIcon, CompanyIcon, Skeleton, StatusMark, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fact } from '../../parts/fact';
import { shownFieldValue } from '../../parts/field-value';
import { api } from '../../state/api';
import { useNow } from '../../state/clock';
import { pathOf, useFiledCategories, useFiledFields } from '../../state/filed';
import { useTicket } from '../../state/live';
import { useTell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { setSorting } from '../../state/sorting';
import { useWords } from '../../words';
import { channelName, personName, statusName } from '../../words/names';
import { EscalationBlock } from './escalation';
import { ParticipantsBlock } from './participants';
import { PromisesBlock } from './promises';
import { RoutingBlock } from './routing';
import { SuggestedArticles } from './suggested';
import { TriageCard } from './triage';
import './context.css';

export interface ContextPanelProps {
  ticketId: string;
  view: string;
  /** Puts words into the reply; absent for whoever may not reply. */
  onInsert: ((ticketId: string, words: string) => void) | undefined;
}

export function ContextPanel({ ticketId, view, onInsert }: ContextPanelProps) {
  const { say } = useWords();
  const ticket = useTicket(ticketId);
  if (!ticket) return null;
  return (
    <aside className="context" aria-label={say('context.label')}>
      <Customer ticket={ticket} />
      <TriageCard ticket={ticket} view={view} />
      <TicketFacts ticket={ticket} />
      <ParticipantsBlock ticket={ticket} />
      <PromisesBlock ticket={ticket} />
      <RoutingBlock ticket={ticket} />
      <EscalationBlock ticket={ticket} />
      <SuggestedArticles ticket={ticket} onInsert={onInsert} />
      <OtherTickets ticket={ticket} view={view} />
    </aside>
  );
}

function Customer({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const tell = useTell();
  const read = useQuery({ queryKey: ['customer', ticket.customer.id], queryFn: () => api.customer(ticket.customer.id) });
  const name = personName(ticket.customer, say);
  return (
    <section className="context-block">
      <div className="context-person">
        <Avatar name={name} size="large" />
        <div className="context-names">
          <h2 className="context-name" dir="auto">{name}</h2>
          {ticket.company ? (
            <p className="context-company">
              <CompanyIcon size={13} aria-hidden="true" /> <span dir="auto">{ticket.company.name}</span>
            </p>
          ) : null}
        </div>
      </div>
      {read.isPending ? <Skeleton lines={3} label={say('context.loading')} /> : null}
      {read.isError ? <Trouble {...tell(read.error)} /> : null}
      {read.data ? <CustomerFacts customer={read.data} /> : null}
    </section>
  );
}

function CustomerFacts({ customer }: { customer: CustomerOut }) {
  const { say, locale } = useWords();
  const now = useNow();
  const { company, zone } = customer;
  return (
    <dl className="facts">
      {customer.addresses.map((address) => (
        <Fact key={address.id} name={address.kind === 'email' ? say('context.email') : address.kind}>
          <span dir="ltr" className="fact-long">{address.value}</span>{' '}
          {address.verified_at ? <Badge tone="good"><CheckIcon size={11} aria-hidden="true" /> {say('context.verified')}</Badge> : <Badge tone="warning">{say('context.claimed')}</Badge>}
        </Fact>
      ))}
      {customer.claims?.email ? (
        <Fact name={say('context.email')}>
          <span dir="ltr" className="fact-long">{customer.claims.email}</span> <Badge tone="warning">{say('context.claimed')}</Badge>
        </Fact>
      ) : null}
      {company?.plan ? <Fact name={say('context.plan')}>{[company.plan, company.tier].filter(Boolean).join(' · ')}</Fact> : null}
      {customer.locale ? <Fact name={say('context.language')}>{languageName(customer.locale, locale)}</Fact> : null}
      {zone ? <Fact name={say('context.local_time')}><span className="number">{localTime(zone, locale, now)}</span></Fact> : null}
      {customer.external_id ? <Fact name={say('context.external_id')}><code>{customer.external_id}</code></Fact> : null}
      {Object.entries(customer.attributes ?? {}).map(([key, value]) => (
        <Fact key={key} name={key.replaceAll('_', ' ')}>{attributeText(value)}</Fact>
      ))}
    </dl>
  );
}

function attributeText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function localTime(zone: string, locale: string, now: number): string {
  try {
    return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone }).format(now);
  } catch {
    return zone;
  }
}

function TicketFacts({ ticket }: { ticket: TicketOut }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const [categories, fields] = [useFiledCategories(), useFiledFields()];
  const mayChange = !isViewer(useSession());
  const time = (iso: string) => <time dateTime={iso} title={exact(iso)}>{ago(iso, now)}</time>;
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('context.ticket')}</h2>
      <dl className="facts">
        <Fact name={say('context.channel')}>{channelName(ticket.channel, say)}</Fact>
        {ticket.brand ? <Fact name={say('context.brand')}><span dir="auto">{ticket.brand}</span></Fact> : null}
        <Fact name={say('context.opened')}>{time(ticket.opened_at)}</Fact>
        {ticket.first_response_at ? <Fact name={say('context.first_response')}>{time(ticket.first_response_at)}</Fact> : null}
        {ticket.resolved_at ? <Fact name={say('context.resolved')}>{time(ticket.resolved_at)}</Fact> : null}
        {ticket.external_id ? <Fact name={say('context.external_id')}><code>{ticket.external_id}</code></Fact> : null}
        {ticket.category_id ? <Fact name={say('macros.category')}>{pathOf(categories, ticket.category_id)}</Fact> : null}
        {Object.entries(ticket.fields ?? {}).map(([key, value]) => {
          const field = fields.find((one) => one.key === key);
          return <Fact key={key} name={field?.label ?? key.replaceAll('_', ' ')}>{shownFieldValue(field, value, say)}</Fact>;
        })}
      </dl>
      {mayChange ? (
        <div className="why-offer">
          <Button size="small" onPress={() => setSorting({ ticketId: ticket.id, missing: [], again: null })}>{say('sorting.open')}</Button>
        </div>
      ) : null}
    </section>
  );
}

function OtherTickets({ ticket, view }: { ticket: TicketOut; view: string }) {
  const { say } = useWords();
  const { id } = ticket.customer;
  const read = useQuery({ queryKey: ['tickets-of', id], queryFn: () => api.tickets({ customer: id, limit: 6 }) });
  const others = read.data?.items.filter((other) => other.id !== ticket.id).slice(0, 5) ?? [];
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('context.others')}</h2>
      {read.isPending ? <Skeleton lines={2} label={say('context.loading')} /> : null}
      {read.data && others.length === 0 ? <p className="context-none">{say('context.no_others')}</p> : null}
      <ul>
        {others.map((other) => (
          <li key={other.id}>
            <Link className="other" to="/inbox/$view/$ticketId" params={{ view, ticketId: other.id }}>
              <StatusMark status={other.status} label={statusName(other, say)} />
              <span className="other-subject" dir="auto">{other.subject}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
