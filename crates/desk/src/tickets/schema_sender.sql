-- What was sent twice under one client id is one message of its sender: others have ids of their own.
DROP INDEX message_client;
CREATE UNIQUE INDEX message_client ON message (workspace_id, ticket_id, client_id, direction, author_kind, author_id) WHERE client_id IS NOT NULL;
