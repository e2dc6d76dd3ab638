// The tags of a ticket as a list: each with what removes it, and a field for one more. A comma belongs to a tag.
import { AddIcon, Button, CloseIcon, Field, IconButton } from '@mainstay/ui';
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
}

export function TagList({ tags, onChange, typed, onTyped, error }: Props) {
  const { say } = useWords();
  const add = () => {
    onChange(withTag(tags, typed));
    onTyped('');
  };
  return (
    <div className="field" role="group" aria-label={say('sorting.tags')}>
      <span className="field-label">{say('sorting.tags')}</span>
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
