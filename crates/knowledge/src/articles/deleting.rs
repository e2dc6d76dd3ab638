//! Deleting an article for good, with everything that hangs on it.
//! Rule: what readers see is taken away first: a published article is archived before it can be deleted.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::article::Article;
use super::events::{Facts, tell};
use super::words::ArticleStatus;
use crate::nouns::ArticleId;

/// The article is still published.
pub static ARTICLE_PUBLISHED: Code =
    Code::new(Kind::Conflict, "article_published", "A published article is not deleted.", "Archive it first.");

/// Deletes an article.
pub fn delete(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch) -> Result<()> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgePublish)?;
    seen.check(article.version)?;
    if article.status == ArticleStatus::Published {
        return Err(ARTICLE_PUBLISHED.error());
    }
    for sql in [
        "DELETE FROM article WHERE workspace_id = $1 AND id = $2",
        "DELETE FROM article_text WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_version WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_redirect WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_related WHERE workspace_id = $1 AND (article_id = $2 OR related_id = $2)",
        "DELETE FROM article_tag WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_context WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_image WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_vote WHERE workspace_id = $1 AND article_id = $2",
        "DELETE FROM article_review WHERE workspace_id = $1 AND article_id = $2",
        "UPDATE search_gap SET article_id = NULL WHERE workspace_id = $1 AND article_id = $2",
    ] {
        tx.exec(sql, &[&cx.workspace(), &id])?;
    }
    article.version += 1;
    tell(tx, cx, &article, "article.deleted", &Facts::default())
}
