// Two people changed one article: field by field, so that neither undoes what the other did elsewhere.
import type { Form } from './drafts';

/** Ours where we changed something, theirs everywhere else. */
export function merged(ours: Form, base: Form, theirs: Form): Form {
  const fields = (Object.keys(ours) as (keyof Form)[]).map((field) => [field, ours[field] === base[field] ? theirs[field] : ours[field]]);
  return Object.fromEntries(fields) as Form;
}
