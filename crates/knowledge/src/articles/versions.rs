//! The versions of a text: listing them, comparing two, and going back to an older one.
//! Rule: going back writes the old words as the newest version, so that nothing that was said is lost.

use base::Result;
use db::{Query, Tx};
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::article::{Article, gone};
use super::body::Prepared;
use super::diff::{self, Change};
use super::events::{Facts, tell};
use super::locales::Locale;
use super::text::{ArticleText, VERSION_COLUMNS, Version};
use crate::nouns::ArticleId;

/// Up to `limit` + 1 versions of a text, newest first, older than `before`.
pub fn list(
    tx: &mut Tx<'_>,
    cx: &Cx,
    article: ArticleId,
    locale: &Locale,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Version>> {
    tx.all_of(&query(cx, article, locale, before, limit), Version::read)
}

/// The query of that list, for running and for explaining.
pub fn query(cx: &Cx, article: ArticleId, locale: &Locale, before: Option<i64>, limit: usize) -> Query {
    let mut query = Query::new(&format!("SELECT {VERSION_COLUMNS} FROM article_version v WHERE v.workspace_id = "));
    query.bind(cx.workspace()).push(" AND v.article_id = ").bind(article).push(" AND v.locale = ").bind(locale);
    if let Some(before) = before {
        query.push(" AND v.number < ").bind(before);
    }
    query.push(" ORDER BY v.number DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Two versions of a text.
pub fn pair(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: ArticleId,
    locale: &Locale,
    from: i64,
    to: i64,
) -> Result<(Version, Version)> {
    let before = Version::find(tx, cx, id, locale, from)?.ok_or_else(gone)?;
    let after = Version::find(tx, cx, id, locale, to)?.ok_or_else(gone)?;
    Ok((before, after))
}

/// What changed between two bodies; pure, for a thread that may block.
pub fn compare(before: &Version, after: &Version) -> Vec<(Change, String)> {
    let changes = diff::lines(&before.body, &after.body);
    changes.into_iter().map(|(change, line)| (change, line.to_owned())).collect()
}

/// Makes the words of an older version the newest ones.
pub fn roll_back(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: ArticleId,
    seen: IfMatch,
    locale: Option<&Locale>,
    number: i64,
) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    let source = super::locale_of(&article);
    let locale = locale.unwrap_or(&source);
    let mut text = ArticleText::find(tx, cx, id, locale)?.ok_or_else(gone)?;
    let old = Version::find(tx, cx, id, locale, number)?.ok_or_else(gone)?;
    let html = old.safe_html();
    let made_of = old.source_number;
    let prepared = Prepared { title: old.title, body: old.body, html, excerpt: old.excerpt };
    let note = format!("Back to version {number}");
    text.advance(tx, cx, &prepared, Some(&note), made_of)?;
    article.store(tx, cx)?;
    let facts = Facts { locale: Some(locale.as_str()), number: Some(number), ..Facts::default() };
    tell(tx, cx, &article, "article.rolled_back", &facts)?;
    Ok(article)
}
