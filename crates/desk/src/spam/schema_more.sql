-- What somebody added to a message that was held back, each as the message it becomes when it is let out.
CREATE TABLE quarantined_message (workspace_id UUID NOT NULL, held_id UUID NOT NULL, id UUID NOT NULL, body TEXT NOT NULL, client_id TEXT, attachments BIGINT NOT NULL, received_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, held_id, id));
