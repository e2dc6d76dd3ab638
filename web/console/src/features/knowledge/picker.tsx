// Choosing another article: drafts by title, published ones by what they say.
import { Button, Dialog, DialogActions, Field } from '@mainstay/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useWords } from '../../words';
import { ReadState } from './page';
import { useArticles } from './reading';

interface PickerProps {
  title: string;
  except: readonly string[];
  onClose: () => void;
  onPick: (title: string, id: string) => void;
}

export function ArticlePicker({ title, except, onClose, onPick }: PickerProps) {
  const { say } = useWords();
  const [q, setQ] = useState('');
  const { read, items } = useChoices(q, except);
  const first = items[0];
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Field label={say('picker.search')} autoFocus value={q} onChange={setQ} onKeyDown={(event) => { if (event.key === 'Enter' && first) { event.preventDefault(); onPick(first.title, first.id); } }} />
      <ReadState read={read} lines={3} />
      {!read.isPending && items.length === 0 ? <p className="soft" role="status">{say('picker.nothing')}</p> : null}
      <ul className="picker" aria-label={say('articles.title')}>
        {items.map((each) => (
          <li key={each.id}><Button look="quiet" onPress={() => onPick(each.title, each.id)}><span dir="auto">{each.title}</span></Button></li>
        ))}
      </ul>
      <DialogActions><Button onPress={onClose}>{say('cancel')}</Button></DialogActions>
    </Dialog>
  );
}

const MOST = 8;

/** The newest articles by title, then what search finds, each once. */
function useChoices(q: string, except: readonly string[]) {
  const read = useArticles({});
  const words = q.trim().toLowerCase();
  const found = useQuery({
    queryKey: ['knowledge', 'found', words],
    queryFn: ({ signal }) => knowledge.find({ q: words, limit: MOST }, signal),
    enabled: words !== '',
    placeholderData: keepPreviousData,
  });
  const byTitle = (read.data ?? []).filter(({ title }) => title.toLowerCase().includes(words));
  const all = new Map([...byTitle, ...(words ? (found.data?.items ?? []) : [])].map((each) => [each.id, each]));
  for (const id of except) all.delete(id);
  return { read, items: [...all.values()].slice(0, MOST) };
}
