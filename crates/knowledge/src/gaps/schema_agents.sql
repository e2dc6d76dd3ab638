-- What members looked for, counted apart from what customers did: agents' searches are no gaps of customers, but say what is missing too.
ALTER TABLE search_gap ADD COLUMN agent_queries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE search_gap ADD COLUMN agent_without_results BIGINT NOT NULL DEFAULT 0;
ALTER TABLE search_gap ADD COLUMN agent_score BIGINT NOT NULL DEFAULT 0;
CREATE INDEX search_gap_agents ON search_gap (workspace_id, agent_score, id) WHERE agent_score > 0 AND dismissed_at IS NULL;
