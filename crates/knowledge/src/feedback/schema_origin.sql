-- Where a vote of a reader nobody knows came from on which day, as a keyed hash, so that one address cannot cast any number of them.
ALTER TABLE article_vote ADD COLUMN origin BYTEA;
CREATE INDEX article_vote_origin ON article_vote (workspace_id, article_id, origin) WHERE origin IS NOT NULL;
