-- Filing: the workspace's own name of a ticket's status, and tickets by category.
CREATE TABLE ticket_status_name (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, status_id UUID NOT NULL, opened_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_status_name_status ON ticket_status_name (workspace_id, status_id, opened_at, ticket_id);
CREATE INDEX ticket_category ON ticket (workspace_id, category_id, opened_at, id) WHERE category_id IS NOT NULL;
