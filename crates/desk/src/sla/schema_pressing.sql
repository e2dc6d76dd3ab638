-- By which instant a ticket's promises press: the order of the list "due next".
ALTER TABLE ticket_clock ADD COLUMN presses_at BIGINT;
UPDATE ticket_clock SET presses_at = due_at WHERE is_breached = 0;
UPDATE ticket_clock SET presses_at = pinned_at WHERE is_breached = 1 AND is_paused = 0;
CREATE INDEX ticket_clock_presses ON ticket_clock (workspace_id, presses_at, ticket_id) WHERE presses_at IS NOT NULL;
