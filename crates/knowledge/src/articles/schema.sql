-- Articles by their words in one language, last changed first.
CREATE INDEX article_text_locale ON article_text (workspace_id, locale, updated_at, article_id);
