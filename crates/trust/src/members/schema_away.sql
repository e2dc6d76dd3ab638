-- Members: what one says while away.
ALTER TABLE member ADD COLUMN away_message TEXT;
