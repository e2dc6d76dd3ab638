// The answer of a what-if run: before beside after in one sentence, in sums, and ticket by ticket.
import type { Figure, SimulationDifference, SimulationOut, SimulationSummaryOut } from '@mainstay/api';
import { Link } from '@tanstack/react-router';
import { useNameOf } from '../../state/people';
import { useWords, type Key } from '../../words';
import { actionName, momentName } from '../../words/names';
import { Table } from './frame';

export function Outcome({ run }: { run: SimulationOut }) {
  const { say } = useWords();
  return (
    <div role="status">
      {run.state === 'done' ? null : <p>{say(`whatif.state_${run.state}` as Key)}: {say('whatif.progress', { done: run.looked_at, total: run.total })}</p>}
      <p><strong>{run.differing === 0 ? say('whatif.same') : <Sentence run={run} />}</strong></p>
      <Remarks run={run} />
      <Sums run={run} />
      {run.differing > 0 ? <Differences run={run} /> : null}
    </div>
  );
}

export function Sentence({ run }: { run: SimulationSummaryOut }) {
  const { say } = useWords();
  if (run.kind === 'rule') return <>{say('whatif.rule_sentence', { ...run.covered })}</>;
  if (run.kind === 'routing') return <>{say('whatif.routing_sentence', { ...run.covered })}</>;
  return <>{say('whatif.sentence', { ...run.breached })}</>;
}

/** What one should know before believing the figures. */
function Remarks({ run }: { run: SimulationOut }) {
  const { say } = useWords();
  return (
    <>
      {run.kind === 'rule' && run.ran > 0 ? <p className="soft">{say('whatif.rule_ran', { count: run.ran })}</p> : null}
      {run.erred.before + run.erred.after > 0 ? <p className="field-error">{say('whatif.erred', { ...run.erred })}</p> : null}
      {run.without_history > 0 ? <p className="soft">{say('whatif.without_history', { count: run.without_history })}</p> : null}
      {run.unsure > 0 ? <p className="soft">{say('whatif.unsure', { count: run.unsure })}</p> : null}
    </>
  );
}

function Sums({ run }: { run: SimulationOut }) {
  const { say, count } = useWords();
  const nameOf = useNameOf();
  const pair = ({ before, after }: Figure) => `${count(before)} → ${count(after)}`;
  const row = (key: string, head: string, first: Figure, second?: Figure) => (
    <tr key={key}>
      <th scope="row">{head}</th>
      <td className="number">{pair(first)}</td>
      {second ? <td className="number">{pair(second)}</td> : null}
    </tr>
  );
  if (run.sums.length > 0) {
    return (
      <Table label={say('whatif.answer')} heads={[say('whatif.metric'), say('whatif.broken'), say('whatif.late')]}>
        {run.sums.map((sum) => row(sum.metric, say(`metric.${sum.metric}` as Key), sum.breached, sum.late_minutes))}
      </Table>
    );
  }
  if (run.actions.length > 0) {
    const of = (rule: string) => (rule === run.rule_id ? '' : `${nameOf(rule) ?? rule}: `);
    return (
      <Table label={say('whatif.answer')} heads={[say('whatif.action'), say('whatif.taken'), say('whatif.changing')]}>
        {run.actions.map((sum) => row(sum.rule_id + sum.do, of(sum.rule_id) + actionName(sum.do, say), sum.taken, sum.changing))}
      </Table>
    );
  }
  if (run.teams.length === 0) return null;
  return (
    <Table label={say('whatif.answer')} heads={[say('whatif.team'), say('whatif.arrivals')]}>
      {run.teams.map((sum) => row(sum.team_id ?? '', sum.team_id ? nameOf(sum.team_id) ?? sum.team_id : say('whatif.no_team'), sum.arrivals))}
    </Table>
  );
}

function Differences({ run }: { run: SimulationOut }) {
  const { say } = useWords();
  const side = useSide(run);
  const what = run.kind === 'rule' ? say('whatif.when') : run.kind === 'routing' ? say('whatif.kind_rule') : say('whatif.metric');
  return (
    <details>
      <summary>{say('whatif.differences', { count: run.differing })}</summary>
      {run.differing > run.differences.length ? <p className="soft">{say('whatif.first', { count: run.differences.length })}</p> : null}
      <Table label={say('whatif.differences', { count: run.differing })} heads={[say('sla.ticket'), what, say('whatif.before'), say('whatif.after')]}>
        {run.differences.map((one) => (
          <tr key={`${one.ticket_id}${one.metric ?? ''}${one.instance ?? ''}${one.rule_id ?? ''}${one.at ?? ''}`}>
            <td data-head={say('sla.ticket')}><Link to="/inbox/$view/$ticketId" params={{ view: 'all', ticketId: one.ticket_id }}>#{one.number}</Link></td>
            <td data-head={what}><About run={run} one={one} /></td>
            <td data-head={say('whatif.before')}>{side(one.before)}</td>
            <td data-head={say('whatif.after')}>{side(one.after)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

/** How one side of a difference reads: an instant, actions, or a team. */
function useSide(run: SimulationOut): (side: SimulationDifference['before']) => string {
  const { say, exact } = useWords();
  const nameOf = useNameOf();
  return (side) => {
    if (run.kind === 'rule') return Array.isArray(side) ? side.map((word) => actionName(word, say)).join(', ') : say('whatif.acts_not');
    const text = typeof side === 'string' ? side : null;
    if (run.kind === 'routing') return text ? nameOf(text) ?? text : say('whatif.no_team');
    return text ? exact(text) : say('whatif.kept');
  };
}

function About({ run, one }: { run: SimulationOut; one: SimulationDifference }) {
  const { say, exact } = useWords();
  const nameOf = useNameOf();
  if (run.kind === 'rule') {
    const rule = one.rule_id && one.rule_id !== run.rule_id ? `${nameOf(one.rule_id) ?? one.rule_id}: ` : '';
    return <>{rule}{momentName(String(one.moment), say)}{one.at ? <span className="soft"> {exact(one.at)}</span> : null}</>;
  }
  if (run.kind === 'routing') return <>{run.routing?.[(one.place ?? 0) - 1]?.name ?? '–'}</>;
  return <>{say(`metric.${one.metric}` as Key)}</>;
}
