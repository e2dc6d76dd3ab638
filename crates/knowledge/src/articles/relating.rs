//! What stands beside an article: related articles that somebody chose, and the places of the host app that name it.

use std::collections::HashMap;

use base::text::Line;
use base::{Code, Kind, Result};
use db::{Query, Tx};
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::article::Article;
use super::events::{Facts, tell};
use super::sight::Sight;
use crate::nouns::ArticleId;

/// Related articles, or contexts, of one article at most.
pub const MOST: usize = 20;

/// A related article does not exist, or is the article itself.
pub static UNKNOWN_RELATED: Code = Code::new(
    Kind::Unprocessable,
    "unknown_related",
    "A related article does not exist, or is the article itself.",
    "Name other articles of this workspace, at most 20.",
);

/// The name of a place in the host app, such as `billing.invoices`.
pub type ContextName = Line<100>;

/// Sets the related articles, in their order.
pub fn relate(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, related: &[ArticleId]) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    check_length("/article_ids", related.len())?;
    let found = if related.is_empty() { 0 } else { Article::find_many(tx, cx, Sight::of(cx), related)?.len() };
    if found != related.len() || related.contains(&id) {
        return Err(UNKNOWN_RELATED.error().field("/article_ids", "unknown", "names what cannot be related"));
    }
    tx.exec("DELETE FROM article_related WHERE workspace_id = $1 AND article_id = $2", &[&cx.workspace(), &id])?;
    for (place, other) in (0_i64..).zip(related) {
        tx.exec(
            "INSERT INTO article_related (workspace_id, article_id, related_id, place) VALUES ($1, $2, $3, $4)",
            &[&cx.workspace(), &id, other, &place],
        )?;
    }
    article.store(tx, cx)?;
    tell(tx, cx, &article, "article.updated", &Facts { changed: &["related"], ..Facts::default() })?;
    Ok(article)
}

/// Sets the places of the host app where the article helps.
pub fn place(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, names: &[ContextName]) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    check_length("/names", names.len())?;
    tx.exec("DELETE FROM article_context WHERE workspace_id = $1 AND article_id = $2", &[&cx.workspace(), &id])?;
    for name in names {
        tx.exec(
            "INSERT INTO article_context (workspace_id, name, article_id, place) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING",
            &[&cx.workspace(), &name.to_string(), &id],
        )?;
    }
    article.store(tx, cx)?;
    tell(tx, cx, &article, "article.updated", &Facts { changed: &["contexts"], ..Facts::default() })?;
    Ok(article)
}

/// Refuses lists that are too long, before anything is read for them.
fn check_length(field: &str, given: usize) -> Result<()> {
    if given > MOST {
        return Err(web::INVALID_FIELD.error().field(field, "too_many", format!("takes at most {MOST}")));
    }
    Ok(())
}

/// The articles related to one, in their order, whoever may see them.
pub(crate) fn related_to(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<Vec<ArticleId>> {
    tx.all(
        "SELECT related_id FROM article_related WHERE workspace_id = $1 AND article_id = $2 ORDER BY place",
        &[&cx.workspace(), &article],
        |row| row.get(0),
    )
}

/// The articles of a place of the host app, whoever may see them; the most read first.
pub(crate) fn in_context(tx: &mut Tx<'_>, cx: &Cx, name: &str) -> Result<Vec<ArticleId>> {
    let mut query = Query::new(
        "SELECT c.article_id FROM article_context c JOIN article a ON a.workspace_id = c.workspace_id \
         AND a.id = c.article_id WHERE c.workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND c.name = ").bind(name);
    Sight::of(cx).limit(&mut query, "a");
    query.push(" AND a.status = 'published' ORDER BY a.views DESC, a.id LIMIT 20");
    tx.all_of(&query, |row| row.get(0))
}

/// The contexts of articles, in one query.
pub(crate) fn contexts_of(tx: &mut Tx<'_>, cx: &Cx, articles: &[ArticleId]) -> Result<HashMap<ArticleId, Vec<String>>> {
    let mut query = Query::new("SELECT article_id, name FROM article_context WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND article_id IN (").bind_list(articles.iter()).push(") ORDER BY name");
    let mut found: HashMap<ArticleId, Vec<String>> = HashMap::new();
    for (article, name) in tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))? {
        found.entry(article).or_default().push(name);
    }
    Ok(found)
}

/// The names of places that have articles, with how many.
pub fn context_names(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<(String, i64)>> {
    tx.all(
        "SELECT name, COUNT(*) FROM article_context WHERE workspace_id = $1 GROUP BY name ORDER BY name LIMIT 500",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
