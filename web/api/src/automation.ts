// Rules and notifications: their shapes and every call the console makes for them.
// Rule: no state and no interpretation here; enums are open, a word from a newer server must render.
import { everyPage } from './calls';
import type { Client } from './client';
import type { Known, Page, TicketOut } from './shapes';

const RULES = '/api/v1/automation/rules';
const MINE = '/api/v1/me/notifications';

export type Moment = Known<
  'opened' | 'customer_wrote' | 'replied' | 'noted' | 'status_changed' | 'assigned' | 'updated' | 'snoozed' | 'woken' | 'clock_warned' | 'clock_breached' | 'escalated'
>;
export type RuleWhen = { events: Moment[] } | { after: Moment; minutes: number };
export type Operand = string | number | boolean | string[];
export interface Comparison {
  fact: string;
  is: string;
  value?: Operand;
}
export type ConditionForm = { all: ConditionForm[] } | { any: ConditionForm[] } | { not: ConditionForm } | Comparison;
/** One action: its word under `do`, and what goes with it. */
export type RuleAction = { do: string } & Record<string, unknown>;

export interface RuleOut {
  id: string;
  name: string;
  enabled: boolean;
  when: RuleWhen;
  condition: string | null;
  form: ConditionForm | null;
  actions: RuleAction[];
  stops: boolean;
  once_per_ticket: boolean;
  per_hour: number;
  created_at: string;
  webhook_secret: string | null;
  version: number;
}

export interface RuleIn {
  name: string;
  when: RuleWhen;
  condition?: string;
  form?: ConditionForm;
  actions: RuleAction[];
  stops?: boolean;
  once_per_ticket?: boolean;
  per_hour?: number;
  enabled?: boolean;
}

export interface RuleVersionOut extends Omit<RuleOut, 'id' | 'form' | 'created_at' | 'webhook_secret'> {
  made_at: string;
  made_by: string;
  made_by_name: string | null;
}

export interface RuleEffect {
  do: string;
  outcome: Known<'done' | 'nothing' | 'refused'>;
  code?: string;
}

export interface RuleRunOut {
  id: string;
  ticket_id: string;
  number: number;
  rule_version: number;
  outcome: Known<'ran' | 'erred' | 'cut_off' | 'held_back'>;
  fault: string | null;
  effects: RuleEffect[];
  ran_at: string;
}

export interface ConditionFault {
  line?: number;
  column?: number;
  reason: string;
}

/** What a condition decides, which says what it may ask. */
export type Deciding = 'rule' | 'routing' | 'policy';

export interface CheckedCondition {
  fault: ConditionFault | null;
  condition: string;
  form: ConditionForm | null;
}

export interface FactOut {
  name: string;
  kind: Known<'text' | 'word' | 'number' | 'truth' | 'texts' | 'open'>;
  words: string[];
}

export interface RuleTrialOut {
  held: Known<'yes' | 'no' | 'erred'>;
  fault: ConditionFault | null;
  parts: { condition: string; held: Known<'yes' | 'no' | 'erred'> }[];
  has_event: boolean;
  effects: (RuleEffect & { changes: { field: string; before: unknown; after: unknown }[] })[];
}

export interface NotificationOut {
  id: string;
  kind: Known<'assigned' | 'customer_wrote' | 'woke' | 'rule' | 'clock' | 'escalated'>;
  ticket_id: string;
  number: number;
  subject: string;
  reason: string | null;
  times: number;
  told_at: string;
  read_at: string | null;
}

export interface NotificationPage extends Page<NotificationOut> {
  /** How many are not read, up to 100. */
  unread: number;
}

/** Rules, trials, notifications and snoozing over one client. */
export function automationApi(client: Client) {
  const at = (id: string) => `${RULES}/${id}`;
  return {
    rules: () => everyPage((after) => client.get<Page<RuleOut>>(RULES, { query: { limit: 100, after } })),
    rule: (id: string) => client.get<RuleOut>(at(id)),
    addRule: (rule: RuleIn) => client.post<RuleOut>(RULES, rule),
    changeRule: (rule: RuleOut, change: Partial<RuleIn>) => client.patch<RuleOut>(at(rule.id), change, { version: rule.version }),
    removeRule: (rule: RuleOut) => client.delete(at(rule.id), { version: rule.version }),
    orderRules: (ids: string[]) => client.put<void>('/api/v1/automation/order', { ids }),
    versions: (id: string, after: string | null) => client.get<Page<RuleVersionOut>>(`${at(id)}/versions`, { query: { limit: 20, after } }),
    runs: (id: string, after: string | null) => client.get<Page<RuleRunOut>>(`${at(id)}/runs`, { query: { limit: 20, after } }),
    ruleNames: async () => (await client.get<Page<{ id: string; name: string }>>('/api/v1/automation/names')).items,
    facts: async (decides: Deciding) => (await client.get<Page<FactOut>>('/api/v1/automation/facts', { query: { decides } })).items,
    check: (asked: { condition?: string; form?: ConditionForm; decides: Deciding }) => client.post<CheckedCondition>('/api/v1/automation/checks', asked),
    attempt: (rule: RuleIn, number: number) => client.post<RuleTrialOut>('/api/v1/automation/trials', { rule, number }),
    notifications: (after: string | null) => client.get<NotificationPage>(MINE, { query: { limit: 30, after } }),
    readNotification: (id: string) => client.put<void>(`${MINE}/${id}/reading`, undefined),
    readNotifications: (body: { ticket_id?: string }) => client.put<void>(`${MINE}/reading`, body),
    snooze: (id: string, until: string) => client.put<TicketOut>(`/api/v1/tickets/${id}/snooze`, { until }),
    wake: (id: string) => client.delete<TicketOut>(`/api/v1/tickets/${id}/snooze`),
  };
}

export type AutomationApi = ReturnType<typeof automationApi>;
