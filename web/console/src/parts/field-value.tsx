// A value of a custom field: typed in by the kind of its field, and shown in words.
import type { FieldOut } from '@mainstay/api';
import { CheckList, Choose, Field } from '@mainstay/ui';
import { useWords, type Say } from '../words';

interface Props {
  field: FieldOut;
  /** What it is; null or absent for nothing. */
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string | undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

export function FieldInput({ field, value, onChange, error }: Props) {
  const { say } = useWords();
  const none = { id: '', label: say('fields.none') };
  const options = field.options.filter((option) => !option.archived);
  const idOf = (chosen: unknown) => options.find((option) => option.id === chosen || option.label === chosen)?.id ?? '';
  switch (field.type) {
    case 'boolean':
      return <Choose label={field.label} value={value === true ? 'yes' : value === false ? 'no' : ''} onChange={(word) => onChange(word === '' ? null : word === 'yes')} choices={[none, { id: 'yes', label: say('fields.yes') }, { id: 'no', label: say('fields.no') }]} />;
    case 'select':
      return <Choose label={field.label} value={idOf(value)} onChange={(id) => onChange(id || null)} choices={[none, ...options]} />;
    case 'multi_select': {
      const chosen = Array.isArray(value) ? value.map(idOf) : [];
      const labels = options.filter(({ id }) => chosen.includes(id)).map(({ label }) => label);
      return <CheckList label={field.label} choices={options.map(({ label }) => label)} chosen={labels} onChange={(next) => onChange(next.length > 0 ? options.filter(({ label }) => next.includes(label)).map(({ id }) => id) : null)} />;
    }
    case 'number':
      return <Field label={field.label} type="number" value={textOf(value)} onChange={(text) => onChange(text.trim() === '' ? null : Number(text))} error={error} />;
    case 'date':
      return <Field label={field.label} type="date" value={textOf(value).slice(0, 10)} onChange={(text) => onChange(text || null)} error={error} />;
    default:
      return <Field label={field.label} value={textOf(value)} onChange={(text) => onChange(text === '' ? null : text)} error={error} />;
  }
}

/** A value in words: labels for options, yes and no, a day as a day. */
export function shownFieldValue(field: FieldOut | undefined, value: unknown, say: Say): string {
  const label = (id: unknown) => field?.options.find((option) => option.id === id)?.label ?? String(id);
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return say(value ? 'fields.yes' : 'fields.no');
  if (Array.isArray(value)) return value.map(label).join(', ');
  if (field?.type === 'date' && typeof value === 'string') return value.slice(0, 10);
  return typeof value === 'object' ? JSON.stringify(value) : label(value);
}
