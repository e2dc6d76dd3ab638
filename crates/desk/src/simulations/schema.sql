-- Indexes for what is asked often: which what-if runs are under way, and how much is held back for each cause.
CREATE INDEX simulation_running ON simulation (workspace_id) WHERE state = 'running';
CREATE INDEX quarantined_cause ON quarantined (workspace_id, cause);
