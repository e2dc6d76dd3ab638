// Sorting a ticket: its category, tags and custom fields in one dialog, by hand or because it lacks something to be resolved.
import type { ApiProblem, FiledCategory, TicketOut } from '@mainstay/api';
import { Choose, Field } from '@mainstay/ui';
import { useState } from 'react';
import { api, queries } from '../state/api';
import { pathOf, useFiledCategories, useFiledFields } from '../state/filed';
import { useStore } from '../state/live';
import { setSorting, useSorting, type Sorting } from '../state/sorting';
import { useWords } from '../words';
import { FieldInput } from './field-value';
import { FormDialog } from './form-dialog';

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
  const [category, setCategory] = useState(ticket.category_id ?? '');
  const [tags, setTags] = useState(ticket.tags.join(', '));
  const [values, setValues] = useState<Record<string, unknown>>(ticket.fields ?? {});
  const isMissing = (name: string) => sorting.missing.includes(name);
  const needed = (label: string, name: string) => (isMissing(name) ? say('sorting.needed', { label }) : label);
  const send = async () => {
    const before = ticket.fields ?? {};
    const changed = Object.fromEntries(fields.filter(({ key }) => (values[key] ?? null) !== (before[key] ?? null)).map(({ key }) => [key, values[key] ?? null]));
    const words = tags.split(',').map((tag) => tag.trim()).filter(Boolean);
    const body = {
      ...(category !== (ticket.category_id ?? '') ? { category_id: category || null } : {}),
      ...(words.join() !== ticket.tags.join() ? { tags: words } : {}),
      ...(Object.keys(changed).length > 0 ? { fields: changed } : {}),
    };
    if (Object.keys(body).length > 0) store.apply({ tickets: [await api.changeTicket(await api.ticket(ticket.id), body)] });
    for (const queryKey of [['timeline', ticket.id], ['triage', ticket.id]]) void queries.invalidateQueries({ queryKey });
    await sorting.again?.();
  };
  const errorOf = (problem: ApiProblem | null, name: string) => problem?.fieldError(name);
  return (
    <FormDialog
      title={say('sorting.title', { number: String(ticket.number) })}
      submit={sorting.again ? say('sorting.and_resolve') : say('save')}
      isOpen
      onClose={() => setSorting(null)}
      send={send}
      fields={(problem) => (
        <>
          {sorting.missing.length > 0 ? <p>{say('sorting.missing')}</p> : null}
          {categories.length > 0 ? <Choose label={needed(say('macros.category'), 'category_id')} value={category} onChange={setCategory} choices={[{ id: '', label: say('fields.none') }, ...categoryChoices(categories, ticket.category_id)]} /> : null}
          {fields.map((field) => (
            <FieldInput
              key={field.id}
              field={{ ...field, label: needed(field.label, `fields.${field.key}`) }}
              value={values[field.key]}
              onChange={(value) => setValues({ ...values, [field.key]: value })}
              error={errorOf(problem, `/fields/${field.key}`)}
            />
          ))}
          <Field label={say('sorting.tags')} help={say('macros.commas')} value={tags} onChange={setTags} error={errorOf(problem, '/tags')} />
        </>
      )}
    />
  );
}
