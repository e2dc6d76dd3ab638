// Where a ticket was raised to, with its card; raising it, and giving it back with a result.
import { asProblem, type ApiProblem, type CardOut, type EscalationOut, type TicketOut } from '@mainstay/api';
import { Badge, Button, Choose, Dialog, DialogActions, Field, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { routing } from '../../state/api';
import { useNow } from '../../state/clock';
import { useTell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { useWords, type Key, type Say } from '../../words';
import { priorityName } from '../../words/names';

export function EscalationBlock({ ticket }: { ticket: TicketOut }) {
  const { say } = useWords();
  const mayWork = !isViewer(useSession()) && ticket.status !== 'closed';
  const tiers = useQuery({ queryKey: ['escalation', 'tiers'], queryFn: routing.tiers, staleTime: 300_000 });
  const read = useQuery({ queryKey: ['escalation', ticket.id, ticket.version], queryFn: () => routing.escalation(ticket.id), placeholderData: (before) => before });
  const [open, setOpen] = useState<'raise' | 'back' | null>(null);
  const current = read.data?.current ?? null;
  const earlier = read.data?.earlier ?? [];
  const canRaise = mayWork && (tiers.data?.length ?? 0) > (current?.tier ?? 0);
  if (!current && earlier.length === 0 && !canRaise) return null;
  return (
    <section className="context-block">
      <h2 className="context-heading">{say('escalation.title')}</h2>
      {current ? <Current escalation={current} /> : null}
      {earlier.map((one) => <p key={one.id} className="soft">{say('escalation.earlier', { tier: one.tier_name, result: say(`ended.${one.result ?? 'solved'}` as Key) })}{one.note ? ` – ${one.note}` : ''}</p>)}
      <div className="why-offer">
        {canRaise ? <Button size="small" onPress={() => setOpen('raise')}>{say('escalation.raise')}</Button> : null}
        {mayWork && current ? <Button size="small" onPress={() => setOpen('back')}>{say('escalation.give_back')}</Button> : null}
      </div>
      {open === 'raise' ? <RaiseDialog ticket={ticket} above={current?.tier ?? 0} tiers={tiers.data ?? []} onClose={() => setOpen(null)} /> : null}
      {open === 'back' ? <BackDialog ticket={ticket} onClose={() => setOpen(null)} /> : null}
    </section>
  );
}

function Current({ escalation }: { escalation: EscalationOut }) {
  const { say, ago, exact, moment } = useWords();
  const now = useNow();
  return (
    <>
      <p>{say('escalation.at_tier', { tier: escalation.tier_name, time: ago(escalation.escalated_at, now) })}</p>
      <p title={exact(escalation.due_at)}>
        {escalation.overdue_at ? <Badge tone="warning">{say('escalation.overdue', { time: ago(escalation.overdue_at, now) })}</Badge> : say('escalation.due', { time: moment(escalation.due_at) })}
      </p>
      <p dir="auto">{say('escalation.why', { reason: escalation.reason })}</p>
      {escalation.card ? <Card card={escalation.card} /> : null}
    </>
  );
}

/** The category with how sure triage is of it; what resembles nothing that was taught is not known, whatever came nearest. */
export function triagedCategory(triage: Pick<NonNullable<CardOut['triage']>, 'is_known' | 'category' | 'confidence'>, say: Say, percent: (share: number) => string): string | null {
  if (!triage.is_known) return say('triage.unknown');
  return triage.category && triage.confidence !== null ? `${triage.category} · ${say('triage.sure', { percent: percent(triage.confidence) })}` : null;
}

/** What triage found out, in two lines. */
function Triaged({ triage }: { triage: NonNullable<CardOut['triage']> }) {
  const { say, has, locale } = useWords();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const reason = (word: string) => (has(`triage.reason.${word}`) ? say(`triage.reason.${word}` as Key) : word);
  const priority = [priorityName(triage.priority, say), triage.reasons.map(reason).join(', ')].filter(Boolean).join(': ');
  return (
    <div dir="auto">
      {triage.leaving_words.length > 0 ? <p><Badge tone="danger">{say('triage.leaving')}</Badge> {triage.leaving_words.join(', ')}</p> : null}
      <p>{say('triage.title')}: {[triagedCategory(triage, say, percent.format), priority].filter(Boolean).join(' · ')}</p>
      {triage.words.length > 0 ? <p className="soft">{say('triage.because')}: {triage.words.join(', ')}</p> : null}
    </div>
  );
}

function Card({ card }: { card: CardOut }) {
  const { say, moment } = useWords();
  const { account } = card;
  const who = [account.customer_name, account.customer_email, account.company_name, account.plan, account.tier].filter(Boolean).join(' · ');
  return (
    <details className="why">
      <summary>{say('escalation.card', { n: card.messages })}</summary>
      {who ? <p dir="auto">{who}</p> : null}
      {card.triage ? <Triaged triage={card.triage} /> : null}
      {card.promise ? <p className="soft">{card.promise.is_breached ? say('list.breached') : card.promise.due_at && card.promise.metric ? say('list.due', { metric: say(`metric.${card.promise.metric}` as Key), time: moment(card.promise.due_at) }) : say('clock.paused_other')}</p> : null}
      {card.tried.length > 0 ? <p className="soft">{say('escalation.tried')}: {card.tried.map((one) => [one.tier_name, one.note].filter(Boolean).join(': ')).join('; ')}</p> : null}
      <ol className="card-spoken">
        {card.conversation.map((one) => (
          <li key={`${one.at} ${one.text.slice(0, 20)}`} data-note={one.is_note || undefined}>
            <span className="soft" dir="auto">{one.name ?? (one.speaker === 'customer' ? account.customer_name : null) ?? one.speaker}</span> <span dir="auto">{one.text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

interface SendProps {
  title: string;
  submit: string;
  ticket: TicketOut;
  onClose: () => void;
  send: () => Promise<unknown>;
  fields: (problem: ApiProblem | null) => ReactNode;
}

/** A dialog that keeps what was typed on a refusal. */
function SendDialog({ title, submit, ticket, onClose, send, fields }: SendProps) {
  const { say } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await send();
      void queries.invalidateQueries({ queryKey: ['escalation', ticket.id] });
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void go(event)}>
        {problem ? <Trouble {...tell(problem)} /> : null}
        {fields(problem)}
        <DialogActions>
          <Button onPress={onClose}>{say('cancel')}</Button>
          <Button type="submit" look="primary" isPending={isBusy}>{submit}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function RaiseDialog({ ticket, above, tiers, onClose }: { ticket: TicketOut; above: number; tiers: { name: string }[]; onClose: () => void }) {
  const { say } = useWords();
  const [tier, setTier] = useState('');
  const [reason, setReason] = useState('');
  const choices = [{ id: '', label: say('escalation.next_tier') }, ...tiers.map(({ name }, at) => ({ id: String(at + 1), label: name })).slice(above)];
  return (
    <SendDialog
      title={say('escalation.raise_title')}
      submit={say('escalation.submit')}
      ticket={ticket}
      onClose={onClose}
      send={() => routing.escalate(ticket.id, reason, tier ? Number(tier) : null)}
      fields={(problem) => (
        <>
          <Choose label={say('escalation.to')} value={tier} onChange={setTier} choices={choices} />
          <Field label={say('escalation.reason')} help={say('escalation.reason_help')} isRequired autoFocus rows={4} value={reason} onChange={setReason} error={problem?.fieldError('/reason')} />
        </>
      )}
    />
  );
}

const RESULTS = ['answered', 'needs_more', 'declined'];

function BackDialog({ ticket, onClose }: { ticket: TicketOut; onClose: () => void }) {
  const { say } = useWords();
  const [result, setResult] = useState('answered');
  const [note, setNote] = useState('');
  return (
    <SendDialog
      title={say('escalation.give_back_title')}
      submit={say('escalation.give_back')}
      ticket={ticket}
      onClose={onClose}
      send={() => routing.giveBack(ticket.id, result, note)}
      fields={(problem) => (
        <>
          <Choose label={say('escalation.result')} value={result} onChange={setResult} choices={RESULTS.map((id) => ({ id, label: say(`ended.${id}` as Key) }))} />
          <Field label={say('escalation.note')} isRequired autoFocus rows={4} value={note} onChange={setNote} error={problem?.fieldError('/note')} />
        </>
      )}
    />
  );
}
