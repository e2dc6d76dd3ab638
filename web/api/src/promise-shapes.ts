// The shapes of promises: calendars, policies, a ticket's clocks and why they stand so, what-if runs.
import type { Moment, RuleAction, RuleIn, RuleWhen } from './automation';
import type { RoutingRuleIn } from './routing-shapes';
import type { Known } from './shapes';

export type Metric = Known<
  'first_response' | 'next_response' | 'periodic_update' | 'pausable_update' | 'requester_wait' | 'agent_work' | 'resolution' | 'team_time'
>;
export type Measure = Known<'business' | 'calendar'>;
export type PriorityWord = 'low' | 'normal' | 'high' | 'urgent';

export interface PromiseTarget {
  metric: Metric;
  priority: PriorityWord;
  minutes: number;
  hours: Measure;
}

export interface SlaPromise {
  condition: string | null;
  calendar_id: string | null;
  targets: PromiseTarget[];
  thresholds: string[];
  pauses_on_third_party: boolean;
  pauses_on_internal: boolean;
}

export interface SlaPolicyOut {
  id: string;
  name: string;
  is_active: boolean;
  is_shadowed: boolean;
  number: number;
  promise: SlaPromise;
  version: number;
}

export interface CalendarInterval {
  day: string;
  from: string;
  to: string;
}

export interface CalendarHoliday {
  date: string;
  name?: string | null;
  from?: string | null;
  to?: string | null;
  yearly?: boolean;
}

export interface CalendarDefinition {
  zone: string;
  always: boolean;
  week: CalendarInterval[];
  holidays: CalendarHoliday[];
  extra: { date: string; from: string; to: string }[];
}

export interface CalendarOut {
  id: string;
  name: string;
  number: number;
  effective_from: string;
  definition: CalendarDefinition;
  version: number;
}

export interface OpeningOut {
  is_open: boolean;
  opens_at: string | null;
  closes_at: string | null;
}

export interface ClockOut {
  metric: Metric;
  instance: number;
  state: Known<'idle' | 'running' | 'paused' | 'met' | 'cancelled'>;
  reason: string | null;
  began_at: string | null;
  ended_at: string | null;
  consumed_seconds: number;
  target_seconds: number | null;
  hours: Measure | null;
  due_at: string | null;
  breached_at: string | null;
  passed: { threshold: string; at: string }[];
}

export interface TicketClocksOut {
  ticket_id: string | null;
  as_of: string;
  policy: {
    policy_id: string;
    name: string;
    number: number;
    pinned_at: string | null;
    condition: string | null;
    calendar_id: string | null;
    calendar_number: number | null;
  } | null;
  conditions: { policy_id: string; name: string; answer: Known<'yes' | 'no' | 'erred'>; reason: string | null }[];
  before_arrival_seconds: number;
  clocks: ClockOut[];
  ended: ClockOut[];
}

export interface TicketDueOut {
  ticket_id: string;
  due_at: string | null;
  metric: Metric | null;
  is_breached: boolean;
  is_paused: boolean;
}

export interface ReappliedOut {
  ticket_id: string;
  number_before: number;
  number_after: number | null;
  due_before: string | null;
  due_after: string | null;
}

export interface Figure {
  before: number;
  after: number;
}

/** What history is asked about: one policy, one rule, or all routing rules. */
export type SimulationQuestion =
  | { policy: { policy_id: string | null; promise: SlaPromise } }
  | { rule: { rule_id: string | null; rule: RuleIn } }
  | { routing: { rules: RoutingRuleIn[]; default_team_id?: string } };

/** A ticket that would have gone otherwise; which fields it has is said by `of`. */
export interface SimulationDifference {
  of: Known<'promise' | 'rule' | 'team'>;
  ticket_id: string;
  number: number;
  /** Of a policy: which promise, and when it is broken. */
  metric?: Metric;
  instance?: number;
  /** Of a rule: which one, what it heard of, and when. */
  rule_id?: string | null;
  moment?: Moment;
  at?: string;
  /** Of routing: the place of the rule that would have decided. */
  place?: number | null;
  before: string | string[] | null;
  after: string | string[] | null;
}

/** A run in a list: how far it is and how it came out. */
export interface SimulationSummaryOut {
  id: string;
  kind: Known<'policy' | 'rule' | 'routing'>;
  state: Known<'running' | 'done' | 'cancelled' | 'failed'>;
  policy_id: string | null;
  rule_id: string | null;
  from: string;
  to: string;
  looked_at: number;
  total: number;
  covered: Figure;
  breached: Figure;
  differing: number;
  made_at: string;
  ended_at: string | null;
}

/** A run with what was asked and everything it has found. */
export interface SimulationOut extends SimulationSummaryOut {
  promise: SlaPromise | null;
  rule: { when: RuleWhen; condition: string | null; actions: RuleAction[]; stops: boolean; once_per_ticket: boolean } | null;
  routing: { name: string; condition: string; team_id: string }[] | null;
  as_of: string;
  sums: { metric: Metric; breached: Figure; late_minutes: Figure }[];
  actions: { rule_id: string; do: string; taken: Figure; changing: Figure }[];
  teams: { team_id: string | null; arrivals: Figure }[];
  ran: number;
  erred: Figure;
  unsure: number;
  without_history: number;
  differences: SimulationDifference[];
}
