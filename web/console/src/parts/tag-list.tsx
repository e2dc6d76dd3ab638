// The tags of a ticket as a list: each with what removes it, and a field for one more. A comma belongs to a tag.
import { AddIcon, Button, CloseIcon, Field, IconButton } from '@mainstay/ui';
import { useState } from 'react';
import { useWords } from '../words';
import { withTag } from './sorted';
import './tag-list.css';

interface Props {
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
  /** What stands in the field and is no tag yet; whoever saves takes it along. */
  typed: string;
  onTyped: (typed: string) => void;
  error?: string | undefined;
  /** What the tags are for; those of a ticket when absent. */
  label?: string;
}

export function TagList({ tags, onChange, typed, onTyped, error, label }: Props) {
  const { say } = useWords();
  const name = label ?? say('sorting.tags');
  const add = () => {
    onTyped('');
    onChange(withTag(tags, typed));
  };
  return (
    <div className="field" role="group" aria-label={name}>
      <span className="field-label">{name}</span>
      {tags.length > 0 ? (
        <ul className="tag-list">
          {tags.map((tag) => (
            <li key={tag} className="badge">
              <span dir="auto">{tag}</span>
              <IconButton label={say('sorting.drop_tag', { name: tag })} size="small" onPress={() => onChange(tags.filter((one) => one !== tag))}><CloseIcon size={12} aria-hidden="true" /></IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="tag-more">
        <Field
          label={say('sorting.more_tag')}
          help={say('sorting.more_tag_help')}
          value={typed}
          onChange={onTyped}
          error={error}
          onKeyDown={(event) => {
            // Enter adds the tag instead of sending the form; without one it sends as everywhere.
            if (event.key !== 'Enter' || event.nativeEvent.isComposing || typed.trim() === '') return event.continuePropagation();
            event.preventDefault();
            add();
          }}
        />
        <Button size="small" isDisabled={typed.trim() === ''} onPress={add}><AddIcon size={14} aria-hidden="true" /> {say('sorting.add_tag')}</Button>
      </div>
    </div>
  );
}

/** The same for a form that keeps tags alone: what is typed and not added yet is the last of them. */
export function TagsField({ label, tags, onChange }: { label: string; tags: readonly string[]; onChange: (tags: string[]) => void }) {
  const [typed, setTyped] = useState('');
  const [isLast, setLast] = useState(false);
  const kept = isLast && tags.at(-1) === typed.trim() ? tags.slice(0, -1) : tags;
  const keep = (next: readonly string[]) => onChange([...withTag(next, typed)]);
  const type = (text: string) => {
    const all = withTag(kept, text);
    setTyped(text);
    setLast(all.length > kept.length);
    onChange([...all]);
  };
  return <TagList label={label} tags={kept} onChange={keep} typed={typed} onTyped={type} />;
}
