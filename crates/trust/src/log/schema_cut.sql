-- Where a log begins after retention: the last event that went, its hash, and the house's signature over both.
CREATE TABLE log_cut (workspace_id UUID NOT NULL, cell BIGINT NOT NULL, seq BIGINT NOT NULL, hash BYTEA NOT NULL, at BIGINT NOT NULL, signature BYTEA NOT NULL, PRIMARY KEY (workspace_id, cell));
