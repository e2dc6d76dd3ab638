// What stands beside an article: related articles in their order, and the places of the host app where it helps.
// Rule: each change is sent at once and with the version it was made on, like every act on an article.
import type { ArticleOut } from '@mainstay/api';
import { AddIcon, Button, CloseIcon, Field, IconButton } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useWords } from '../../words';
import { readWords } from './words';
import type { Editing } from './editing';
import { ReadState } from './page';
import { ArticlePicker } from './picker';

interface BesideProps {
  article: ArticleOut;
  editing: Editing;
  mayWrite: boolean;
}

const MOST = 20;

export function Beside(props: BesideProps) {
  return (
    <>
      <Related {...props} />
      <Places key={props.article.contexts.join()} {...props} />
    </>
  );
}

function Related({ article, editing, mayWrite }: BesideProps) {
  const { say } = useWords();
  const [isPicking, setPicking] = useState(false);
  const read = useQuery({ queryKey: ['knowledge', 'related', article.id, article.version], queryFn: () => knowledge.related(article.id), placeholderData: (before) => before });
  const items = read.data?.items ?? [];
  const ids = items.map(({ id }) => id);
  const relate = (to: string[]) => void editing.run((held) => knowledge.relate(held, to));
  return (
    <section className="editor-beside" aria-labelledby="kb-related">
      <h2 id="kb-related" className="editor-side-title">{say('editor.related')}</h2>
      <ReadState read={read} lines={2} />
      {read.data && items.length === 0 ? <p className="soft">{say('editor.related_none')}</p> : null}
      {items.length > 0 ? (
        <ul className="beside-list" aria-label={say('editor.related')}>
          {items.map(({ id, title }) => (
            <li key={id} className="beside-item">
              <Link to="/knowledge/articles/$articleId" params={{ articleId: id }} dir="auto">{title}</Link>
              {mayWrite ? <IconButton size="small" label={say('editor.related_remove', { title })} isDisabled={editing.isBusy} onPress={() => relate(ids.filter((each) => each !== id))}><CloseIcon size={14} aria-hidden="true" /></IconButton> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {mayWrite && read.data && items.length < MOST ? <Button size="small" look="quiet" isDisabled={editing.isBusy} onPress={() => setPicking(true)}><AddIcon size={14} aria-hidden="true" /> {say('editor.related_add')}</Button> : null}
      {isPicking ? (
        <ArticlePicker title={say('editor.related_add')} except={[article.id, ...ids]} onClose={() => setPicking(false)} onPick={(_, id) => { setPicking(false); relate([...ids, id]); }} />
      ) : null}
    </section>
  );
}

function Places({ article, editing, mayWrite }: BesideProps) {
  const { say } = useWords();
  const held = article.contexts.join(', ');
  const [text, setText] = useState(held);
  const known = useQuery({ queryKey: ['knowledge', 'contexts'], queryFn: knowledge.contexts, enabled: mayWrite, staleTime: 60_000 });
  const names = [...new Set(readWords(text))];
  const others = (known.data?.items ?? []).filter(({ name }) => !names.includes(name)).slice(0, 8);
  if (!mayWrite) return held ? <section className="editor-beside"><h2 className="editor-side-title">{say('editor.places')}</h2><p>{held}</p></section> : null;
  return (
    <section className="editor-beside" aria-labelledby="kb-places">
      <h2 id="kb-places" className="editor-side-title">{say('editor.places')}</h2>
      <Field label={say('editor.places_names')} help={say('editor.places_help')} value={text} onChange={setText} error={names.length > MOST ? say('editor.places_many') : undefined} />
      {others.length > 0 ? (
        <p className="beside-known">
          {others.map(({ name }) => <Button key={name} size="small" look="quiet" onPress={() => setText([...names, name].join(', '))}><AddIcon size={14} aria-hidden="true" /> {name}</Button>)}
        </p>
      ) : null}
      {text === held ? null : <Button size="small" isDisabled={editing.isBusy || names.length > MOST} onPress={() => void editing.run((now) => knowledge.place(now, names))}>{say('editor.places_save')}</Button>}
    </section>
  );
}
