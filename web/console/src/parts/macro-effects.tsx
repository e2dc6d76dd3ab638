// What a macro would do to a ticket, in words: its texts with what is missing marked, and each change before and after.
import type { MacroPreview } from '@mainstay/api';
import { useNameOf } from '../state/people';
import { useWords, type Say } from '../words';
import { plainStatus, priorityName, waitingName } from '../words/names';

/** A variable that has no value here. */
const OPEN = /\{\{[^{}]*\}\}/g;

/** The variables that have no value. */
export function missingOf(preview: MacroPreview): string[] {
  return [...(preview.reply?.missing ?? []), ...(preview.note?.missing ?? [])];
}

export function MacroEffects({ preview }: { preview: MacroPreview }) {
  const { say } = useWords();
  const show = useShown(say);
  const missing = missingOf(preview);
  return (
    <>
      {preview.reply ? <Words kind="reply" text={preview.reply.text} /> : null}
      {preview.note ? <Words kind="note" text={preview.note.text} /> : null}
      {missing.length > 0 ? <p className="composer-missing" role="alert">{say('macros.missing', { names: missing.join(', ') })}</p> : null}
      {preview.changes.length > 0 ? (
        <ul>
          {preview.changes.map(({ field, before, after }) => (
            <li key={field} dir="auto">{say('macros.change', { field: fieldName(field, say), before: show(field, before), after: show(field, after) })}</li>
          ))}
        </ul>
      ) : (
        <p className="soft">{say('macros.nothing_changes')}</p>
      )}
    </>
  );
}

/** A text with what is missing marked. */
function Words({ kind, text }: { kind: 'reply' | 'note'; text: string }) {
  const { say } = useWords();
  const open: string[] = text.match(OPEN) ?? [];
  let place = 0;
  const parts = (open.length === 0 ? [text] : text.split(/(\{\{[^{}]*\}\})/)).map((part) => ({ part, place: (place += part.length + 1) }));
  return (
    <section aria-label={kind === 'reply' ? say('macros.reply') : say('macros.note')} className="macro-words" data-kind={kind} dir="auto">
      {parts.map(({ part, place: key }) => (open.includes(part) ? <mark key={key}>{part}</mark> : <span key={key}>{part}</span>))}
    </section>
  );
}

function fieldName(field: string, say: Say): string {
  switch (field) {
    case 'status':
      return say('ticket.status');
    case 'waiting_on':
      return say('macros.waiting_on');
    case 'status_name':
      return say('macros.status_name');
    case 'priority':
      return say('ticket.priority');
    case 'category':
      return say('macros.category');
    case 'team':
      return say('macros.team');
    case 'assignee':
      return say('ticket.assign');
    case 'snoozed_until':
      return say('macros.snoozed');
    default:
      return field.replace(/^field\./, '');
  }
}

/** A value in words: names for ids, words for enums. */
function useShown(say: Say): (field: string, value: string | null) => string {
  const nameOf = useNameOf();
  const { exact } = useWords();
  return (field, value) => {
    if (!value) return '–';
    if (field === 'status') return plainStatus(value, say);
    if (field === 'waiting_on') return waitingName(value, say);
    if (field === 'priority') return priorityName(value, say);
    if (field === 'snoozed_until') return exact(value);
    return field === 'team' || field === 'assignee' ? (nameOf(value) ?? value) : value;
  };
}
