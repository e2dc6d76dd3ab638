// Narrowing a list to a tag: a button that offers the tags, and a line that says which one it is and how many tickets.
// Rule: the address holds the tag, so that a narrowed list can be kept and shared.
import { slugQuery, type ListSlug } from '@mainstay/live';
import { ChoiceMenu, CloseIcon, IconButton, TagIcon } from '@mainstay/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../state/api';
import { useWords } from '../../words';

export function TagFilter({ tag, onNarrow }: { tag: string; onNarrow: (tag: string) => void }) {
  const { say } = useWords();
  const [isOpen, setOpen] = useState(false);
  const read = useQuery({ queryKey: ['tags'], queryFn: api.tags, enabled: isOpen, staleTime: 60_000 });
  const names = (read.data ?? []).map(({ name }) => name).sort((one, other) => one.localeCompare(other));
  return (
    <ChoiceMenu
      trigger={<IconButton label={say('list.by_tag')} aria-pressed={tag !== ''}><TagIcon size={16} /></IconButton>}
      label={say('list.by_tag')}
      search={say('list.find_tag')}
      nothing={read.isPending ? say('list.loading_tags') : say('list.no_tag')}
      groups={[{ choices: names.map((name) => ({ id: name, label: name })) }]}
      onChoose={onNarrow}
      isOpen={isOpen}
      onOpenChange={setOpen}
    />
  );
}

export function TagLine({ slug, tag, onClear }: { slug: ListSlug; tag: string; onClear: () => void }) {
  const { say, count } = useWords();
  const { sort, ...query } = slugQuery(slug);
  // Of what is due only those with a running promise are shown, which is not counted.
  const total = useQuery({ queryKey: ['total', slug], queryFn: () => api.total(query), staleTime: 10_000, enabled: !sort });
  const number = total.data ? `${count(total.data.count)}${total.data.more ? '+' : ''}` : '';
  return (
    <p className="list-narrowed">
      <TagIcon size={12} aria-hidden="true" />
      <span className="list-narrowed-name" dir="auto">{tag}</span>
      <span className="number" role="status" aria-label={number ? say('list.total', { number }) : undefined}>{number}</span>
      <IconButton label={say('list.all_tags')} size="small" onPress={onClear}><CloseIcon size={13} /></IconButton>
    </p>
  );
}
