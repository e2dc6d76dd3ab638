-- Notifications: what a member is told inside the console, and tickets that sleep until a time.
CREATE TABLE notification (workspace_id UUID NOT NULL, member_id UUID NOT NULL, id UUID NOT NULL, thing TEXT NOT NULL, kind TEXT NOT NULL, ticket_id UUID, reason TEXT, times BIGINT NOT NULL, told_at BIGINT NOT NULL, read_at BIGINT, PRIMARY KEY (workspace_id, member_id, id));
CREATE UNIQUE INDEX notification_thing ON notification (workspace_id, member_id, thing);
CREATE INDEX notification_newest ON notification (workspace_id, member_id, told_at, id);
CREATE INDEX notification_unread ON notification (workspace_id, member_id, told_at, id) WHERE read_at IS NULL;
CREATE INDEX notification_old ON notification (told_at);
CREATE TABLE ticket_snooze (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, until_at BIGINT NOT NULL, snoozed_by UUID, snoozed_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_snooze_due ON ticket_snooze (until_at);
