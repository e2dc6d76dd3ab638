-- Taxonomy: categories, tags, and fields that the workspace defines.
CREATE TABLE category (workspace_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, parent_id UUID, is_archived BIGINT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX category_top ON category (workspace_id, name_folded) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX category_below ON category (workspace_id, parent_id, name_folded) WHERE parent_id IS NOT NULL;
CREATE INDEX category_name ON category (workspace_id, name_folded);
CREATE TABLE tag (workspace_id UUID NOT NULL, id UUID NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX tag_name ON tag (workspace_id, name_folded);
CREATE TABLE custom_field (workspace_id UUID NOT NULL, id UUID NOT NULL, field_key TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL, is_archived BIGINT NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX custom_field_key ON custom_field (workspace_id, field_key);
CREATE TABLE field_option (workspace_id UUID NOT NULL, field_id UUID NOT NULL, id UUID NOT NULL, label TEXT NOT NULL, label_folded TEXT NOT NULL, place BIGINT NOT NULL, is_archived BIGINT NOT NULL, PRIMARY KEY (workspace_id, field_id, id));
CREATE UNIQUE INDEX field_option_label ON field_option (workspace_id, field_id, label_folded);
