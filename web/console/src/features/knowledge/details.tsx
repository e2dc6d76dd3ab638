// What an article carries beside its words: where it belongs, whom it is for, its address.
import { AddIcon, Button, Choose, Field } from '@mainstay/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useMembers } from '../../state/people';
import { mayAdminister, useSession } from '../../state/session';
import { useWords } from '../../words';
import type { Editing } from './editing';
import { Ask } from './page';
import { useCategories } from './reading';
import { AUDIENCES, audienceName, VISIBILITIES, visibilityName } from './words';

export function Details({ editing, isSource }: { editing: Editing; isSource: boolean }) {
  const { say } = useWords();
  const { form, set, problem, article } = editing;
  return (
    <section className="editor-details">
      <h2 className="editor-side-title">{say('editor.details')}</h2>
      {isSource ? <Placing editing={editing} /> : null}
      <Field label={say('editor.slug')} help={article ? say('editor.slug_help') : say('editor.slug_made')} value={form.slug} onChange={(slug) => set({ slug })} error={problem?.fieldError('/slug')} />
      <Field label={say('editor.excerpt')} help={say('editor.excerpt_help')} rows={3} value={form.excerpt} onChange={(excerpt) => set({ excerpt })} error={problem?.fieldError('/excerpt')} />
      {article ? <Field label={say('editor.note')} help={say('editor.note_help')} value={form.note} onChange={(note) => set({ note })} error={problem?.fieldError('/note')} /> : null}
    </section>
  );
}

function Placing({ editing }: { editing: Editing }) {
  const { say } = useWords();
  const { form, set, article } = editing;
  const members = useMembers();
  const owners = [{ id: '', label: say('editor.nobody') }, ...members.map(({ id, name }) => ({ id, label: name }))];
  return (
    <>
      <CategoryChoice editing={editing} />
      <Field label={say('editor.tags')} help={say('editor.tags_help')} value={form.tags} onChange={(tags) => set({ tags })} error={editing.problem?.fieldError('/tags')} />
      <Choose label={say('knowledge.audience')} value={form.audience} onChange={(audience) => set({ audience })} choices={AUDIENCES.map((id) => ({ id, label: audienceName(id, say) }))} />
      <Choose label={say('knowledge.visibility')} value={form.visibility} onChange={(visibility) => set({ visibility })} choices={VISIBILITIES.map((id) => ({ id, label: visibilityName(id, say) }))} />
      {article ? <Choose label={say('editor.owner')} value={form.owner} onChange={(owner) => set({ owner })} choices={owners} /> : null}
      {article ? <Field label={say('editor.review_by')} help={say('editor.review_by_help')} type="date" value={form.review} onChange={(review) => set({ review })} error={editing.problem?.fieldError('/review_by')} /> : null}
    </>
  );
}

function CategoryChoice({ editing: { form, set } }: { editing: Editing }) {
  const { say } = useWords();
  const session = useSession();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [name, setName] = useState('');
  const categories = useCategories().filter((each) => !each.archived || each.id === form.category);
  const add = async () => {
    const made = await knowledge.addCategory(name);
    await queries.invalidateQueries({ queryKey: ['knowledge', 'categories'] });
    set({ category: made.id });
    setName('');
  };
  return (
    <div className="editor-category">
      <Choose label={say('knowledge.category')} value={form.category} onChange={(category) => set({ category })} choices={[{ id: '', label: say('editor.no_category') }, ...categories.map((each) => ({ id: each.id, label: each.name }))]} />
      {mayAdminister(session) ? <Button size="small" look="quiet" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('editor.new_category')}</Button> : null}
      {isAdding ? (
        <Ask title={say('editor.new_category')} submit={say('save')} onClose={() => setAdding(false)} send={add}>
          {(problem) => <Field label={say('tokens.name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />}
        </Ask>
      ) : null}
    </div>
  );
}
