//! Lists of articles for staff: last changed first, by one filter, a page at a time.
//! Rule: every list has an index that gives its order, so that a page costs the same at any size.

use base::{Cursor, Result};
use db::{Query, Tx};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::MemberId;

use super::article::{Article, COLUMNS};
use super::sight::Sight;
use super::words::{ArticleStatus, Audience};

/// What a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The status.
    pub status: Option<ArticleStatus>,
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// The category.
    pub category: Option<CategoryId>,
    /// Who answers for it.
    pub owner: Option<MemberId>,
}

/// Up to `limit` + 1 articles of a list after a place.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, filter: &Filter, after: Option<Cursor>, limit: usize) -> Result<Vec<Article>> {
    tx.all_of(&query(cx, filter, after, limit), Article::read)
}

/// The query of a list, for running and for explaining.
pub fn query(cx: &Cx, filter: &Filter, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM article a WHERE a.workspace_id = "));
    query.bind(cx.workspace());
    if let Some(status) = filter.status {
        query.push(" AND a.status = ").bind(status);
    }
    if let Some(audience) = filter.audience {
        query.push(" AND a.audience = ").bind(audience);
    }
    if let Some(category) = filter.category {
        query.push(" AND a.category_id = ").bind(category);
    }
    if let Some(owner) = filter.owner {
        query.push(" AND a.owner_id = ").bind(owner);
    }
    Sight::of(cx).limit(&mut query, "a");
    if let Some(after) = after {
        query.push(" AND (a.updated_at, a.id) < (").bind(after.key).push(", ").bind(after.id).push(")");
    }
    query.push(" ORDER BY a.updated_at DESC, a.id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// The place after an article.
pub(crate) fn place_after(article: &Article) -> Cursor {
    Cursor { key: article.updated_at.micros(), id: article.id.uuid() }
}
