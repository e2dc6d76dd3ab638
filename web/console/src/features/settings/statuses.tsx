// The workspace's own names of statuses.
import type { StatusNameOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Field, Skeleton, StatusMark, Switch } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { useWords } from '../../words';
import { plainStatus } from '../../words/names';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';

const STATUSES = ['open', 'in_progress', 'pending', 'resolved', 'closed'];
const COLOURS = ['neutral', 'accent', 'good', 'warning', 'danger'] as const;

export function StatusNames() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['filing', 'statuses'], queryFn: filing.statuses });
  const [open, setOpen] = useState<StatusNameOut | 'new' | null>(null);
  const add = <Button size="small" onPress={() => setOpen('new')}><AddIcon size={14} aria-hidden="true" /> {say('statuses.add')}</Button>;
  return (
    <Block title={say('statuses.title')} text={say('statuses.text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <p className="soft">{say('statuses.none')}</p> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('statuses.title')} heads={[say('statuses.name'), say('statuses.status'), '']}>
          {read.data.map((name) => (
            <tr key={name.id}>
              <td data-head={say('statuses.name')}>
                <span className="status-dot" data-colour={name.colour} aria-hidden="true" /> <span dir="auto">{name.name}</span>{' '}
                {name.default ? <Badge>{say('statuses.is_default')}</Badge> : null} {name.archived ? <Badge>{say('taxonomy.archived')}</Badge> : null}
              </td>
              <td data-head={say('statuses.status')}><StatusMark status={name.status} label="" /> {plainStatus(name.status, say)}</td>
              <td className="cell-actions">
                <Button size="small" aria-label={say('statuses.edit_of', { name: name.name })} onPress={() => setOpen(name)}>{say('edit')}</Button>
              </td>
            </tr>
          ))}
        </Table>
      ) : null}
      {open ? <NameDialog name={open === 'new' ? null : open} onClose={() => setOpen(null)} /> : null}
    </Block>
  );
}

function NameDialog({ name, onClose }: { name: StatusNameOut | null; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [form, setForm] = useState({ name: name?.name ?? '', status: String(name?.status ?? 'pending'), colour: String(name?.colour ?? 'neutral'), isDefault: name?.default ?? false, archived: name?.archived ?? false });
  const send = async () => {
    const body = { name: form.name, colour: form.colour, default: form.isDefault };
    await (name ? filing.changeStatus(name, { ...body, archived: form.archived }) : filing.addStatus({ ...body, status: form.status }));
    await queries.invalidateQueries({ queryKey: ['filing', 'statuses'] });
  };
  return (
    <FormDialog
      title={name ? say('statuses.edit_of', { name: name.name }) : say('statuses.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('statuses.name')} isRequired autoFocus value={form.name} onChange={(value) => setForm({ ...form, name: value })} error={problem?.fieldError('/name')} />
          {name ? null : <Choose label={say('statuses.status')} value={form.status} onChange={(status) => setForm({ ...form, status })} choices={STATUSES.map((id) => ({ id, label: plainStatus(id, say) }))} />}
          <Choose label={say('statuses.colour')} value={form.colour} onChange={(colour) => setForm({ ...form, colour })} choices={COLOURS.map((id) => ({ id, label: say(`colour.${id}`) }))} />
          <Switch label={say('statuses.default')} isOn={form.isDefault} onChange={(isDefault) => setForm({ ...form, isDefault })} />
          {name ? <Switch label={say('statuses.archived')} isOn={form.archived} onChange={(archived) => setForm({ ...form, archived })} /> : null}
        </>
      )}
    />
  );
}
