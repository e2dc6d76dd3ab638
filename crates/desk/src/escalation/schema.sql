-- Escalation: the tiers a ticket can be raised to, who is on call, and every time a ticket was raised.
CREATE TABLE escalation_tier (workspace_id UUID NOT NULL, position BIGINT NOT NULL, name TEXT NOT NULL, team_id UUID NOT NULL, on_call BIGINT NOT NULL, due_minutes BIGINT NOT NULL, climbs BIGINT NOT NULL, PRIMARY KEY (workspace_id, position));
CREATE TABLE on_call_rota (workspace_id UUID NOT NULL PRIMARY KEY, zone TEXT NOT NULL, handover_day TEXT NOT NULL, handover_at TEXT NOT NULL, first_day TEXT NOT NULL, members TEXT NOT NULL, version BIGINT NOT NULL);
CREATE TABLE escalation (workspace_id UUID NOT NULL, id UUID NOT NULL, ticket_id UUID NOT NULL, tier BIGINT NOT NULL, tier_name TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL, by_kind TEXT NOT NULL, by_id UUID, from_team_id UUID, from_assignee_id UUID, to_team_id UUID NOT NULL, to_assignee_id UUID, card TEXT NOT NULL, escalated_at BIGINT NOT NULL, due_at BIGINT NOT NULL, alarm_at BIGINT, overdue_at BIGINT, ended_at BIGINT, result TEXT, note TEXT, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX escalation_open ON escalation (workspace_id, ticket_id) WHERE ended_at IS NULL;
CREATE INDEX escalation_ticket ON escalation (workspace_id, ticket_id, id);
CREATE INDEX escalation_alarm ON escalation (alarm_at) WHERE alarm_at IS NOT NULL;
