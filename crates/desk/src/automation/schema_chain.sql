-- The chain of rules that led to the event a rule waits after, so that rules that wait end as others do.
ALTER TABLE automation_timer ADD COLUMN root_seq BIGINT;
ALTER TABLE automation_timer ADD COLUMN depth BIGINT;
