// The shapes of order at the desk: categories, names of statuses, what resolving asks for, macros, spam.
import type { Known, Priority, Status, TicketOut, WaitingOn } from './shapes';

export interface FiledCategory {
  id: string;
  name: string;
  parent_id: string | null;
  owner_id: string | null;
  synonyms: string[];
  place: number;
  other: boolean;
  archived: boolean;
  replaced_by: string | null;
  required_field_ids: string[];
  version: number;
}

export interface FiledCategoryIn {
  name: string;
  parent_id: string | null;
  owner_id: string | null;
  synonyms: string[];
  place?: number;
  other: boolean;
  required_field_ids: string[];
  archived?: boolean;
}

export interface CoverageOut {
  from: string;
  to: string;
  tickets: number;
  without_category: number;
  without_share: number;
  other: number;
  other_share: number;
  categories: { category_id: string; tickets: number }[];
}

export type StatusColour = Known<'neutral' | 'accent' | 'good' | 'warning' | 'danger'>;

export interface StatusNameOut {
  id: string;
  status: Status;
  name: string;
  place: number;
  colour: StatusColour;
  default: boolean;
  archived: boolean;
  version: number;
}

export interface ResolvingRuleOut {
  category_required: boolean;
  required_field_ids: string[];
  version: number;
}

export type FieldType = Known<'text' | 'number' | 'boolean' | 'date' | 'select' | 'multi_select'>;

export interface FieldOut {
  id: string;
  key: string;
  label: string;
  type: FieldType;
  options: { id: string; label: string; archived: boolean }[];
  archived: boolean;
  version: number;
}

export interface FieldIn {
  key: string;
  label: string;
  type: FieldType;
  options: string[];
}

export interface FieldChange {
  label?: string;
  archived?: boolean;
  /** With an id one that is there, without one a new one; those left out are archived. */
  options?: { id?: string; label: string }[];
}

export type MacroAction =
  | { do: 'reply'; texts: { locale: string; text: string }[] }
  | { do: 'note'; text: string }
  | { do: 'set_status'; status: Status; waiting_on?: WaitingOn | null; status_id?: string | null }
  | { do: 'set_priority'; priority: Priority }
  | { do: 'set_category'; category_id: string }
  | { do: 'set_fields'; fields: Record<string, unknown> }
  | { do: 'add_tags' | 'remove_tags'; tags: string[] }
  | { do: 'assign'; team_id?: string | null; assignee_id?: string | null; to_me?: boolean }
  | { do: 'unassign' }
  | { do: 'snooze'; minutes: number };

export interface MacroIn {
  kind?: 'macro' | 'reply';
  name: string;
  shortcut: string | null;
  visibility: Known<'all' | 'team' | 'personal'>;
  team_id: string | null;
  actions: MacroAction[];
  archived?: boolean;
}

export interface MacroOut extends Required<Omit<MacroIn, 'kind'>> {
  id: string;
  kind: Known<'macro' | 'reply'>;
  owner_id: string | null;
  runs: number;
  reopened: number;
  last_run_at: string | null;
  version: number;
}

export interface PreviewText {
  text: string;
  locale: string | null;
  missing: string[];
}

export interface MacroPreview {
  macro_id: string;
  version: number;
  ticket_version: number;
  last_message_id: string;
  reply: PreviewText | null;
  note: PreviewText | null;
  changes: { field: string; before: string | null; after: string | null }[];
}

export interface MacroRunIn {
  macro_id: string;
  version?: number;
  ticket_version?: number;
  reply?: string;
  last_seen_message_id?: string | null;
  client_id?: string;
  attachments?: string[];
}

export interface MacroRunOut {
  macro_id: string;
  version: number;
  ticket: TicketOut;
}

export interface HeldOut {
  id: string;
  number: number;
  cause: string;
  score: number | null;
  channel: string;
  customer_id: string;
  address: string | null;
  network: string | null;
  subject: string;
  body: string;
  attachments: number;
  /** Which files came with it; null in lists. */
  files: { name: string; content_type: string; size: number }[] | null;
  received_at: string;
  purge_at: string;
}

export interface HeldCounts {
  total: number;
  causes: { cause: string; count: number }[];
}

export interface SpamSettingsOut {
  on: boolean;
  per_hour: number;
  threshold: number;
  spam_learned: number;
  fine_learned: number;
  version: number;
}

export interface SpamTrialIn {
  ticket_id?: string;
  subject?: string | null;
  body?: string;
  address?: string | null;
}

export interface SpamTrialOut {
  held: boolean;
  cause: string | null;
  score: number | null;
  threshold: number;
  on: boolean;
  known: boolean;
  rule: SenderRuleOut | null;
}

export interface SenderRuleIn {
  kind: Known<'address' | 'domain' | 'network' | 'visitor'>;
  value: string;
  blocked: boolean;
  reason?: string | null;
  until?: string | null;
}

export interface SenderRuleOut extends Required<SenderRuleIn> {
  id: string;
  author_id: string | null;
  hits: number;
  last_hit_at: string | null;
  created_at: string;
}
