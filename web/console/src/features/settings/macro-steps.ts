// A macro's steps as a form, and back. Steps that the form has no place for are kept as they are.
import type { MacroAction, MacroOut } from '@mainstay/api';

/** A text on the form; the key tells it from others while its language is being typed. */
export interface FormText {
  key: number;
  locale: string;
  text: string;
}

export interface MacroForm {
  name: string;
  shortcut: string;
  visibility: string;
  team: string;
  texts: FormText[];
  note: string;
  /** `status/whom it waits for/name of its own`; empty when it stays. */
  status: string;
  priority: string;
  category: string;
  addTags: string[];
  removeTags: string[];
  isToMe: boolean;
  /** Values of custom fields by key; null empties one. */
  fields: Record<string, unknown>;
  /** Minutes, as typed. */
  snooze: string;
  others: MacroAction[];
}

const EMPTY: MacroForm = {
  name: '', shortcut: '', visibility: 'personal', team: '', texts: [{ key: 0, locale: 'en', text: '' }], note: '', status: '', priority: '', category: '',
  addTags: [], removeTags: [], isToMe: false, fields: {}, snooze: '', others: [],
};

/** The form of a macro. */
export function formOf(found: MacroOut | null): MacroForm {
  if (!found) return EMPTY;
  const form: MacroForm = { ...EMPTY, name: found.name, shortcut: found.shortcut ?? '', visibility: found.visibility, team: found.team_id ?? '', others: [] };
  for (const step of found.actions) place(form, step);
  return form;
}

function place(form: MacroForm, step: MacroAction): void {
  if (step.do === 'reply') form.texts = step.texts.map((text, key) => ({ key, ...text }));
  else if (step.do === 'note') form.note = step.text;
  else if (step.do === 'set_status' && !form.status) form.status = statusKey(step.status, step.waiting_on, step.status_id);
  else if (step.do === 'set_fields') form.fields = { ...form.fields, ...step.fields };
  else if (step.do === 'snooze' && !form.snooze) form.snooze = String(step.minutes);
  else if (step.do === 'set_priority') form.priority = step.priority;
  else if (step.do === 'set_category') form.category = step.category_id;
  else if (step.do === 'add_tags' && form.addTags.length === 0) form.addTags = step.tags;
  else if (step.do === 'remove_tags' && form.removeTags.length === 0) form.removeTags = step.tags;
  else if (step.do === 'assign' && step.to_me && !step.team_id) form.isToMe = true;
  else form.others.push(step);
}

/** A status as one word of a choice, and back. */
export function statusKey(status: string, waitingOn?: string | null, nameId?: string | null): string {
  return `${status}/${waitingOn ?? ''}/${nameId ?? ''}`;
}

function statusStep(key: string): MacroAction {
  const [status = '', waitingOn = '', nameId = ''] = key.split('/');
  return { do: 'set_status', status, ...(waitingOn ? { waiting_on: waitingOn } : {}), ...(nameId ? { status_id: nameId } : {}) };
}

/** The steps of a form: what sorts the ticket first, then the words, the status last, so that resolving finds what it asks for. */
export function stepsOf(form: MacroForm): MacroAction[] {
  const steps: MacroAction[] = [];
  const [added, removed] = [form.addTags, form.removeTags];
  if (form.category) steps.push({ do: 'set_category', category_id: form.category });
  if (form.priority) steps.push({ do: 'set_priority', priority: form.priority });
  if (added.length > 0) steps.push({ do: 'add_tags', tags: added });
  if (removed.length > 0) steps.push({ do: 'remove_tags', tags: removed });
  if (form.isToMe) steps.push({ do: 'assign', to_me: true });
  if (Object.keys(form.fields).length > 0) steps.push({ do: 'set_fields', fields: form.fields });
  steps.push(...form.others);
  const texts = form.texts.filter(({ text }) => text.trim()).map(({ locale, text }) => ({ locale, text }));
  if (texts.length > 0) steps.push({ do: 'reply', texts });
  if (form.note.trim()) steps.push({ do: 'note', text: form.note });
  if (form.status) steps.push(statusStep(form.status));
  if (form.snooze.trim()) steps.push({ do: 'snooze', minutes: Number(form.snooze) });
  return steps;
}
