// How far the index of articles is, and whether it can search by meaning; said where somebody judges results.
import { useQuery } from '@tanstack/react-query';
import { knowledge } from '../../state/api';
import { useWords } from '../../words';

const AGAIN_MS = 5_000;

export function IndexState() {
  const { say, count } = useWords();
  const read = useQuery({ queryKey: ['knowledge', 'index'], queryFn: knowledge.index, refetchInterval: AGAIN_MS });
  if (!read.data) return null;
  const { passages, vectors, waiting, rebuild, model, model_note: note } = read.data;
  const lacks = model === 'absent' ? say('knowledge.no_model') : model === 'wrong' ? say('knowledge.wrong_model') : null;
  return (
    <footer className="tester-index soft">
      {lacks ? <p className="notice">{lacks} {note}</p> : null}
      {rebuild ? (
        <p role="status">
          {say('tester.rebuilding', { done: count(rebuild.done), total: count(rebuild.total) })}{' '}
          <progress max={Math.max(rebuild.total, 1)} value={rebuild.done} aria-label={say('tester.rebuild')} />
        </p>
      ) : null}
      <p>{say('tester.index', { count: passages, vectors: count(vectors) })} {waiting > 0 ? say('tester.waiting', { count: waiting }) : null}</p>
    </footer>
  );
}
