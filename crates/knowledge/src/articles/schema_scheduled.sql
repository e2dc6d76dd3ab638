-- The version of a text that goes live at the time its article is scheduled for.
ALTER TABLE article_text ADD COLUMN scheduled BIGINT;
UPDATE article_text SET scheduled = head WHERE EXISTS (SELECT 1 FROM article a WHERE a.workspace_id = article_text.workspace_id AND a.id = article_text.article_id AND a.scheduled_at IS NOT NULL);
