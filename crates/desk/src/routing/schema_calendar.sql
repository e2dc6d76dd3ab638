-- A shift may be the hours of a calendar in place of hours of its own.
ALTER TABLE member_shift ADD COLUMN calendar_id UUID;
