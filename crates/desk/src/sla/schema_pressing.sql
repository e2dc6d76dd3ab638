-- By which instant a ticket's promises press: the order of the list "due next". A row gets it when its clocks next move.
ALTER TABLE ticket_clock ADD COLUMN presses_at BIGINT;
CREATE INDEX ticket_clock_presses ON ticket_clock (workspace_id, presses_at, ticket_id) WHERE presses_at IS NOT NULL;
