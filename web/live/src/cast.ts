// The small cast of the tests: tickets and messages with what a test does not care about filled in.
import type { MessageOut, TicketOut } from '@mainstay/api/shapes';

export function ticket(id: string, change: Partial<TicketOut> = {}): TicketOut {
  return {
    id, number: 1, subject: 'Invoice', status: 'open', waiting_on: null, status_id: null, status_name: null, status_colour: null, priority: 'normal', type: null, category_id: null, tags: [], fields: {},
    channel: 'widget', language: null, customer: { id: 'cus_1', name: 'Hannah', email: null }, company: null, team_id: null, assignee_id: null,
    held_by: 'desk', restricted: false, external_id: null, opened_at: '2026-01-01T00:00:00.000000Z', first_response_at: null, resolved_at: null,
    closed_at: null, deleted_at: null, last_message_at: null, last_message_id: null, last_customer_message_id: null, preview: null, version: 1,
    ...change,
  };
}

export function message(id: string, at: string, change: Partial<MessageOut> = {}): MessageOut {
  return {
    id, ticket_id: 'tkt_1', kind: 'reply', direction: 'in', author: { kind: 'customer', id: 'cus_1', name: 'Hannah' }, body_format: 'text', body: id,
    html: `<p>${id}</p>`, attachments: [], client_id: null, created_at: at, ...change,
  };
}

/** A time on the first of January, by minute. */
export function at(minute: number): string {
  return `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z`;
}
