// Every call the console makes, by noun. One line each: path, method, shape.
// Rule: no state and no interpretation here; a caller gets the shape or an `ApiProblem`.
import type { Client, Send } from './client';
import type {
  CountsOut, CustomerOut, EventOut, FoundTickets, IdentityKeyOut, LinkOut, MemberOut, MessageOut, Page, ParticipantOut, SessionOut,
  Status, TeamOut, TicketOut, TokenOut, TotalOut, UploadOut, WaitingOn, WidgetKeyOut,
} from './shapes';

const V1 = '/api/v1';
const ALL = 100;
/** Tickets that a search finds at most. */
export const SEARCH_LIMIT = 30;

export interface TicketQuery {
  status?: string;
  view?: string;
  team?: string;
  assignee?: string;
  customer?: string;
  /** The name of a tag. */
  tag?: string;
  sort?: 'opened' | 'due';
  limit?: number;
  after?: string | null;
}

export interface NewMessage {
  kind: 'reply' | 'note';
  body: string;
  body_format?: 'text' | 'markdown';
  last_seen_message_id?: string;
  client_id?: string;
  attachments?: string[];
}

export interface NewTicket {
  subject: string;
  body: string;
  requester: { email?: string; name?: string; customer_id?: string };
  priority?: string;
  channel?: string;
}

/** Headers of an upload: the type of the file, and its name percent-encoded. */
export function uploadHeaders(file: File): Record<string, string> {
  return { 'content-type': file.type || 'application/octet-stream', 'x-filename': encodeURIComponent(file.name) };
}

/** All pages of a short list (members, teams, keys), at most `most` items. */
export async function everyPage<T>(read: (after: string | null) => Promise<Page<T>>, most = 2_000): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await read(after);
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < most);
  return items;
}

function sessionCalls(c: Client) {
  return {
    session: () => c.get<SessionOut>(`${V1}/session`),
    signIn: (body: { email: string; password: string; workspace_id?: string }) => c.post<SessionOut>(`${V1}/session`, body),
    signOut: () => c.delete(`${V1}/session`),
    acceptInvitation: (body: { token: string; password: string; name?: string }) =>
      c.post<SessionOut>(`${V1}/invitations/accept`, body),
    resetPassword: (body: { token: string; password: string }) => c.post<void>(`${V1}/password-resets`, body),
  };
}

function memberCalls(c: Client) {
  return {
    members: () => everyPage((after) => c.get<Page<MemberOut>>(`${V1}/members`, { query: { limit: ALL, after } })),
    teams: () => everyPage((after) => c.get<Page<TeamOut>>(`${V1}/teams`, { query: { limit: ALL, after } })),
    addTeam: (name: string) => c.post<TeamOut>(`${V1}/teams`, { name }),
    invite: (body: { email: string; name: string; role: string; teams?: string[] }) => c.post<LinkOut>(`${V1}/invitations`, body),
    resetLink: (id: string) => c.post<LinkOut>(`${V1}/members/${id}/password-reset`),
    changeMember: (member: MemberOut, body: Partial<MemberOut>) =>
      c.patch<MemberOut>(`${V1}/members/${member.id}`, body, { version: member.version }),
    setAvailability: (availability: string) => c.put<MemberOut>(`${V1}/members/me/availability`, { availability }),
  };
}

function keyCalls(c: Client) {
  return {
    tokens: () => everyPage((after) => c.get<Page<TokenOut>>(`${V1}/tokens`, { query: { limit: ALL, after } })),
    addToken: (body: { name: string; kind: string; rights: string[]; expires_in_days?: number }) =>
      c.post<TokenOut>(`${V1}/tokens`, body),
    revokeToken: (id: string) => c.delete(`${V1}/tokens/${id}`),
    widgetKeys: () => everyPage((after) => c.get<Page<WidgetKeyOut>>(`${V1}/widget-keys`, { query: { limit: ALL, after } })),
    addWidgetKey: (body: { name: string; allowed_origins: string[] }) => c.post<WidgetKeyOut>(`${V1}/widget-keys`, body),
    changeWidgetKey: (key: WidgetKeyOut, body: { name?: string; allowed_origins?: string[] }) =>
      c.patch<WidgetKeyOut>(`${V1}/widget-keys/${key.id}`, body, { version: key.version }),
    removeWidgetKey: (key: WidgetKeyOut) => c.delete(`${V1}/widget-keys/${key.id}`, { version: key.version }),
    identityKeys: () =>
      everyPage((after) => c.get<Page<IdentityKeyOut>>(`${V1}/identity-keys`, { query: { limit: ALL, after } })),
    addIdentityKey: (body: { algorithm: string; public_key?: string; secret?: string }) =>
      c.post<IdentityKeyOut>(`${V1}/identity-keys`, body),
    removeIdentityKey: (id: string) => c.delete(`${V1}/identity-keys/${id}`),
  };
}

function ticketCalls(c: Client) {
  const at = (id: string) => `${V1}/tickets/${id}`;
  return {
    tickets: (query: TicketQuery, send: Send = {}) => c.get<Page<TicketOut>>(`${V1}/tickets`, { ...send, query: { ...query } }),
    counts: () => c.get<CountsOut>(`${V1}/tickets/counts`),
    total: (query: Omit<TicketQuery, 'limit' | 'after'>) => c.get<TotalOut>(`${V1}/tickets/total`, { query: { ...query } }),
    ticket: (id: string) => c.get<TicketOut>(at(id)),
    openTicket: (body: NewTicket, idempotencyKey: string) => c.post<TicketOut>(`${V1}/tickets`, body, { idempotencyKey }),
    changeTicket: (ticket: TicketOut, body: Partial<TicketOut>) =>
      c.patch<TicketOut>(at(ticket.id), body, { version: ticket.version }),
    deleteTicket: (ticket: TicketOut) => c.delete(at(ticket.id), { version: ticket.version }),
    restoreTicket: (id: string) => c.post<TicketOut>(`${at(id)}/restoration`),
    setStatus: (ticket: TicketOut, status: Status, waitingOn: WaitingOn | null, statusId: string | null = null) =>
      c.put<TicketOut>(`${at(ticket.id)}/status`, { status, ...(waitingOn ? { waiting_on: waitingOn } : {}), ...(statusId ? { status_id: statusId } : {}) }, { version: ticket.version }),
    assign: (ticket: TicketOut, body: { assignee_id?: string | null; team_id?: string | null }) =>
      c.put<TicketOut>(`${at(ticket.id)}/assignment`, body, { version: ticket.version }),
    unassign: (ticket: TicketOut) => c.delete<TicketOut>(`${at(ticket.id)}/assignment`, { version: ticket.version }),
    search: (q: string, after?: string | null, signal?: AbortSignal) =>
      c.get<FoundTickets>(`${V1}/search/tickets`, { query: { q, limit: SEARCH_LIMIT, after }, signal }),
    participants: (id: string) => c.get<Page<ParticipantOut>>(`${at(id)}/participants`),
    addParticipant: (id: string, who: { email: string; name?: string }) => c.post<ParticipantOut>(`${at(id)}/participants`, who),
    removeParticipant: (id: string, participant: string) => c.delete(`${at(id)}/participants/${participant}`),
    tags: () => everyPage((after) => c.get<Page<{ id: string; name: string }>>(`${V1}/tags`, { query: { limit: ALL, after } })),
  };
}

function conversationCalls(c: Client) {
  const at = (id: string) => `${V1}/tickets/${id}`;
  return {
    messages: (id: string, after: string | null) =>
      c.get<Page<MessageOut>>(`${at(id)}/messages`, { query: { limit: ALL, after } }),
    send: (id: string, message: NewMessage) => c.post<MessageOut>(`${at(id)}/messages`, message, { timeoutMs: 30_000 }),
    timeline: (id: string) =>
      everyPage((after) => c.get<Page<EventOut>>(`${at(id)}/timeline`, { query: { limit: ALL, after } }), 500),
    customer: (id: string) => c.get<CustomerOut>(`${V1}/customers/${id}`),
    upload: (file: File, signal?: AbortSignal) =>
      c.request<UploadOut>('POST', `${V1}/uploads`, { raw: file, headers: uploadHeaders(file), timeoutMs: 120_000, signal }),
  };
}

/** The whole console side of the API over one client. */
export function consoleApi(client: Client) {
  return {
    client,
    ...sessionCalls(client),
    ...memberCalls(client),
    ...keyCalls(client),
    ...ticketCalls(client),
    ...conversationCalls(client),
  };
}

export type ConsoleApi = ReturnType<typeof consoleApi>;
