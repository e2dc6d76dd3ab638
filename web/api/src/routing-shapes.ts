// The shapes of routing and escalation: what is set, what members carry, why a ticket went where it did, where it was raised to.
import type { Known } from './shapes';

export type Strategy = Known<'manual' | 'round_robin' | 'least_loaded'>;
export type Sticky = Known<'none' | 'last_agent' | 'owner' | 'last_agent_then_owner'>;
export type Channels = 'api' | 'widget' | 'email' | 'chat' | 'phone' | 'form';

export interface TeamQueueOut {
  team_id: string;
  strategy: Strategy;
  sticky: Sticky;
  accept_within_seconds: number | null;
  waiting: number;
  waiting_since: string | null;
}

export interface RoutingOut {
  is_set_up: boolean;
  weights: Record<Channels, number>;
  default_capacity: number;
  default_team_id: string | null;
  return_minutes: number;
  teams: TeamQueueOut[];
}

export interface NeededSkill {
  skill_id: string;
  level: number;
  need: Known<'required' | 'preferred'>;
  relax_after_seconds: number | null;
}

export interface RoutingRuleOut {
  id: string;
  position: number;
  name: string;
  condition: string;
  team_id: string;
  needs: NeededSkill[];
  active: boolean;
  version: number;
}

export interface RoutingRuleIn {
  name: string;
  condition: string;
  team_id: string;
  needs: NeededSkill[];
  active: boolean;
}

export interface TrialOut {
  fault: { line?: number; column?: number; reason: string } | null;
  condition: string;
  holds: boolean | null;
}

export interface SkillOut {
  id: string;
  name: string;
  members: number;
}

export interface SkillLevel {
  skill_id: string;
  level: number;
}

export interface ShiftHours {
  day: string;
  from: string;
  to: string;
}

export interface RoutedMemberOut {
  member_id: string;
  name: string;
  availability: Known<'online' | 'away' | 'offline'>;
  availability_since: string | null;
  away_message: string | null;
  capacity: number | null;
  effective_capacity: number;
  is_routed: boolean;
  carried: number;
  last_routed_at: string | null;
  skills: SkillLevel[];
  shifts: { zone: string; hours: ShiftHours[]; calendar_id: string | null; is_on: boolean; next_start: string | null } | null;
}

export interface Considered {
  member_id: string;
  verdict: Known<'chosen' | 'able' | 'not_routed' | 'away' | 'offline' | 'off_shift' | 'no_reach' | 'skill_missing' | 'passed' | 'full'>;
  carried: number;
  capacity: number;
  idle_seconds?: number;
  lacking: number;
}

export interface DecisionOut {
  at: string | null;
  outcome: Known<'assigned' | 'waiting' | 'left'>;
  cause: Known<'arrival' | 'queue' | 'time' | 'pull'>;
  team_id: string | null;
  strategy: Strategy;
  rule_id: string | null;
  reason: Known<'round_robin' | 'least_loaded' | 'last_agent' | 'owner' | 'pulled'> | null;
  assignee_id: string | null;
  looked_at: number;
  candidates: Considered[];
}

export interface TicketRoutingOut {
  decision: DecisionOut | null;
  waiting: { team_id: string; since: string; needs: NeededSkill[]; due_at: string | null } | null;
  offer: { member_id: string; until: string | null } | null;
}

export interface Tier {
  name: string;
  team_id: string;
  on_call: boolean;
  due_within_minutes: number;
  climbs: boolean;
}

export interface RotaIn {
  members: string[];
  handover_day: string;
  handover_at: string;
  zone: string;
}

export interface RotaOut {
  is_set: boolean;
  members: string[];
  handover_day: string | null;
  handover_at: string | null;
  zone: string | null;
  on_call: string | null;
  next_handover: string | null;
  next_on_call: string | null;
}

export interface CardOut {
  account: { customer_name: string | null; customer_email: string | null; company_name: string | null; plan: string | null; tier: string | null };
  ticket: { subject: string; language: string | null; category: string | null; tags: string[] };
  conversation: { speaker: string; name: string | null; is_note: boolean; text: string; at: string }[];
  messages: number;
  tried: { tier_name: string; result: string | null; note: string | null; ended_at: string | null }[];
  earlier_tickets: number;
  promise: { due_at: string | null; metric: string | null; is_breached: boolean; is_paused: boolean } | null;
  triage: {
    category: string | null; confidence: number | null; is_known: boolean; priority: string; reasons: string[]; words: string[]; leaving_words: string[];
  } | null;
}

export interface EscalationOut {
  id: string;
  tier: number;
  tier_name: string;
  cause: Known<'hand' | 'rule' | 'promise' | 'overdue'>;
  reason: string;
  from_team_id: string | null;
  to_team_id: string;
  to_assignee_id: string | null;
  escalated_at: string;
  due_at: string;
  overdue_at: string | null;
  ended_at: string | null;
  result: string | null;
  note: string | null;
  card: CardOut | null;
}

export interface TicketEscalationOut {
  current: EscalationOut | null;
  earlier: EscalationOut[];
}
