// Every call a customer or visitor makes, by the widget. Shapes here have no field for notes.
// Rule: tokens travel in headers only; this module never writes one into an address.
import { uploadHeaders } from './calls';
import type { Client } from './client';
import type { MeOut, MyMessageOut, MyTicketOut, Page, UploadOut } from './shapes';

const ME = '/api/v1/me';
const HELP = '/api/v1/help';

export interface Ask {
  subject?: string;
  body: string;
  client_id: string;
  attachments?: string[];
  name?: string;
  email?: string;
}

/** A live article in a list. */
export interface HelpItemOut {
  id: string;
  external_id: string | null;
  title: string;
  excerpt: string;
  locale: string;
  path: string;
}

/** A live article with its words as safe HTML. */
export interface HelpArticleOut {
  article: HelpItemOut;
  html: string;
  updated_at: string;
  locales: string[];
}

/** Whether the desk is open; nothing is said when no hours are promised. */
export interface DeskOpeningOut {
  is_open: boolean | null;
  opens_at: string | null;
  closes_at: string | null;
}

export interface MyReply {
  body: string;
  client_id: string;
  attachments?: string[];
}

/** The customer's side of the API over one client. */
export function meApi(client: Client) {
  return {
    client,
    newDevice: () => client.post<{ token: string }>(`${ME}/device`),
    me: () => client.get<MeOut>(ME),
    claim: (body: { name?: string; email?: string }) => client.patch<MeOut>(ME, body),
    opening: () => client.get<DeskOpeningOut>(`${ME}/opening`),
    tickets: (after: string | null) => client.get<Page<MyTicketOut>>(`${ME}/tickets`, { query: { limit: 30, after } }),
    ask: (body: Ask) => client.post<MyTicketOut>(`${ME}/tickets`, body, { timeoutMs: 30_000 }),
    ticket: (id: string) => client.get<MyTicketOut>(`${ME}/tickets/${id}`),
    messages: (id: string, after: string | null) =>
      client.get<Page<MyMessageOut>>(`${ME}/tickets/${id}/messages`, { query: { limit: 100, after } }),
    reply: (id: string, body: MyReply) =>
      client.post<MyMessageOut>(`${ME}/tickets/${id}/messages`, body, { timeoutMs: 30_000 }),
    help: (context: string, locale: string) => client.get<Page<HelpItemOut>>(`${HELP}/context/${encodeURIComponent(context)}`, { query: { locale } }),
    article: (id: string, locale: string) => client.get<HelpArticleOut>(`${HELP}/articles/${id}`, { query: { locale } }),
    vote: (id: string, helpful: boolean, locale: string) => client.post<void>(`${HELP}/articles/${id}/votes`, { helpful, locale }),
    upload: (file: File) =>
      client.request<UploadOut>('POST', `${ME}/uploads`, { raw: file, headers: uploadHeaders(file), timeoutMs: 120_000 }),
  };
}

export type MeApi = ReturnType<typeof meApi>;
