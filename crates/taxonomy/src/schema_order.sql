-- Order in the taxonomy: who answers for a category, its other names, what took its place, what resolving asks for; names of statuses.
ALTER TABLE category ADD COLUMN owner_id UUID;
ALTER TABLE category ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE category ADD COLUMN replaced_by UUID;
ALTER TABLE category ADD COLUMN is_other BIGINT NOT NULL DEFAULT 0;
CREATE INDEX category_order ON category (workspace_id, place, id);
CREATE TABLE category_synonym (workspace_id UUID NOT NULL, category_id UUID NOT NULL, word_folded TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (workspace_id, category_id, word_folded));
CREATE INDEX category_synonym_word ON category_synonym (workspace_id, word_folded);
CREATE TABLE required_field (workspace_id UUID NOT NULL, category_id UUID NOT NULL, field_id UUID NOT NULL, PRIMARY KEY (workspace_id, category_id, field_id));
CREATE TABLE resolving_rule (workspace_id UUID NOT NULL, needs_category BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id));
CREATE TABLE status_name (workspace_id UUID NOT NULL, id UUID NOT NULL, status TEXT NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, place BIGINT NOT NULL, colour TEXT NOT NULL, is_default BIGINT NOT NULL, is_archived BIGINT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX status_name_name ON status_name (workspace_id, name_folded);
CREATE UNIQUE INDEX status_name_default ON status_name (workspace_id, status) WHERE is_default = 1;
