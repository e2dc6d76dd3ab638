// Every call of routing and escalation, by noun. One line each, like `calls.ts`.
import { everyPage } from './calls';
import type { Client } from './client';
import type {
  RotaIn, RotaOut, RoutedMemberOut, RoutingOut, RoutingRuleIn, RoutingRuleOut, ShiftHours, SkillLevel, SkillOut, TeamQueueOut, TicketEscalationOut,
  TicketRoutingOut, Tier, TrialOut,
} from './routing-shapes';
import type { Page, TicketOut } from './shapes';

const V1 = '/api/v1';
const ALL = 100;

function settingCalls(c: Client) {
  const routing = `${V1}/routing`;
  return {
    routing: () => c.get<RoutingOut>(routing),
    set: (body: Omit<RoutingOut, 'is_set_up' | 'teams'>) => c.put<RoutingOut>(routing, body),
    setTeam: (id: string, body: Pick<TeamQueueOut, 'strategy' | 'sticky' | 'accept_within_seconds'>) => c.put<TeamQueueOut>(`${routing}/teams/${id}`, body),
    rules: async () => (await c.get<Page<RoutingRuleOut>>(`${routing}/rules`)).items,
    addRule: (body: RoutingRuleIn) => c.post<RoutingRuleOut>(`${routing}/rules`, body),
    changeRule: (rule: RoutingRuleOut, body: Partial<RoutingRuleIn>) => c.patch<RoutingRuleOut>(`${routing}/rules/${rule.id}`, body, { version: rule.version }),
    removeRule: (id: string) => c.delete(`${routing}/rules/${id}`),
    orderRules: (rules: string[]) => c.put<Page<RoutingRuleOut>>(`${routing}/rule-order`, { rules }),
    tryCondition: (condition: string, ticketId: string | null) => c.post<TrialOut>(`${routing}/rule-trials`, { condition, ticket_id: ticketId }),
    members: () => everyPage((after) => c.get<Page<RoutedMemberOut>>(`${routing}/members`, { query: { limit: ALL, after } })),
    skills: () => everyPage((after) => c.get<Page<SkillOut>>(`${V1}/skills`, { query: { limit: ALL, after } })),
    addSkill: (name: string) => c.post<SkillOut>(`${V1}/skills`, { name }),
    removeSkill: (id: string) => c.delete(`${V1}/skills/${id}`),
    setSkills: (member: string, skills: SkillLevel[]) => c.put(`${V1}/members/${member}/skills`, { skills }),
    setCapacity: (member: string, capacity: number | null, isRouted: boolean) => c.put(`${V1}/members/${member}/capacity`, { capacity, is_routed: isRouted }),
    setShifts: (member: string, zone: string, hours: ShiftHours[]) => c.put(`${V1}/members/${member}/shifts`, { zone, hours }),
    setShiftCalendar: (member: string, calendar_id: string) => c.put(`${V1}/members/${member}/shifts`, { calendar_id }),
    clearShifts: (member: string) => c.delete(`${V1}/members/${member}/shifts`),
    setAvailability: (member: string, availability: string) => c.put(`${V1}/members/${member}/availability`, { availability }),
  };
}

function ticketCalls(c: Client) {
  const at = (id: string, rest: string) => `${V1}/tickets/${id}/${rest}`;
  return {
    next: () => c.post<TicketOut | undefined>(`${V1}/routing/next`, {}),
    why: (id: string) => c.get<TicketRoutingOut>(at(id, 'routing')),
    answer: (id: string, accept: boolean) => c.put<TicketRoutingOut>(at(id, 'offer'), { accept }),
    escalation: (id: string) => c.get<TicketEscalationOut>(at(id, 'escalation')),
    escalate: (id: string, reason: string, tier: number | null) => c.post(at(id, 'escalation'), { reason, tier }),
    giveBack: (id: string, result: string, note: string) => c.delete(at(id, 'escalation'), { json: { result, note } }),
    tiers: async () => (await c.get<{ tiers: Tier[] }>(`${V1}/escalation/tiers`)).tiers,
    setTiers: (tiers: Tier[]) => c.put<{ tiers: Tier[] }>(`${V1}/escalation/tiers`, { tiers }),
    onCall: () => c.get<RotaOut>(`${V1}/on-call`),
    setOnCall: (body: RotaIn) => c.put<RotaOut>(`${V1}/on-call`, body),
    clearOnCall: () => c.delete(`${V1}/on-call`),
  };
}

export function routingApi(c: Client) {
  return { ...settingCalls(c), ...ticketCalls(c) };
}
