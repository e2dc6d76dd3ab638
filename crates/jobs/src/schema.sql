-- Jobs: work to be done later, and schedules. A claimed job's due_at is the end of its lease.
CREATE TABLE job (workspace_id UUID NOT NULL, id UUID NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, unique_key TEXT, due_at BIGINT NOT NULL, fence BIGINT NOT NULL, attempts BIGINT NOT NULL, last_error TEXT, created_at BIGINT NOT NULL, died_at BIGINT, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX job_waiting_once ON job (workspace_id, kind, unique_key);
CREATE INDEX job_due ON job (due_at) WHERE died_at IS NULL;
CREATE INDEX job_dead ON job (workspace_id, died_at) WHERE died_at IS NOT NULL;
CREATE TABLE job_schedule (name TEXT NOT NULL PRIMARY KEY, next_at BIGINT NOT NULL);
