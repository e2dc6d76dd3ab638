// Sorting a ticket: its category, tags and custom fields in one dialog, by hand or because it lacks something to be resolved.
import type { ApiProblem, FiledCategory, TicketOut } from '@mainstay/api';
import { Button, Choose, Trouble } from '@mainstay/ui';
import { useState } from 'react';
import { api, queries } from '../state/api';
import { pathOf, useFiledCategories, useFiledFields } from '../state/filed';
import { useStore } from '../state/live';
import { useTell } from '../state/problems';
import { setSorting, useSorting, type Sorting } from '../state/sorting';
import { useWords } from '../words';
import { FieldInput } from './field-value';
import { FormDialog } from './form-dialog';
import { changeOf, isStale, rebased, sendChange, sortedOf, withTag, type Sorted } from './sorted';
import { TagList } from './tag-list';

/** The dialog while there is something to sort; drawn once, beside the conversation. */
export function SortingDialog({ ticket }: { ticket: TicketOut }) {
  const sorting = useSorting();
  if (!sorting || sorting.ticketId !== ticket.id) return null;
  return <OpenDialog key={ticket.id} ticket={ticket} sorting={sorting} />;
}

/** The categories of the tree that can be chosen, each with what it stands below. */
export function categoryChoices(categories: readonly FiledCategory[], current: string | null) {
  return categories.filter((one) => !one.archived || one.id === current).map(({ id }) => ({ id, label: pathOf(categories, id) }));
}

function OpenDialog({ ticket, sorting }: { ticket: TicketOut; sorting: Sorting }) {
  const { say } = useWords();
  const store = useStore();
  const [categories, fields] = [useFiledCategories(), useFiledFields().filter((field) => !field.archived)];
  // The ticket lives on behind the dialog; what was changed is told against this copy and written with its version.
  const [opened, setOpened] = useState(ticket);
  const [sorted, setSorted] = useState(() => sortedOf(ticket));
  const [typed, setTyped] = useState('');
  const set = (part: Partial<Sorted>) => setSorted((before) => ({ ...before, ...part }));
  const isMissing = (name: string) => sorting.missing.includes(name);
  const needed = (label: string, name: string) => (isMissing(name) ? say('sorting.needed', { label }) : label);
  const send = async () => {
    const change = changeOf(opened, { ...sorted, tags: withTag(sorted.tags, typed) });
    if (Object.keys(change).length > 0) {
      const saved = await sendChange(api, opened, change);
      store.apply({ tickets: [saved] });
      // What comes after may be refused: then the dialog stands on what was saved.
      setOpened(saved);
      setSorted(sortedOf(saved));
      setTyped('');
    }
    for (const queryKey of [['timeline', ticket.id], ['triage', ticket.id]]) void queries.invalidateQueries({ queryKey });
    await sorting.again?.();
  };
  const reread = async () => {
    const fresh = await api.ticket(ticket.id);
    store.apply({ tickets: [fresh] });
    setSorted(rebased(opened, fresh, sorted));
    setOpened(fresh);
  };
  const trouble = (problem: ApiProblem, forget: () => void) => (isStale(problem) ? <Stale onReread={() => reread().then(forget)} /> : null);
  const errorOf = (problem: ApiProblem | null, name: string) => problem?.fieldError(name);
  return (
    <FormDialog
      title={say('sorting.title', { number: String(ticket.number) })}
      submit={sorting.again ? say('sorting.and_resolve') : say('save')}
      isOpen
      onClose={() => setSorting(null)}
      send={send}
      trouble={trouble}
      fields={(problem) => (
        <>
          {sorting.missing.length > 0 ? <p>{say('sorting.missing')}</p> : null}
          {categories.length > 0 ? <Choose label={needed(say('macros.category'), 'category_id')} value={sorted.category} onChange={(category) => set({ category })} choices={[{ id: '', label: say('fields.none') }, ...categoryChoices(categories, opened.category_id)]} /> : null}
          {fields.map((field) => (
            <FieldInput
              key={field.id}
              field={{ ...field, label: needed(field.label, `fields.${field.key}`) }}
              value={sorted.values[field.key]}
              onChange={(value) => set({ values: { ...sorted.values, [field.key]: value } })}
              error={errorOf(problem, `/fields/${field.key}`)}
            />
          ))}
          <TagList tags={sorted.tags} onChange={(tags) => set({ tags })} typed={typed} onTyped={setTyped} error={tagError(problem)} />
        </>
      )}
    />
  );
}

/** The sentence about the tags, whichever of them it is about. */
function tagError(problem: ApiProblem | null): string | undefined {
  return problem?.body.errors?.find(({ pointer }) => pointer === '/tags' || pointer.startsWith('/tags/'))?.message;
}

/** Somebody sorted the same ticket meanwhile: nothing was saved, and what they did can be seen before going on. */
function Stale({ onReread }: { onReread: () => Promise<unknown> }) {
  const { say } = useWords();
  const tell = useTell();
  const [failure, setFailure] = useState<unknown>(null);
  const action = <Button size="small" onPress={() => void onReread().catch(setFailure)}>{say('sorting.reread')}</Button>;
  return <Trouble title={say('sorting.stale')} text={failure ? tell(failure).text : say('sorting.stale_text')} action={action} />;
}
