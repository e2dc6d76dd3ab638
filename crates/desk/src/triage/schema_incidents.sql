-- Open incidents and problems of a workspace, newest first: a ticket that belongs to one is told of it.
CREATE INDEX ticket_incident_open ON ticket (workspace_id, opened_at, id) WHERE kind IN ('incident', 'problem') AND is_open = 1 AND deleted_at IS NULL;
