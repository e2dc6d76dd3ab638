-- Triage: what was said of each ticket, what is taught, the models, and what the workspace has set.
CREATE TABLE ticket_triage (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, customer_id UUID NOT NULL, triaged_at BIGINT NOT NULL, model_id UUID, category_id UUID, category_confidence DOUBLE PRECISION NOT NULL, is_known BIGINT NOT NULL, is_applied BIGINT NOT NULL, priority TEXT NOT NULL, language TEXT, is_leaving BIGINT NOT NULL, report TEXT NOT NULL, corrected_category_id UUID, corrected_priority TEXT, corrected_at BIGINT, answered_at BIGINT, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_triage_time ON ticket_triage (workspace_id, triaged_at);
CREATE INDEX ticket_triage_customer ON ticket_triage (workspace_id, customer_id);
CREATE TABLE ticket_meaning (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, customer_id UUID NOT NULL, opened_at BIGINT NOT NULL, vector BYTEA NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE INDEX ticket_meaning_time ON ticket_meaning (workspace_id, opened_at);
CREATE INDEX ticket_meaning_customer ON ticket_meaning (workspace_id, customer_id);
CREATE TABLE triage_example (workspace_id UUID NOT NULL, id UUID NOT NULL, category_id UUID NOT NULL, text TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE INDEX triage_example_category ON triage_example (workspace_id, category_id, id);
CREATE TABLE triage_answer (workspace_id UUID NOT NULL, category_id UUID NOT NULL, article_id UUID NOT NULL, PRIMARY KEY (workspace_id, category_id));
CREATE TABLE triage_model (workspace_id UUID NOT NULL, id UUID NOT NULL, standing TEXT NOT NULL, trained_at BIGINT NOT NULL, figures TEXT NOT NULL, teams TEXT NOT NULL, model BYTEA NOT NULL, held_out BYTEA NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX triage_model_current ON triage_model (workspace_id) WHERE standing = 'current';
CREATE TABLE triage_settings (workspace_id UUID NOT NULL, is_on BIGINT NOT NULL, answers BIGINT NOT NULL, apply_above DOUBLE PRECISION NOT NULL, currency TEXT NOT NULL, rates TEXT NOT NULL, taught_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id));
