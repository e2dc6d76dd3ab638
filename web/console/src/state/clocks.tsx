// The clocks of a ticket with their bars, and the reasons behind them; drawn beside the conversation and where a policy is tried.
import type { ClockOut, TicketClocksOut } from '@mainstay/api';
import { Badge } from '@mainstay/ui';
import { useNow } from './clock';
import { useWords, type Key, type Say } from '../words';
import { duration } from '../words/durations';
import './clocks.css';

/** The clocks with their bars, and the reasons behind them. */
export function Clocks({ found }: { found: TicketClocksOut }) {
  const { say } = useWords();
  return (
    <>
      {found.policy ? null : <p className="soft">{say('clocks.none')}</p>}
      <ul className="clocks">
        {found.clocks.map((clock) => <ClockRow key={clock.metric} clock={clock} asOf={found.as_of} />)}
      </ul>
      <Why found={found} />
    </>
  );
}

/** Seconds used up now: a clock in business hours moves on with the next reading, one around the clock with the page's own. */
function usedNow(clock: ClockOut, asOf: string, now: number): number {
  const isMoving = clock.state === 'running' && clock.hours === 'calendar';
  return clock.consumed_seconds + (isMoving ? Math.max(0, Math.floor((now - Date.parse(asOf)) / 1000)) : 0);
}

function ClockRow({ clock, asOf }: { clock: ClockOut; asOf: string }) {
  const { say, exact, locale } = useWords();
  const used = usedNow(clock, asOf, useNow());
  const target = clock.target_seconds;
  const metric = say(`metric.${clock.metric}` as Key);
  const isLate = clock.breached_at !== null;
  const tone = isLate ? 'danger' : target !== null && used / target >= 0.75 ? 'warning' : 'good';
  const words = { metric, used: duration(used, locale), target: duration(target ?? 0, locale) };
  return (
    <li className="clock" title={clock.due_at ? exact(clock.due_at) : undefined}>
      <span className="clock-name">{metric}</span>
      <span className="clock-state">{stateOf(clock, used, isLate, say, locale)}</span>
      {target !== null ? (
        <meter className="clock-bar" data-tone={tone} min={0} max={target} value={Math.min(used, target)} aria-label={say('clock.bar', words)} />
      ) : null}
      {clock.state === 'running' && target !== null ? <span className="clock-of soft number">{say('clock.of', words)}</span> : null}
    </li>
  );
}

function stateOf(clock: ClockOut, used: number, isLate: boolean, say: Say, locale: string): string {
  const words = { used: duration(used, locale) };
  if (clock.state === 'met') return say(isLate ? 'clock.met_late' : 'clock.met', words);
  if (clock.state === 'cancelled') return say('clock.cancelled');
  if (clock.state === 'paused') {
    const reason = clock.reason?.replace('waiting_on_', '') ?? '';
    return say(PAUSES[reason] ?? 'clock.paused_other');
  }
  const target = clock.target_seconds;
  if (target === null) return words.used;
  return used >= target ? say('clock.over', { over: duration(used - target, locale) }) : say('clock.left', { left: duration(target - used, locale) });
}

const PAUSES: Record<string, Key> = {
  customer: 'clock.paused_customer',
  third_party: 'clock.paused_third_party',
  internal: 'clock.paused_internal',
  resolved: 'clock.paused_resolved',
};

function Why({ found }: { found: TicketClocksOut }) {
  const { say, exact, locale } = useWords();
  const { policy } = found;
  const passed = found.clocks.flatMap((clock) => clock.passed.map((one) => ({ ...one, metric: clock.metric })));
  return (
    <details className="why">
      <summary>{say('clocks.why')}</summary>
      {policy ? <p>{policy.pinned_at ? say('clocks.policy', { name: policy.name, number: policy.number, time: exact(policy.pinned_at) }) : say('clocks.policy_new', { name: policy.name })}</p> : null}
      {policy?.condition ? <p><code>{policy.condition}</code></p> : null}
      {policy?.calendar_number ? <p className="soft">{say('clocks.calendar', { number: policy.calendar_number })}</p> : null}
      {found.before_arrival_seconds > 0 ? <p className="soft">{say('clocks.before', { time: duration(found.before_arrival_seconds, locale) })}</p> : null}
      <ul>
        {found.conditions.map((one) => (
          <li key={one.policy_id}>
            <span dir="auto">{one.name}</span> <Badge {...(one.answer === 'yes' ? { tone: 'good' as const } : {})}>{say(`clocks.answer_${one.answer}` as Key)}</Badge>
            {one.reason ? <span className="soft"> {one.reason}</span> : null}
          </li>
        ))}
        {passed.map((one) => (
          <li key={`${one.metric}${one.threshold}`} className="soft">
            {say(`metric.${one.metric}` as Key)}: {say('clocks.passed', { threshold: one.threshold, time: exact(one.at) })}
          </li>
        ))}
      </ul>
    </details>
  );
}
