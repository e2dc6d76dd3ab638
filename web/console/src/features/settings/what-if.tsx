// What would have been: a run over past tickets with its progress, and before beside after when it is done.
import { asProblem, type ApiProblem, type SimulationOut, type SimulationQuestion } from '@mainstay/api';
import { Button, Choose, Dialog, Skeleton, Trouble } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { promises } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { PageTrouble } from './frame';
import { Outcome } from './what-if-outcome';

const POLL_MS = 700;

export interface WhatIfProps {
  name: string;
  question: SimulationQuestion;
  onClose: () => void;
}

export function WhatIfDialog({ name, question, onClose }: WhatIfProps) {
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
      setRun(await promises.simulate(question, from.toISOString(), to.toISOString()));
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
        {problem ? <Trouble {...tell(problem)} text={problem.places || tell(problem).text} /> : null}
        {run ? <Run id={run.id} start={run} /> : null}
      </div>
    </Dialog>
  );
}

export function Run({ id, start }: { id: string; start?: SimulationOut }) {
  const { say } = useWords();
  const read = useQuery({
    queryKey: ['simulation', id],
    queryFn: () => promises.simulation(id),
    initialData: start,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_MS : false),
  });
  const run = read.data;
  if (read.isError && !run) return <PageTrouble error={read.error} onRetry={() => void read.refetch()} />;
  if (!run) return <Skeleton lines={4} label={say('loading')} />;
  if (run.state !== 'running') return <Outcome run={run} />;
  return (
    <div role="status">
      <progress max={Math.max(1, run.total)} value={run.looked_at} />
      <p>{say('whatif.progress', { done: run.looked_at, total: run.total })}</p>
      <Button onPress={() => void promises.cancelSimulation(run.id).then(() => read.refetch())}>{say('whatif.cancel')}</Button>
    </div>
  );
}
