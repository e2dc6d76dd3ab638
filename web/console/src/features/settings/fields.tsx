// Custom fields: what the workspace notes about tickets in its own words, with a key that rules and replies use.
import type { FieldOut } from '@mainstay/api';
import { AddIcon, Badge, Button, Choose, Field, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { filing } from '../../state/api';
import { tell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords, type Key } from '../../words';
import { FormDialog } from './form';
import { Block, PageTrouble, Table } from './frame';

const TYPES = ['text', 'number', 'boolean', 'date', 'select', 'multi_select'];

export function CustomFields() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['filing', 'fields'], queryFn: filing.fields });
  const [open, setOpen] = useState<FieldOut | 'new' | null>(null);
  const add = <Button size="small" onPress={() => setOpen('new')}><AddIcon size={14} aria-hidden="true" /> {say('fields.add')}</Button>;
  return (
    <Block title={say('fields.title')} text={say('fields.text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <p className="soft">{say('fields.empty')}</p> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('fields.title')} heads={[say('fields.label'), say('fields.key'), say('fields.type'), '']}>
          {read.data.map((field) => <Row key={field.id} field={field} onEdit={() => setOpen(field)} />)}
        </Table>
      ) : null}
      {open ? <FieldDialog field={open === 'new' ? null : open} onClose={() => setOpen(null)} /> : null}
    </Block>
  );
}

function Row({ field, onEdit }: { field: FieldOut; onEdit: () => void }) {
  const { say, has } = useWords();
  const queries = useQueryClient();
  const { label: name, archived } = field;
  const archive = () =>
    filing.changeField(field, { archived: !archived }).then(
      () => queries.invalidateQueries({ queryKey: ['filing', 'fields'] }),
      (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }),
    );
  const options = field.options.filter((option) => !option.archived).map(({ label }) => label).join(', ');
  const kind = `fields.type_${field.type}`;
  return (
    <tr>
      <td data-head={say('fields.label')}><span dir="auto">{name}</span> {archived ? <Badge>{say('taxonomy.archived')}</Badge> : null}</td>
      <td data-head={say('fields.key')}><code>{field.key}</code></td>
      <td data-head={say('fields.type')}>{has(kind) ? say(kind as Key) : field.type}{options ? <span className="soft" dir="auto"> {options}</span> : null}</td>
      <td className="cell-actions">
        <Button size="small" aria-label={say('taxonomy.edit_of', { name })} onPress={onEdit}>{say('edit')}</Button>
        <Button size="small" aria-label={say(archived ? 'taxonomy.bring_back_of' : 'taxonomy.archive_of', { name })} onPress={() => void archive()}>{say(archived ? 'taxonomy.bring_back' : 'taxonomy.archive')}</Button>
      </td>
    </tr>
  );
}

/** A key out of a label: small letters, digits and underscores, beginning with a letter. */
export function keyOf(label: string): string {
  const plain = label.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 60);
}

function FieldDialog({ field, onClose }: { field: FieldOut | null; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [form, setForm] = useState({
    label: field?.label ?? '', key: field?.key ?? '', type: String(field?.type ?? 'text'),
    options: field?.options.filter((option) => !option.archived).map(({ label }) => label).join('\n') ?? '',
  });
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const takesOptions = form.type === 'select' || form.type === 'multi_select';
  const key = form.key || keyOf(form.label);
  const send = async () => {
    const labels = form.options.split('\n').map((line) => line.trim()).filter(Boolean);
    if (field) {
      const idOf = (label: string) => field.options.find((option) => option.label === label)?.id;
      await filing.changeField(field, { label: form.label, ...(takesOptions ? { options: labels.map((label) => ({ label, ...(idOf(label) ? { id: idOf(label) as string } : {}) })) } : {}) });
    } else await filing.addField({ label: form.label, key, type: form.type, options: takesOptions ? labels : [] });
    await queries.invalidateQueries({ queryKey: ['filing', 'fields'] });
  };
  return (
    <FormDialog
      title={field ? say('taxonomy.edit_of', { name: field.label }) : say('fields.add')}
      submit={say('save')}
      isOpen
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('fields.label')} isRequired autoFocus value={form.label} onChange={set('label')} error={problem?.fieldError('/label')} />
          {field ? null : (
            <>
              <Field label={say('fields.key')} help={say('fields.key_help', { key: key || 'order_no' })} isCode value={form.key} placeholder={keyOf(form.label)} onChange={set('key')} error={problem?.fieldError('/key')} />
              <Choose label={say('fields.type')} help={say('fields.type_help')} value={form.type} onChange={set('type')} choices={TYPES.map((id) => ({ id, label: say(`fields.type_${id}` as Key) }))} />
            </>
          )}
          {takesOptions ? <Field label={say('fields.options')} help={say('fields.options_help')} isRequired rows={4} value={form.options} onChange={set('options')} error={problem?.fieldError('/options')} /> : null}
        </>
      )}
    />
  );
}
