//! Lists of articles for staff: last changed first, by one filter, a page at a time.
//! Rule: every list has an index that gives its order, so that a page costs the same at any size.

use base::{Cursor, Result, Time};
use db::{Query, Tx};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::MemberId;

use super::article::{Article, COLUMNS, WIDTH};
use super::locales::Locale;
use super::sight::Sight;
use super::words::{ArticleStatus, Audience};

/// Articles by their words in one language.
const FROM_WORDS: &str = "article_text t JOIN article a ON a.workspace_id = t.workspace_id AND a.id = t.article_id \
                          WHERE t.workspace_id = ";

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
    /// A language it has words in; the list is then ordered by when those words last changed.
    pub locale: Option<Locale>,
}

/// An article of a list, and the time by which the list is ordered.
pub struct Listed {
    /// The article.
    pub article: Article,
    at: Time,
}

/// Up to `limit` + 1 articles of a list after a place.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, filter: &Filter, after: Option<Cursor>, limit: usize) -> Result<Vec<Listed>> {
    tx.all_of(&query(cx, filter, after, limit), |row| Ok(Listed { article: Article::read(row)?, at: row.get(WIDTH)? }))
}

/// The query of a list, for running and for explaining.
pub fn query(cx: &Cx, filter: &Filter, after: Option<Cursor>, limit: usize) -> Query {
    // The words of one language have an order of their own; without it a rare language would be looked for everywhere.
    let (from, at) = match filter.locale {
        Some(_) => (FROM_WORDS, "t.updated_at"),
        None => ("article a WHERE a.workspace_id = ", "a.updated_at"),
    };
    let id = if filter.locale.is_some() { "t.article_id" } else { "a.id" };
    let mut query = Query::new(&format!("SELECT {COLUMNS}, {at} FROM {from}"));
    query.bind(cx.workspace());
    if let Some(locale) = &filter.locale {
        query.push(" AND t.locale = ").bind(locale.as_str().to_owned());
    }
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
        query.push(&format!(" AND ({at}, {id}) < (")).bind(after.key).push(", ").bind(after.id).push(")");
    }
    query.push(&format!(" ORDER BY {at} DESC, {id} DESC LIMIT ")).bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// The place after an article.
pub(crate) fn place_after(listed: &Listed) -> Cursor {
    Cursor { key: listed.at.micros(), id: listed.article.id.uuid() }
}
