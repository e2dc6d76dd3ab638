-- People: customers with their addresses and companies. Folded names are bytes, so that both engines order them alike.
CREATE TABLE customer (workspace_id UUID NOT NULL, id UUID NOT NULL, external_id TEXT, name TEXT, name_key BYTEA, locale TEXT, zone TEXT, plan TEXT, company_id UUID, attributes TEXT NOT NULL, is_visitor BIGINT NOT NULL, merged_into UUID, device_hash BYTEA, claimed_email TEXT, claimed_name TEXT, erased_by UUID, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX customer_external ON customer (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX customer_device ON customer (workspace_id, device_hash) WHERE device_hash IS NOT NULL;
CREATE INDEX customer_created ON customer (workspace_id, created_at, id) WHERE merged_into IS NULL AND erased_by IS NULL;
CREATE INDEX customer_name ON customer (workspace_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX customer_merged ON customer (workspace_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE customer_address (workspace_id UUID NOT NULL, kind TEXT NOT NULL, value_folded TEXT NOT NULL, value TEXT NOT NULL, id UUID NOT NULL, customer_id UUID NOT NULL, verified_at BIGINT, created_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, kind, value_folded));
CREATE INDEX customer_address_customer ON customer_address (workspace_id, customer_id);
CREATE TABLE customer_company (workspace_id UUID NOT NULL, customer_id UUID NOT NULL, company_id UUID NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, customer_id, company_id));
CREATE INDEX customer_company_company ON customer_company (workspace_id, company_id, customer_id);
CREATE TABLE customer_alias (workspace_id UUID NOT NULL, loser_id UUID NOT NULL, winner_id UUID NOT NULL, at BIGINT NOT NULL, actor_kind TEXT NOT NULL, actor_id UUID, PRIMARY KEY (workspace_id, loser_id));
CREATE INDEX customer_alias_winner ON customer_alias (workspace_id, winner_id);
CREATE TABLE erasure_run (workspace_id UUID NOT NULL, id UUID NOT NULL, customer_id UUID NOT NULL, actor_kind TEXT NOT NULL, actor_id UUID, state TEXT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX erasure_run_customer ON erasure_run (workspace_id, customer_id);
CREATE TABLE company (workspace_id UUID NOT NULL, id UUID NOT NULL, external_id TEXT, name TEXT NOT NULL, name_key BYTEA NOT NULL, plan TEXT, tier TEXT, revenue_minor BIGINT, currency TEXT, csm_id UUID, territory_id UUID, attributes TEXT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX company_external ON company (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX company_created ON company (workspace_id, created_at, id);
CREATE INDEX company_name ON company (workspace_id, name_key);
