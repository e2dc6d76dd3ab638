-- Automation: rules with their versions, what they did, and when those that wait are due.
CREATE TABLE automation_rule (workspace_id UUID NOT NULL, id UUID NOT NULL, place BIGINT NOT NULL, name TEXT NOT NULL, is_enabled BIGINT NOT NULL, definition TEXT NOT NULL, created_at BIGINT NOT NULL, removed_at BIGINT, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE INDEX automation_rule_order ON automation_rule (workspace_id, place, id) WHERE removed_at IS NULL;
CREATE TABLE automation_version (workspace_id UUID NOT NULL, rule_id UUID NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, is_enabled BIGINT NOT NULL, definition TEXT NOT NULL, made_at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id UUID, PRIMARY KEY (workspace_id, rule_id, version));
CREATE TABLE automation_run (workspace_id UUID NOT NULL, rule_id UUID NOT NULL, ticket_id UUID NOT NULL, root_seq BIGINT NOT NULL, id UUID NOT NULL, version BIGINT NOT NULL, outcome TEXT NOT NULL, fault TEXT, effects TEXT NOT NULL, ran_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, rule_id, ticket_id, root_seq));
CREATE INDEX automation_run_newest ON automation_run (workspace_id, rule_id, ran_at, id);
CREATE INDEX automation_run_old ON automation_run (ran_at);
CREATE TABLE automation_rate (workspace_id UUID NOT NULL, rule_id UUID NOT NULL, hour BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (workspace_id, rule_id));
CREATE TABLE automation_timer (workspace_id UUID NOT NULL, rule_id UUID NOT NULL, ticket_id UUID NOT NULL, due_at BIGINT NOT NULL, since_seq BIGINT NOT NULL, PRIMARY KEY (workspace_id, rule_id, ticket_id));
CREATE INDEX automation_timer_due ON automation_timer (due_at);
