// Somebody saved first: who, what they wrote, and the two ways on. Ours is never lost by looking.
import { Button } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { knowledge } from '../../state/api';
import { useNameOf } from '../../state/people';
import { useWords } from '../../words';
import type { Crossing, Editing } from './editing';

export function CrossingNotice({ editing, crossing }: { editing: Editing; crossing: Crossing }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const { article, text } = crossing;
  const newest = useQuery({ queryKey: ['knowledge', 'newest', article.id, article.version], queryFn: () => knowledge.versions(article.id, editing.locale, null) });
  const isNewText = text !== null && text.version.number !== editing.text?.version.number;
  const author = isNewText ? newest.data?.items[0]?.author_id : null;
  return (
    <div className="notice notice-crossing" role="alert">
      <p className="notice-title">{say('conflict.by', { name: nameOf(author) ?? say('event.somebody') })}</p>
      <p>{say('conflict.text')}</p>
      {text && isNewText ? (
        <details>
          <summary>{say('conflict.theirs')}</summary>
          <p className="notice-title" dir="auto">{text.version.title}</p>
          <pre className="notice-text" dir="auto">{text.body}</pre>
        </details>
      ) : null}
      <div className="notice-acts">
        <Button look="primary" size="small" onPress={() => editing.goOn(true)}>{say('guard.keep')}</Button>
        <Button size="small" onPress={() => editing.goOn(false)}>{say('conflict.take')}</Button>
      </div>
    </div>
  );
}
