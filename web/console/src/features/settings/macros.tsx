// Macros and canned replies: what there is, how it fares, and a form for the steps that most of them have.
import type { MacroAction, MacroOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Empty, Field, MacroIcon, Skeleton, Switch } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { pathOf, useFiledCategories } from '../../state/filed';
import { useNameOf, useTeams } from '../../state/people';
import { tell } from '../../state/problems';
import { isViewer, useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { plainStatus, priorityName } from '../../words/names';
import { FormDialog } from './form';
import { NoPermission, PageTrouble, SettingsPage, Table } from './frame';
import { formOf, stepsOf, type MacroForm } from './macro-steps';

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
  const [isOpen, setOpen] = useState(false);
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
        <span dir="auto">{name}</span> {found.shortcut ? <code>{found.shortcut}</code> : null} {found.archived ? <Badge>{say('taxonomy.archived')}</Badge> : null}
      </td>
      <td data-head={say('macros.visibility')}>{found.visibility === 'all' ? say('macros.for_all') : found.visibility === 'team' ? (nameOf(found.team_id) ?? say('macros.for_team')) : say('macros.for_me')}</td>
      <td data-head={say('macros.used')}>{found.runs > 0 ? say('macros.runs', { count: found.runs }) : '–'} {share ? <span className="soft">{say('macros.reopened', { share })}</span> : null}</td>
      <td className="cell-actions">
        {mayEdit ? (
          <>
            <Button size="small" aria-label={say('macros.edit_of', { name })} onPress={() => setOpen(true)}>{say('edit')}</Button>
            <Button size="small" aria-label={found.archived ? say('macros.bring_back_of', { name }) : say('macros.archive_of', { name })} onPress={() => void archive()}>
              {found.archived ? say('macros.bring_back') : say('macros.archive')}
            </Button>
          </>
        ) : null}
        {isOpen ? <MacroDialog found={found} onClose={() => setOpen(false)} /> : null}
      </td>
    </tr>
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
            {form.texts.map(({ locale, text }, at) => (
              <div key={at} className="macro-text">
                <Field label={say('macros.locale')} value={locale} onChange={(next) => set({ texts: form.texts.with(at, { locale: next, text }) })} error={stepError(errors, `/texts/${at}/locale`)} />
                <Field label={say('macros.reply_in', { locale: locale || '…' })} help={say('macros.reply_help')} rows={4} value={text} onChange={(next) => set({ texts: form.texts.with(at, { locale, text: next }) })} error={stepError(errors, `/texts/${at}/text`)} />
              </div>
            ))}
            <Button size="small" onPress={() => set({ texts: [...form.texts, { locale: '', text: '' }] })}>{say('macros.add_locale')}</Button>
            <Field label={say('macros.note')} rows={2} value={form.note} onChange={(note) => set({ note })} error={form.note ? stepError(errors, '/text') : undefined} />
            <Choose label={say('macros.status')} value={form.status} onChange={(status) => set({ status })} choices={[stays, ...['open', 'in_progress', 'pending', 'resolved', 'closed'].map((id) => ({ id, label: plainStatus(id, say) }))]} />
            <Choose label={say('macros.priority')} value={form.priority} onChange={(priority) => set({ priority })} choices={[stays, ...['urgent', 'high', 'normal', 'low'].map((id) => ({ id, label: priorityName(id, say) }))]} />
            {categories.length > 0 ? <Choose label={say('macros.category')} value={form.category} onChange={(category) => set({ category })} choices={[stays, ...categories.map(({ id }) => ({ id, label: pathOf(categories, id) }))]} /> : null}
            <Field label={say('macros.add_tags')} help={say('macros.commas')} value={form.addTags} onChange={(addTags) => set({ addTags })} />
            <Field label={say('macros.remove_tags')} help={say('macros.commas')} value={form.removeTags} onChange={(removeTags) => set({ removeTags })} />
            <Switch label={say('macros.to_me')} isOn={form.isToMe} onChange={(isToMe) => set({ isToMe })} />
            {form.others.length > 0 ? <p className="soft">{say('macros.more', { count: form.others.length })}</p> : null}
          </>
        );
      }}
    />
  );
}
