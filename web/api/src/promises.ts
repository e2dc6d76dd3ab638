// Every call of calendars, policies, clocks and what-if runs. One line each, like `calls.ts`.
import { everyPage } from './calls';
import type { Client } from './client';
import type {
  CalendarDefinition, CalendarHoliday, CalendarOut, OpeningOut, ReappliedOut, SimulationOut, SimulationQuestion, SimulationSummaryOut, SlaPolicyOut, SlaPromise, TicketClocksOut, TicketDueOut,
} from './promise-shapes';
import type { Page } from './shapes';

const V1 = '/api/v1';
const ALL = 100;

export function promiseApi(c: Client) {
  const policies = `${V1}/sla/policies`;
  return {
    calendars: () => everyPage((after) => c.get<Page<CalendarOut>>(`${V1}/calendars`, { query: { limit: ALL, after } })),
    addCalendar: (name: string, definition: CalendarDefinition) => c.post<CalendarOut>(`${V1}/calendars`, { name, definition }),
    changeCalendar: (calendar: CalendarOut, name: string, definition: CalendarDefinition) =>
      c.patch<CalendarOut>(`${V1}/calendars/${calendar.id}`, { name, definition }, { version: calendar.version }),
    opening: (id: string) => c.get<OpeningOut>(`${V1}/calendars/${id}/opening`),
    readHolidays: async (text: string) => (await c.post<Page<CalendarHoliday>>(`${V1}/calendars/holidays`, { text })).items,
    policies: async () => (await c.get<Page<SlaPolicyOut>>(policies)).items,
    addPolicy: (name: string, promise: SlaPromise) => c.post<SlaPolicyOut>(policies, { name, promise }),
    changePolicy: (policy: SlaPolicyOut, body: { name?: string; promise?: SlaPromise; is_active?: boolean }) =>
      c.patch<SlaPolicyOut>(`${policies}/${policy.id}`, body, { version: policy.version }),
    orderPolicies: (ids: string[]) => c.put<Page<SlaPolicyOut>>(`${V1}/sla/order`, { ids }),
    template: () => c.get<SlaPromise>(`${V1}/sla/template`),
    tryPolicy: (policyId: string | null, promise: SlaPromise, ticketId: string | null) =>
      c.post<TicketClocksOut>(`${policies}/preview`, { policy_id: policyId, promise, ticket_id: ticketId }),
    reapply: (id: string, preview: boolean, after: string | null) => c.post<Page<ReappliedOut>>(`${policies}/${id}/reapplication`, { preview, after }),
    clocks: (ticketId: string) => c.get<TicketClocksOut>(`${V1}/tickets/${ticketId}/clocks`),
    dues: async (ids: string[]) => (await c.get<Page<TicketDueOut>>(`${V1}/tickets/clocks`, { query: { ids: ids.join(',') } })).items,
    simulations: async () => (await c.get<Page<SimulationSummaryOut>>(`${V1}/simulations`, { query: { limit: 10 } })).items,
    simulate: (question: SimulationQuestion, from: string, to: string) => c.post<SimulationOut>(`${V1}/simulations`, { ...question, from, to }),
    simulation: (id: string) => c.get<SimulationOut>(`${V1}/simulations/${id}`),
    cancelSimulation: (id: string) => c.delete(`${V1}/simulations/${id}`),
  };
}
