// The send guard: the customer wrote while a reply was being typed. Shows what they wrote; nothing goes out unasked.
import { Button, safeText } from '@mainstay/ui';
import { useWords } from '../../words';
import type { Draft } from './drafts';

export function NewerMessages(props: { draft: Draft; name: string; onSend: () => void; onKeep: () => void }) {
  const { draft, name, onSend, onKeep } = props;
  const { say, clock } = useWords();
  if (draft.newer.length === 0) return null;
  return (
    <div className="newer" role="alert">
      <p className="newer-title">{say('guard.title', { name, count: draft.newer.length })}</p>
      <ul>
        {draft.newer.map((message) => (
          <li key={message.id} className="newer-message">
            <time className="number" dateTime={message.created_at}>{clock(message.created_at)}</time>
            <span dir="auto">{safeText(message.html).slice(0, 600)}</span>
          </li>
        ))}
      </ul>
      <div className="newer-actions">
        <Button size="small" onPress={onKeep}>{say('guard.keep')}</Button>
        <Button size="small" look="primary" onPress={onSend}>{say('guard.send')}</Button>
      </div>
    </div>
  );
}
