// The models with their figures and the reliability curve of the one in use, as a picture and as a table.
import type { CurveBin, TriageModel } from '@mainstay/api';
import { Badge, Button, Empty, Skeleton, Spinner, TriageIcon, Trouble } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { triage } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords, type Key } from '../../words';
import { Block, PageTrouble, Table } from './frame';

const POLL_MS = 1_500;

/** The model that was trained last. */
const newestOf = (models: TriageModel[] | undefined): string | null => models?.toSorted((one, other) => other.trained_at.localeCompare(one.trained_at))[0]?.id ?? null;

export function TriageModels() {
  const { say } = useWords();
  const tell = useTell();
  const queries = useQueryClient();
  // The newest model when a training was asked for; the list is read again until there is a newer one.
  const [asked, setAsked] = useState<{ newest: string | null } | null>(null);
  const read = useQuery({ queryKey: ['triage-models'], queryFn: triage.models, refetchInterval: (query) => (asked && newestOf(query.state.data?.items) === asked.newest ? POLL_MS : false) });
  const isTraining = asked !== null && newestOf(read.data?.items) === asked.newest;
  const [problem, setProblem] = useState<unknown>(null);
  const run = async (work: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await work();
      await queries.invalidateQueries({ queryKey: ['triage-models'] });
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  const train = () => run(async () => { await triage.train(); setAsked({ newest: newestOf(read.data?.items) }); });
  const current = read.data?.items.find((model) => model.standing === 'current');
  return (
    <Block title={say('triage.models')} text={say('triage.models_text')} action={<Button size="small" onPress={() => void train()}>{say('triage.train')}</Button>}>
      {problem ? <Trouble {...tell(problem)} /> : null}
      <p role="status">{isTraining ? <><Spinner /> {say('triage.training')}</> : null}</p>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.items.length === 0 ? <Empty icon={<TriageIcon size={28} strokeWidth={1.5} />} title={say('triage.no_models')} text={say('triage.no_models_text')} /> : null}
      {read.data && read.data.items.length > 0 ? <Models items={read.data.items} onUse={(id) => void run(() => triage.use(id))} /> : null}
      {read.data && read.data.items.length > 0 ? <p className="field-help">{say('triage.figures_help')}</p> : null}
      {current ? <Curve bins={current.figures.curve} /> : null}
    </Block>
  );
}

function Models({ items, onUse }: { items: TriageModel[]; onUse: (id: string) => void }) {
  const { say, has, day, locale } = useWords();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const standing = (word: string) => (has(`triage.standing.${word}`) ? say(`triage.standing.${word}` as Key) : word);
  const heads = ['standing', 'trained', 'texts', 'accuracy', 'f1', 'error', 'compared'].map((head) => say(`triage.${head}` as Key));
  return (
    <Table label={say('triage.models')} heads={[...heads, '']}>
      {items.map(({ id, standing: stands, trained_at, figures }) => (
        <tr key={id}>
          <td data-head={heads[0]}><Badge {...(stands === 'current' ? { tone: 'good' as const } : {})}>{standing(stands)}</Badge></td>
          <td data-head={heads[1]}>{day(trained_at)}</td>
          <td data-head={heads[2]} className="number">{figures.examples}</td>
          <td data-head={heads[3]} className="number">{percent.format(figures.accuracy)}</td>
          <td data-head={heads[4]} className="number">{percent.format(figures.macro_f1)}</td>
          <td data-head={heads[5]} className="number">{percent.format(figures.calibration_error)}</td>
          <td data-head={heads[6]}>{figures.compared > 0 ? say('triage.compared_is', { won: figures.won, lost: figures.lost, compared: figures.compared }) : '–'}</td>
          <td className="cell-actions">
            {stands === 'previous' ? <Button size="small" aria-label={say('triage.put_back_of', { day: day(trained_at) })} onPress={() => onUse(id)}>{say('triage.put_back')}</Button> : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}

const SIZE = 160;

function Curve({ bins }: { bins: CurveBin[] }) {
  const { say, locale } = useWords();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const filled = bins.filter((bin) => bin.count > 0);
  const points = filled.map((bin) => `${bin.confidence * SIZE},${SIZE - bin.accuracy * SIZE}`).join(' ');
  const heads = [say('triage.confidence'), say('triage.accuracy'), say('triage.answers')];
  return (
    <section className="curve">
      <h3 className="settings-subtitle">{say('triage.curve')}</h3>
      <p className="settings-text">{say('triage.curve_text')}</p>
      <svg viewBox={`-18 -4 ${SIZE + 22} ${SIZE + 22}`} width={SIZE * 1.6} role="img" aria-label={say('triage.curve')}>
        <text className="curve-axis" x={SIZE / 2} y={SIZE + 13} textAnchor="middle">{heads[0]}</text>
        <text className="curve-axis" x={-SIZE / 2} y={-7} textAnchor="middle" transform="rotate(-90)">{heads[1]}</text>
        <rect width={SIZE} height={SIZE} fill="none" stroke="var(--line)" />
        <line x1={0} y1={SIZE} x2={SIZE} y2={0} stroke="var(--text-faint)" strokeDasharray="4 4" />
        <polyline points={points} fill="none" stroke="currentColor" strokeWidth={2} />
        {filled.map((bin) => <circle key={bin.confidence} cx={bin.confidence * SIZE} cy={SIZE - bin.accuracy * SIZE} r={2.5} fill="currentColor" />)}
      </svg>
      <Table label={say('triage.curve')} heads={heads}>
        {filled.map((bin) => (
          <tr key={bin.confidence}>
            <td data-head={heads[0]} className="number">{percent.format(bin.confidence)}</td>
            <td data-head={heads[1]} className="number">{percent.format(bin.accuracy)}</td>
            <td data-head={heads[2]} className="number">{bin.count}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
