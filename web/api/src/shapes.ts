// The shapes that travel between server and browser, named as the contract names them.
// Rule: enums are open (`Known<…>`): a value the browser has never seen must render, not crash.

/** A closed list of names today, any string tomorrow. */
export type Known<T extends string> = T | (string & {});

export type Role = Known<'owner' | 'admin' | 'lead' | 'agent' | 'csm' | 'viewer'>;
export type Availability = Known<'online' | 'away' | 'offline'>;
export type Status = Known<'open' | 'pending' | 'in_progress' | 'resolved' | 'closed'>;
export type WaitingOn = Known<'customer' | 'third_party' | 'internal'>;
export type Priority = Known<'low' | 'normal' | 'high' | 'urgent'>;
export type MessageKind = Known<'reply' | 'note' | 'system'>;

/** One page of a list; `next` is the cursor for `after`, null at the end. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface MemberOut {
  id: string;
  name: string;
  email: string;
  role: Role;
  teams: string[];
  territories: string[];
  ticket_scope: Known<'all' | 'teams' | 'own'>;
  availability: Availability;
  active: boolean;
  created_at: string;
  version: number;
}

export interface SessionOut {
  member: MemberOut;
  workspace: { id: string; name: string };
  rights: string[];
  via: Known<'session' | 'token'>;
  expires_at: string | null;
}

export interface TeamOut {
  id: string;
  name: string;
  version: number;
}

export interface CompanyBrief {
  id: string;
  name: string;
  plan: string | null;
  tier: string | null;
}

export interface TicketOut {
  id: string;
  number: number;
  subject: string;
  status: Status;
  waiting_on: WaitingOn | null;
  /** The workspace's own name of the status. */
  status_id: string | null;
  status_name: string | null;
  status_colour: string | null;
  priority: Priority;
  type: Known<'question' | 'problem' | 'incident' | 'task'> | null;
  category_id: string | null;
  tags: string[];
  fields: Record<string, unknown>;
  channel: string;
  language: string | null;
  brand?: string | null;
  customer: { id: string; name: string | null; email: string | null };
  company: CompanyBrief | null;
  team_id: string | null;
  assignee_id: string | null;
  held_by: Known<'desk' | 'assistant'>;
  restricted: boolean;
  external_id: string | null;
  /** The closed ticket this one follows. */
  follows_id?: string | null;
  opened_at: string;
  first_response_at: string | null;
  resolved_at: string | null;
  closed_at: string | null;
  deleted_at: string | null;
  /** Until when it sleeps. */
  snoozed_until?: string | null;
  last_message_at: string | null;
  last_message_id: string | null;
  last_customer_message_id: string | null;
  preview: string | null;
  version: number;
}

export interface AttachmentOut {
  id: string;
  name: string;
  content_type: string;
  size: number;
  url: string;
}

export interface MessageOut {
  id: string;
  ticket_id: string;
  kind: MessageKind;
  direction: Known<'in' | 'out'>;
  author: { kind: Known<'member' | 'customer' | 'system' | 'visitor'>; id: string | null; name: string | null };
  body_format: string;
  body: string;
  html: string;
  attachments: AttachmentOut[];
  client_id: string | null;
  created_at: string;
}

export interface EventOut {
  seq?: number;
  cursor?: string | null;
  kind: string;
  version?: number;
  occurred_at: string;
  recorded_at?: string;
  origin?: string;
  actor: { kind: string; id?: string | null; name?: string | null } | null;
  via?: string;
  subject?: { kind: string; id: string };
  data: Record<string, unknown>;
}

export interface CountsOut {
  views: Record<string, number>;
  statuses: Record<string, number>;
  /** The place in the event log up to which they count. */
  as_of?: string;
}

/** A list's size as far as it was counted: `more` is shown as a plus. */
export interface TotalOut {
  count: number;
  more: boolean;
}

export interface UploadOut {
  id: string;
  name: string;
  content_type: string;
  size: number;
  sha256: string;
}

export interface SearchHit {
  ticket: TicketOut;
  snippet: string;
  score: number;
}

export interface FoundTickets extends Page<SearchHit> {
  /** The search ended before it was sure to have found all. */
  is_cut: boolean;
}

/** A customer whom a ticket concerns beside its own. */
export interface ParticipantOut {
  id: string;
  customer: TicketOut['customer'];
}

export interface CustomerOut {
  id: string;
  name: string | null;
  external_id: string | null;
  locale: string | null;
  zone: string | null;
  company: CompanyBrief | null;
  addresses: { id: string; kind: string; value: string; verified_at: string | null }[];
  attributes: Record<string, unknown>;
  is_visitor?: boolean;
  /** What a visitor typed; nobody has verified it. */
  claims?: { name: string | null; email: string | null } | null;
  created_at: string;
  version: number;
}

export interface TokenOut {
  id: string;
  name: string;
  kind: Known<'personal' | 'workspace'>;
  rights: string[];
  created_at?: string;
  last_used_at?: string | null;
  expires_at: string | null;
  /** Present once, in the answer that made it. */
  token?: string;
}

export interface WidgetKeyOut {
  id: string;
  name: string;
  key: string;
  allowed_origins: string[];
  version: number;
}

export interface IdentityKeyOut {
  id: string;
  algorithm: Known<'ed25519' | 'hs256'>;
  public_key?: string | null;
  created_at?: string;
  version?: number;
}

export interface LinkOut {
  id?: string;
  link: string;
  expires_at: string;
}

/* What a customer or visitor may see of their own tickets: no notes, no log numbers. */

export interface MeOut {
  customer: { id?: string | null; name?: string | null; email?: string | null; verified: boolean };
  workspace: { name: string };
}

export interface MyTicketOut {
  id: string;
  number: number;
  subject: string;
  status: Status;
  opened_at: string;
  last_message_at: string | null;
  preview: string | null;
  unread?: number | boolean | null;
}

export interface MyMessageOut {
  id: string;
  /** Another ticket than written to when that one was closed: a follow-up. */
  ticket_id: string;
  author: { kind: Known<'me' | 'agent' | 'system'>; name: string | null };
  html: string;
  text: string;
  attachments: AttachmentOut[];
  client_id: string | null;
  created_at: string;
}
