// Macros and canned replies: what there is, how it fares, and a form for the steps that most of them have.
import type { MacroAction, MacroOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, CloseIcon, Empty, Field, IconButton, MacroIcon, Skeleton, Switch, type Choice } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { FieldInput } from '../../parts/field-value';
import { TagsField } from '../../parts/tag-list';
import { pathOf, useFiledCategories, useFiledFields, useStatusNames } from '../../state/filed';
import { useNameOf, useTeams } from '../../state/people';
import { tell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { plainStatus, priorityName, statusName } from '../../words/names';
import { FormDialog } from './form';
import { NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { MacroTrialDialog } from './macro-trial';
import { formOf, statusKey, stepsOf, type MacroForm } from './macro-steps';

export function MacrosPage() {
  const { say } = useWords();
  const session = useSession();
  const read = useQuery({ queryKey: ['filing', 'macros', 'all'], queryFn: () => filing.macros(true) });
  const [isAdding, setAdding] = useState(false);
  if (isViewer(session)) return <NoPermission />;
  const add = <Button look="primary" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('macros.add')}</Button>;
  return (
    <SettingsPage title={say('macros.title')} text={say('macros.text')} action={add}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <Empty icon={<MacroIcon size={28} strokeWidth={1.5} />} title={say('macros.none')} text={say('macros.none_text')} /> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('macros.title')} heads={[say('macros.name'), say('macros.visibility'), say('macros.used'), '']}>
          {read.data.map((found) => <Row key={found.id} found={found} mayShare={session.rights.includes('settings:write')} />)}
        </Table>
      ) : null}
      {isAdding ? <MacroDialog found={null} onClose={() => setAdding(false)} /> : null}
    </SettingsPage>
  );
}

function Row({ found, mayShare }: { found: MacroOut; mayShare: boolean }) {
  const { say, locale } = useWords();
  const nameOf = useNameOf();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'try' | null>(null);
  const { name } = found;
  const mayEdit = mayShare || found.visibility === 'personal';
  const archive = () =>
    filing.changeMacro(found, { archived: !found.archived }).then(
      () => queries.invalidateQueries({ queryKey: ['filing', 'macros'] }),
      (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }),
    );
  const share = found.runs > 0 ? new Intl.NumberFormat(locale, { style: 'percent' }).format(found.reopened / found.runs) : null;
  return (
    <tr>
      <td data-head={say('macros.name')}>
        <span dir="auto">{name}</span> {found.shortcut ? <code>/{found.shortcut}</code> : null} {found.kind === 'reply' ? <Badge>{say('macros.reply')}</Badge> : null} {found.archived ? <Badge>{say('taxonomy.archived')}</Badge> : null}
      </td>
      <td data-head={say('macros.visibility')}>{found.visibility === 'all' ? say('macros.for_all') : found.visibility === 'team' ? (nameOf(found.team_id) ?? say('macros.for_team')) : say('macros.for_me')}</td>
      <td data-head={say('macros.used')}>{found.runs > 0 ? say('macros.runs', { count: found.runs }) : '–'} {share ? <span className="soft">{say('macros.reopened', { share })}</span> : null}</td>
      <td className="cell-actions">
        {found.archived ? null : <Button size="small" aria-label={say('macros.try_of', { name })} onPress={() => setOpen('try')}>{say('macros.try')}</Button>}
        {mayEdit ? (
          <>
            <Button size="small" aria-label={say('macros.edit_of', { name })} onPress={() => setOpen('edit')}>{say('edit')}</Button>
            <Button size="small" aria-label={found.archived ? say('macros.bring_back_of', { name }) : say('macros.archive_of', { name })} onPress={() => void archive()}>
              {found.archived ? say('macros.bring_back') : say('macros.archive')}
            </Button>
          </>
        ) : null}
        {open === 'edit' ? <MacroDialog found={found} onClose={() => setOpen(null)} /> : null}
        {open === 'try' ? <MacroTrialDialog found={found} onClose={() => setOpen(null)} /> : null}
      </td>
    </tr>
  );
}

/** Every status a ticket can have: the five, whom it waits for, and the workspace's own names. */
function useStatusChoices(): Choice[] {
  const { say } = useWords();
  const names = useStatusNames().filter((name) => !name.archived && !name.default);
  const waits = ['customer', 'third_party', 'internal'];
  const plain = ['open', 'in_progress', 'pending', 'resolved', 'closed'].flatMap((status) => {
    if (status !== 'pending') return [{ id: statusKey(status), label: plainStatus(status, say) }];
    return waits.map((waiting) => ({ id: statusKey(status, waiting), label: statusName({ status, waiting_on: waiting }, say) }));
  });
  return [...plain, { id: statusKey('pending'), label: plainStatus('pending', say) }, ...names.map(({ id, name, status }) => ({ id: statusKey(status, null, id), label: name }))];
}

/** The custom fields a macro sets: those it does, and one more to be chosen. */
function FieldsOfMacro({ values, onChange, errors }: { values: Record<string, unknown>; onChange: (values: Record<string, unknown>) => void; errors: { pointer: string; message: string }[] | undefined }) {
  const { say } = useWords();
  const fields = useFiledFields();
  const set = fields.filter(({ key }) => key in values);
  const others = fields.filter(({ key, archived }) => !archived && !(key in values));
  if (fields.length === 0) return null;
  const remove = (key: string) => onChange(Object.fromEntries(Object.entries(values).filter(([other]) => other !== key)));
  return (
    <>
      {set.map((field) => (
        <div key={field.id} className="macro-field">
          <FieldInput field={field} value={values[field.key]} onChange={(value) => onChange({ ...values, [field.key]: value })} error={stepError(errors, `/fields/${field.key}`)} />
          <IconButton label={say('macros.leave_field', { name: field.label })} onPress={() => remove(field.key)}><CloseIcon size={14} aria-hidden="true" /></IconButton>
        </div>
      ))}
      {others.length > 0 ? <Choose label={say('macros.set_field')} value="" onChange={(key) => key && onChange({ ...values, [key]: null })} choices={[{ id: '', label: say('macros.stays') }, ...others.map(({ key, label }) => ({ id: key, label }))]} /> : null}
    </>
  );
}

/** What is wrong with the steps, whichever step it is. */
function stepError(errors: { pointer: string; message: string }[] | undefined, ending: string): string | undefined {
  return errors?.find(({ pointer }) => pointer.startsWith('/actions') && pointer.endsWith(ending))?.message;
}

function MacroDialog({ found, onClose }: { found: MacroOut | null; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const session = useSession();
  const [teams, categories] = [useTeams(), useFiledCategories().filter((category) => !category.archived)];
  const mayShare = session.rights.includes('settings:write');
  const [form, setForm] = useState<MacroForm>(() => formOf(found));
  const set = (change: Partial<MacroForm>) => setForm({ ...form, ...change });
  const send = async () => {
    const actions: MacroAction[] = stepsOf(form);
    const body = { name: form.name, shortcut: form.shortcut.trim() || null, visibility: form.visibility, team_id: form.visibility === 'team' ? form.team || null : null, actions };
    const isReply = actions.length === 1 && actions[0]?.do === 'reply';
    await (found ? filing.changeMacro(found, body) : filing.addMacro({ ...body, kind: isReply ? 'reply' : 'macro' }));
    await queries.invalidateQueries({ queryKey: ['filing', 'macros'] });
  };
  const statuses = useStatusChoices();
  const stays = { id: '', label: say('macros.stays') };
  const seers = [{ id: 'personal', label: say('macros.for_me') }, ...(mayShare ? [{ id: 'team', label: say('macros.for_team') }, { id: 'all', label: say('macros.for_all') }] : [])];
  return (
    <FormDialog
      title={found ? say('macros.edit_of', { name: found.name }) : say('macros.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => {
        const errors = problem?.body.errors;
        return (
          <>
            <Field label={say('macros.name')} isRequired autoFocus value={form.name} onChange={(name) => set({ name })} error={problem?.fieldError('/name')} />
            <Field label={say('macros.shortcut')} help={say('macros.shortcut_help')} value={form.shortcut} onChange={(shortcut) => set({ shortcut })} error={problem?.fieldError('/shortcut')} />
            <Choose label={say('macros.visibility')} value={form.visibility} onChange={(visibility) => set({ visibility })} choices={seers} />
            {form.visibility === 'team' ? <Choose label={say('macros.team')} value={form.team} onChange={(team) => set({ team })} choices={teams.map(({ id, name }) => ({ id, label: name }))} /> : null}
            {form.texts.map(({ key, locale, text }, at) => (
              <div key={key} className="macro-text">
                <Field label={say('macros.locale')} value={locale} onChange={(next) => set({ texts: form.texts.with(at, { key, locale: next, text }) })} error={stepError(errors, `/texts/${at}/locale`)} />
                <Field label={say('macros.reply_in', { locale: locale || '…' })} help={say('macros.reply_help')} rows={4} value={text} onChange={(next) => set({ texts: form.texts.with(at, { key, locale, text: next }) })} error={stepError(errors, `/texts/${at}/text`)} />
              </div>
            ))}
            <Button size="small" onPress={() => set({ texts: [...form.texts, { key: form.texts.length, locale: '', text: '' }] })}>{say('macros.add_locale')}</Button>
            <Field label={say('macros.note')} rows={2} value={form.note} onChange={(note) => set({ note })} error={form.note ? stepError(errors, '/text') : undefined} />
            <Choose label={say('macros.status')} value={form.status} onChange={(status) => set({ status })} choices={[stays, ...statuses]} />
            <Choose label={say('macros.priority')} value={form.priority} onChange={(priority) => set({ priority })} choices={[stays, ...['urgent', 'high', 'normal', 'low'].map((id) => ({ id, label: priorityName(id, say) }))]} />
            {categories.length > 0 ? <Choose label={say('macros.category')} value={form.category} onChange={(category) => set({ category })} choices={[stays, ...categories.map(({ id }) => ({ id, label: pathOf(categories, id) }))]} /> : null}
            <TagsField label={say('macros.add_tags')} tags={form.addTags} onChange={(addTags) => set({ addTags })} />
            <TagsField label={say('macros.remove_tags')} tags={form.removeTags} onChange={(removeTags) => set({ removeTags })} />
            <Switch label={say('macros.to_me')} isOn={form.isToMe} onChange={(isToMe) => set({ isToMe })} />
            <FieldsOfMacro values={form.fields} onChange={(fields) => set({ fields })} errors={errors} />
            <Field label={say('macros.snooze')} help={say('macros.snooze_help')} inputMode="numeric" value={form.snooze} onChange={(snooze) => set({ snooze })} error={form.snooze ? stepError(errors, '/minutes') : undefined} />
            {form.others.length > 0 ? <p className="soft">{say('macros.more', { count: form.others.length })}</p> : null}
          </>
        );
      }}
    />
  );
}
