-- Calendars and their versions; policies and theirs; the clocks of tickets, the thresholds they passed, what-if runs.
CREATE TABLE calendar (workspace_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX calendar_name ON calendar (workspace_id, name_folded);
CREATE TABLE calendar_version (workspace_id UUID NOT NULL, calendar_id UUID NOT NULL, number BIGINT NOT NULL, effective_from BIGINT NOT NULL, definition TEXT NOT NULL, made_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, calendar_id, number));
CREATE TABLE sla_policy (workspace_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, place BIGINT NOT NULL, is_active BIGINT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX sla_policy_name ON sla_policy (workspace_id, name_folded);
CREATE TABLE sla_policy_version (workspace_id UUID NOT NULL, policy_id UUID NOT NULL, number BIGINT NOT NULL, definition TEXT NOT NULL, made_at BIGINT NOT NULL, made_by UUID, PRIMARY KEY (workspace_id, policy_id, number));
CREATE TABLE ticket_pin (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, pinned_at BIGINT NOT NULL, policy_id UUID NOT NULL, policy_number BIGINT NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id, pinned_at));
CREATE TABLE ticket_clock (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, policy_id UUID NOT NULL, policy_number BIGINT NOT NULL, pinned_at BIGINT NOT NULL, seen BIGINT NOT NULL, clocks TEXT NOT NULL, next_at BIGINT, due_at BIGINT, due_metric TEXT, is_breached BIGINT NOT NULL, is_paused BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_clock_next ON ticket_clock (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ticket_clock_policy ON ticket_clock (workspace_id, policy_id, ticket_id);
CREATE TABLE clock_mark (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, metric TEXT NOT NULL, instance BIGINT NOT NULL, threshold TEXT NOT NULL, passed_at BIGINT NOT NULL, is_told BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id, metric, instance, threshold));
CREATE INDEX clock_mark_untold ON clock_mark (passed_at) WHERE is_told = 0;
CREATE TABLE simulation (workspace_id UUID NOT NULL, id UUID NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, as_of BIGINT NOT NULL, looked_at BIGINT NOT NULL, total BIGINT NOT NULL, outcome TEXT NOT NULL, made_by UUID, made_at BIGINT NOT NULL, ended_at BIGINT, PRIMARY KEY (workspace_id, id));
