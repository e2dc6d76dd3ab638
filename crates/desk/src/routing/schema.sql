-- Routing: what a workspace has set (queues of teams, rules, skills, shifts), what each member carries, and what waits.
CREATE TABLE routing_setting (workspace_id UUID NOT NULL PRIMARY KEY, weights TEXT NOT NULL, capacity BIGINT NOT NULL, default_team_id UUID, return_minutes BIGINT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE TABLE routing_team (workspace_id UUID NOT NULL, team_id UUID NOT NULL, strategy TEXT NOT NULL, sticky TEXT NOT NULL, accept_seconds BIGINT, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, team_id));
CREATE TABLE routing_rule (workspace_id UUID NOT NULL, id UUID NOT NULL, position BIGINT NOT NULL, name TEXT NOT NULL, condition TEXT NOT NULL, team_id UUID NOT NULL, needs TEXT NOT NULL, is_active BIGINT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE TABLE skill (workspace_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX skill_name ON skill (workspace_id, name_folded);
CREATE TABLE member_skill (workspace_id UUID NOT NULL, member_id UUID NOT NULL, skill_id UUID NOT NULL, level BIGINT NOT NULL, PRIMARY KEY (workspace_id, member_id, skill_id));
CREATE TABLE member_shift (workspace_id UUID NOT NULL, member_id UUID NOT NULL, zone TEXT NOT NULL, intervals TEXT NOT NULL, PRIMARY KEY (workspace_id, member_id));
CREATE TABLE member_load (workspace_id UUID NOT NULL, member_id UUID NOT NULL, capacity BIGINT, is_routed BIGINT NOT NULL, carried BIGINT NOT NULL, turns BIGINT NOT NULL, taken_at BIGINT NOT NULL, stated_at BIGINT, PRIMARY KEY (workspace_id, member_id));
CREATE TABLE ticket_load (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, member_id UUID NOT NULL, weight BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_load_member ON ticket_load (workspace_id, member_id, ticket_id);
CREATE TABLE ticket_route (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, team_id UUID NOT NULL, state TEXT NOT NULL, rank BIGINT NOT NULL, needs TEXT NOT NULL, passed TEXT NOT NULL, queued_at BIGINT NOT NULL, due_at BIGINT, offered_to UUID, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_route_waiting ON ticket_route (workspace_id, team_id, rank, queued_at, ticket_id) WHERE state = 'waiting';
CREATE INDEX ticket_route_offered ON ticket_route (workspace_id, offered_to) WHERE state = 'offered';
CREATE INDEX ticket_team_waiting ON ticket (workspace_id, team_id, opened_at, id) WHERE is_open = 1 AND assignee_id IS NULL AND deleted_at IS NULL;
CREATE INDEX ticket_route_due ON ticket_route (due_at) WHERE due_at IS NOT NULL;
