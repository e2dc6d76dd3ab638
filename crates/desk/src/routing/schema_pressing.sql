-- A team's tickets that nobody has, by how much they press: whoever asks for the next one gets it without a walk.
CREATE INDEX ticket_team_pressing ON ticket (workspace_id, team_id, priority, opened_at, id) WHERE team_id IS NOT NULL AND is_open = 1 AND assignee_id IS NULL AND deleted_at IS NULL;
