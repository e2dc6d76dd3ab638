// What would have been: a run over past tickets with its progress, and before beside after when it is done.
import { asProblem, type ApiProblem, type Figure, type SimulationOut, type SlaPromise } from '@mainstay/api';
import { Button, Choose, Dialog, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { promises } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords, type Key } from '../../words';

const POLL_MS = 700;

export interface WhatIfProps {
  name: string;
  policyId: string | null;
  promise: SlaPromise;
  onClose: () => void;
}

export function WhatIfDialog({ name, policyId, promise, onClose }: WhatIfProps) {
  const { say } = useWords();
  const tell = useTell();
  const [days, setDays] = useState('90');
  const [run, setRun] = useState<SimulationOut | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ask = async () => {
    setProblem(null);
    const to = new Date();
    const from = new Date(to.getTime() - Number(days) * 86_400_000);
    try {
      setRun(await promises.simulate(policyId, promise, from.toISOString(), to.toISOString()));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  const choices = ['7', '30', '90', '365'].map((id) => ({ id, label: say('whatif.days_n', { count: Number(id) }) }));
  return (
    <Dialog title={say('whatif.of', { name })} isOpen onClose={onClose}>
      <div className="form">
        <p>{say('whatif.text')}</p>
        <Choose label={say('whatif.days')} value={days} onChange={setDays} choices={choices} />
        <Button look="primary" onPress={() => void ask()}>{say('whatif.ask')}</Button>
        {problem ? <Trouble {...tell(problem)} /> : null}
        {run ? <Run start={run} /> : null}
      </div>
    </Dialog>
  );
}

function Run({ start }: { start: SimulationOut }) {
  const { say } = useWords();
  const read = useQuery({
    queryKey: ['simulation', start.id],
    queryFn: () => promises.simulation(start.id),
    initialData: start,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_MS : false),
  });
  const run = read.data;
  if (run.state !== 'running') return <Outcome run={run} />;
  return (
    <div role="status">
      <progress max={Math.max(1, run.total)} value={run.looked_at} />
      <p>{say('whatif.progress', { done: run.looked_at, total: run.total })}</p>
      <Button onPress={() => void promises.cancelSimulation(run.id).then(() => read.refetch())}>{say('whatif.cancel')}</Button>
    </div>
  );
}

function Outcome({ run }: { run: SimulationOut }) {
  const { say } = useWords();
  const { before, after } = run.breached;
  return (
    <div role="status">
      {run.state === 'done' ? null : <p>{say(`whatif.state_${run.state}` as Key)}: {say('whatif.progress', { done: run.looked_at, total: run.total })}</p>}
      <p><strong>{run.differing === 0 ? say('whatif.same') : say('whatif.sentence', { before, after })}</strong></p>
      {run.sums.length > 0 ? <Sums run={run} /> : null}
      {run.differing > 0 ? <Differences run={run} /> : null}
    </div>
  );
}

function Sums({ run }: { run: SimulationOut }) {
  const { say, count } = useWords();
  const pair = ({ before, after }: Figure) => `${count(before)} → ${count(after)}`;
  return (
    <table className="table">
      <thead><tr><th scope="col">{say('whatif.metric')}</th><th scope="col">{say('whatif.broken')}</th><th scope="col">{say('whatif.late')}</th></tr></thead>
      <tbody>
        {run.sums.map((sum) => (
          <tr key={sum.metric}>
            <th scope="row">{say(`metric.${sum.metric}` as Key)}</th>
            <td className="number">{pair(sum.breached)}</td>
            <td className="number">{pair(sum.late_minutes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Differences({ run }: { run: SimulationOut }) {
  const { say, exact } = useWords();
  const time = (iso: string | null) => (iso ? exact(iso) : say('whatif.kept'));
  return (
    <details>
      <summary>{say('whatif.differences', { count: run.differing })}</summary>
      <table className="table">
        <thead><tr><th scope="col">{say('sla.ticket')}</th><th scope="col">{say('whatif.metric')}</th><th scope="col">{say('whatif.before')}</th><th scope="col">{say('whatif.after')}</th></tr></thead>
        <tbody>
          {run.differences.map((one) => (
            <tr key={`${one.ticket_id}${one.metric}${one.instance}`}>
              <td><Link to="/inbox/$view/$ticketId" params={{ view: 'all', ticketId: one.ticket_id }}>#{one.number}</Link></td>
              <td>{say(`metric.${one.metric}` as Key)}</td>
              <td>{time(one.before)}</td>
              <td>{time(one.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
