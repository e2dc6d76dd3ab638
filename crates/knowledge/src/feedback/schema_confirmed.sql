-- A review that somebody closed by saying that the article is right as it is; of older ones nobody knows, so they count as such.
ALTER TABLE article_review ADD COLUMN is_confirmed BIGINT NOT NULL DEFAULT 0;
UPDATE article_review SET is_confirmed = 1 WHERE closed_at IS NOT NULL;
