// The taxonomy: the tree of categories, how much of it is used, what resolving asks for, and names of statuses.
import type { FiledCategory, ResolvingRuleOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Empty, Field, Skeleton, Switch, TaxonomyIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { pathOf } from '../../state/filed';
import { useMembers, useNameOf } from '../../state/people';
import { tell } from '../../state/problems';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block, NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { CustomFields } from './fields';
import { StatusNames } from './statuses';
import { readList } from './typed';

export function TaxonomyPage() {
  const { say } = useWords();
  if (!useSession().rights.includes('settings:write')) return <NoPermission />;
  return (
    <SettingsPage title={say('taxonomy.title')} text={say('taxonomy.text')}>
      <Categories />
      <Coverage />
      <CustomFields />
      <Resolving />
      <StatusNames />
    </SettingsPage>
  );
}

/** Parents before their children, each in the workspace's order. */
export function inTree(categories: readonly FiledCategory[], parent: string | null = null, level = 0): { category: FiledCategory; level: number }[] {
  return categories.flatMap((category) => (category.parent_id === parent ? [{ category, level }, ...inTree(categories, category.id, level + 1)] : []));
}

function Categories() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['filing', 'categories'], queryFn: filing.categories });
  const [isAdding, setAdding] = useState(false);
  const add = <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('taxonomy.add')}</Button>;
  return (
    <Block title={say('taxonomy.categories')} text={say('taxonomy.categories_text')} action={add}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <Empty icon={<TaxonomyIcon size={28} strokeWidth={1.5} />} title={say('taxonomy.none')} text={say('taxonomy.none_text')} /> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('taxonomy.categories')} heads={[say('taxonomy.name'), say('taxonomy.owner'), '']}>
          {inTree(read.data).map(({ category, level }) => <Row key={category.id} category={category} level={level} all={read.data} />)}
        </Table>
      ) : null}
      {isAdding ? <CategoryDialog category={null} all={read.data ?? []} onClose={() => setAdding(false)} /> : null}
    </Block>
  );
}

function Row({ category, level, all }: { category: FiledCategory; level: number; all: FiledCategory[] }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'replace' | 'delete' | null>(null);
  const { name } = category;
  const reread = () => queries.invalidateQueries({ queryKey: ['filing'] });
  const archive = (archived: boolean) =>
    filing.changeCategory(category, { archived }).then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  return (
    <tr>
      <td data-head={say('taxonomy.name')}>
        <div className="tree-name" data-level={level}>
          <span dir="auto">{name}</span>{' '}
          {category.other ? <Badge>{say('taxonomy.other')}</Badge> : null}{' '}
          {category.archived ? <Badge>{category.replaced_by ? say('taxonomy.replaced', { name: pathOf(all, category.replaced_by) }) : say('taxonomy.archived')}</Badge> : null}
          {category.synonyms.length > 0 ? <span className="soft" dir="auto"> {category.synonyms.join(', ')}</span> : null}
        </div>
      </td>
      <td data-head={say('taxonomy.owner')}>{nameOf(category.owner_id) ?? '–'}</td>
      <td className="cell-actions">
        <Button size="small" aria-label={say('taxonomy.edit_of', { name })} onPress={() => setOpen('edit')}>{say('edit')}</Button>
        {category.archived ? (
          <Button size="small" aria-label={say('taxonomy.bring_back_of', { name })} onPress={() => void archive(false)}>{say('taxonomy.bring_back')}</Button>
        ) : (
          <>
            <Button size="small" aria-label={say('taxonomy.replace_of', { name })} onPress={() => setOpen('replace')}>{say('taxonomy.replace')}</Button>
            <Button size="small" aria-label={say('taxonomy.archive_of', { name })} onPress={() => void archive(true)}>{say('taxonomy.archive')}</Button>
          </>
        )}
        <Button size="small" aria-label={say('taxonomy.delete_of', { name })} onPress={() => setOpen('delete')}>{say('taxonomy.delete')}</Button>
        {open === 'edit' ? <CategoryDialog category={category} all={all} onClose={() => setOpen(null)} /> : null}
        {open === 'replace' ? <ReplaceDialog category={category} all={all} onClose={() => setOpen(null)} /> : null}
        <FormDialog
          title={say('taxonomy.delete_of', { name })}
          submit={say('taxonomy.delete')}
          look="danger"
          isOpen={open === 'delete'}
          onClose={() => setOpen(null)}
          send={() => filing.removeCategory(category).then(reread)}
          fields={() => <p>{say('taxonomy.delete_text')}</p>}
        />
      </td>
    </tr>
  );
}

function ReplaceDialog({ category, all, onClose }: { category: FiledCategory; all: FiledCategory[]; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const choices = inTree(all).map((each) => each.category).filter((each) => !each.archived && each.id !== category.id).map(({ id }) => ({ id, label: pathOf(all, id) }));
  const [by, setBy] = useState(choices[0]?.id ?? '');
  const send = async () => {
    await filing.replaceCategory(category, by);
    await queries.invalidateQueries({ queryKey: ['filing'] });
  };
  return (
    <FormDialog
      title={say('taxonomy.replace_of', { name: category.name })}
      submit={say('taxonomy.replace')}
      isOpen
      onClose={onClose}
      send={send}
      fields={() => (
        <>
          <p>{say('taxonomy.replace_text')}</p>
          <Choose label={say('taxonomy.replace_by')} value={by} onChange={setBy} choices={choices} />
        </>
      )}
    />
  );
}

function CategoryDialog({ category, all, onClose }: { category: FiledCategory | null; all: FiledCategory[]; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const members = useMembers().filter((member) => member.active);
  const [form, setForm] = useState({
    name: category?.name ?? '', parent: category?.parent_id ?? '', owner: category?.owner_id ?? '', synonyms: category?.synonyms.join(', ') ?? '',
    place: category ? String(category.place) : '', other: category?.other ?? false, needs: category?.required_field_ids ?? [],
  });
  const set = (field: 'name' | 'parent' | 'owner' | 'synonyms' | 'place') => (value: string) => setForm({ ...form, [field]: value });
  const send = async () => {
    const body = {
      name: form.name, parent_id: form.parent || null, owner_id: form.owner || null, synonyms: readList(form.synonyms), other: form.other,
      required_field_ids: form.needs, ...(form.place.trim() ? { place: Number(form.place) } : {}),
    };
    // A parent is named only when it changes: a move holds up other moves.
    const { parent_id: parent, ...rest } = body;
    const isMoved = parent !== (category?.parent_id ?? null);
    await (category ? filing.changeCategory(category, isMoved ? body : rest) : filing.addCategory(body));
    await queries.invalidateQueries({ queryKey: ['filing'] });
  };
  const parents = inTree(all).filter((each) => each.level < 2 && each.category.id !== category?.id).map((each) => ({ id: each.category.id, label: pathOf(all, each.category.id) }));
  return (
    <FormDialog
      title={category ? say('taxonomy.edit_of', { name: category.name }) : say('taxonomy.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('taxonomy.name')} isRequired autoFocus value={form.name} onChange={set('name')} error={problem?.fieldError('/name')} />
          <Choose label={say('taxonomy.parent')} value={form.parent} onChange={set('parent')} choices={[{ id: '', label: say('taxonomy.top') }, ...parents]} />
          <Choose label={say('taxonomy.owner')} value={form.owner} onChange={set('owner')} choices={[{ id: '', label: say('taxonomy.nobody') }, ...members.map(({ id, name }) => ({ id, label: name }))]} />
          <Field label={say('taxonomy.synonyms')} help={say('taxonomy.synonyms_help')} value={form.synonyms} onChange={set('synonyms')} error={problem?.fieldError('/synonyms')} />
          <Field label={say('taxonomy.place')} inputMode="numeric" value={form.place} onChange={set('place')} error={problem?.fieldError('/place')} />
          <Switch label={say('taxonomy.other')} isOn={form.other} onChange={(other) => setForm({ ...form, other })} />
          <NeededFields label={say('taxonomy.needs')} chosen={form.needs} onChange={(needs) => setForm({ ...form, needs })} />
        </>
      )}
    />
  );
}

/** Custom fields to be chosen, one switch each. */
function NeededFields({ label, chosen, onChange }: { label: string; chosen: string[]; onChange: (chosen: string[]) => void }) {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['filing', 'fields'], queryFn: filing.fields });
  const fields = read.data?.filter((field) => !field.archived) ?? [];
  return (
    <fieldset className="needs">
      <legend className="field-label">{label}</legend>
      {read.data && fields.length === 0 ? <p className="soft">{say('taxonomy.no_fields')}</p> : null}
      {fields.map(({ id, label: name }) => (
        <Switch key={id} label={name} isOn={chosen.includes(id)} onChange={(isOn) => onChange(isOn ? [...chosen, id] : chosen.filter((other) => other !== id))} />
      ))}
    </fieldset>
  );
}

function Coverage() {
  const { say, locale } = useWords();
  const read = useQuery({ queryKey: ['filing', 'coverage'], queryFn: filing.coverage });
  const share = (value: number) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value);
  return (
    <Block title={say('taxonomy.coverage')}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.tickets === 0 ? <p className="soft">{say('taxonomy.coverage_none')}</p> : null}
      {read.data && read.data.tickets > 0 ? (
        <>
          <p>{say('taxonomy.coverage_without', { share: share(read.data.without_share), tickets: read.data.tickets })}</p>
          <p>
            {say('taxonomy.coverage_other', { share: share(read.data.other_share) })} {read.data.other_share > 0.1 ? <strong>{say('taxonomy.coverage_high')}</strong> : null}
          </p>
        </>
      ) : null}
    </Block>
  );
}

function Resolving() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['filing', 'resolving'], queryFn: filing.resolvingRule });
  return (
    <Block title={say('taxonomy.resolving')} text={say('taxonomy.resolving_text')}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? <ResolvingSwitches rule={read.data} /> : null}
    </Block>
  );
}

function ResolvingSwitches({ rule }: { rule: ResolvingRuleOut }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const set = (change: Partial<ResolvingRuleOut>) =>
    filing.setResolvingRule({ ...rule, ...change }).then(
      (next) => queries.setQueryData(['filing', 'resolving'], next),
      (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }),
    );
  return (
    <div className="prefs">
      <Switch label={say('taxonomy.needs_category')} isOn={rule.category_required} onChange={(category_required) => void set({ category_required })} />
      <NeededFields label={say('taxonomy.needs')} chosen={rule.required_field_ids} onChange={(required_field_ids) => void set({ required_field_ids })} />
    </div>
  );
}
