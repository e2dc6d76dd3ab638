-- By which instant a ticket's promises press: the order of the list "due next". A row gets it exactly when its clocks
-- next move; until then what is broken presses since it was promised, and what is not by when it is due.
ALTER TABLE ticket_clock ADD COLUMN presses_at BIGINT;
UPDATE ticket_clock SET presses_at = CASE WHEN is_breached = 1 THEN pinned_at ELSE due_at END WHERE is_paused = 0;
CREATE INDEX ticket_clock_presses ON ticket_clock (workspace_id, presses_at, ticket_id) WHERE presses_at IS NOT NULL;
