//! The doors of an article's texts: translations, versions, comparing two, going back.

use base::Page;
use serde::Deserialize;
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::article::{Article, gone};
use super::body::Prepared;
use super::locales::Locale;
use super::routes::{READ, WRITE, versioned};
use super::shapes::*;
use super::sight::Sight;
use super::text::Version;
use super::translating::{self, Translating};
use super::versions;
use crate::nouns::{self, ArticleId};
use crate::places::Two;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/articles/{id}/translations/{locale}", "getTranslation", READ, translation)
            .about("The newest words of an article in a language.")
            .gives::<TextOut>(200),
        Op::new(Method::Put, "/api/v1/articles/{id}/translations/{locale}", "writeTranslation", WRITE, translate)
            .about("Writes a translation of the source as it is now.")
            .takes::<NewTranslation>()
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Delete, "/api/v1/articles/{id}/translations/{locale}", "removeTranslation", WRITE, untranslate)
            .about("Takes a translation away, its versions too.")
            .versioned()
            .gives::<ArticleOut>(200),
        Op::new(Method::Get, "/api/v1/articles/{id}/versions", "listArticleVersions", READ, list_versions)
            .about("The versions of a text, newest first.")
            .query::<VersionsQuery>()
            .gives::<Page<VersionOut>>(200),
        Op::new(Method::Get, "/api/v1/articles/{id}/versions/{number}", "getArticleVersion", READ, version)
            .about("One version with its words.")
            .query::<LocaleQuery>()
            .gives::<TextOut>(200),
        Op::new(Method::Get, "/api/v1/articles/{id}/diff", "compareArticleVersions", READ, compare)
            .about("What changed between two versions, line by line.")
            .query::<DiffQuery>()
            .gives::<DiffOut>(200),
        Op::new(Method::Post, "/api/v1/articles/{id}/rollback", "rollBackArticle", WRITE, roll_back)
            .about("Makes the words of an older version the newest ones.")
            .takes::<Rollback>()
            .versioned()
            .gives::<ArticleOut>(200),
    ]
}

/// The id and the second part of a path; anything that is no such id is simply not there.
fn two_ids(Two(id, other): Two) -> base::Result<(ArticleId, String)> {
    id.parse().map(|id| (id, other)).map_err(|()| gone())
}

fn at_locale(path: Two) -> base::Result<(ArticleId, Locale)> {
    let (id, locale) = two_ids(path)?;
    let wrong = |why| web::INVALID_QUERY.because(format!("The address names no language: {why}."));
    Ok((id, Locale::new(&locale).map_err(wrong)?))
}

async fn translation(cx: Cx, path: Two) -> web::Result<Reply<TextOut>> {
    let (id, locale) = at_locale(path)?;
    let found = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        let text = super::ArticleText::find(tx, cx, id, &locale)?.ok_or_else(gone)?;
        let version = Version::find(tx, cx, id, &locale, text.head)?.ok_or_else(gone)?;
        Ok((text_out(cx, id, &version), article.version))
    });
    let (out, version) = found.await?;
    Ok(Reply::versioned(out, version))
}

async fn translate(
    cx: Cx,
    path: Two,
    seen: IfMatch,
    Json { value: new, .. }: Json<NewTranslation>,
) -> web::Result<Reply<ArticleOut>> {
    let (id, locale) = at_locale(path)?;
    let text = Prepared::new(new.title, new.body, new.excerpt).await?;
    let new = Translating { text, slug: new.slug.map(String::from), note: new.note.map(String::from) };
    let changed = cx.write(move |tx, cx| {
        let article = translating::translate(tx, cx, id, &locale, seen, &new)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

async fn untranslate(cx: Cx, path: Two, seen: IfMatch) -> web::Result<Reply<ArticleOut>> {
    let (id, locale) = at_locale(path)?;
    let changed = cx.write(move |tx, cx| {
        let article = translating::untranslate(tx, cx, id, &locale, seen)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}

/// What a list of versions takes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct VersionsQuery {
    /// The language; the source when absent.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// How many items, 1 to 100; 50 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

async fn list_versions(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    Query(asked): Query<VersionsQuery>,
) -> web::Result<Reply<Page<VersionOut>>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, before) = (page.limit()?, page.cursor()?.map(|cursor| cursor.key));
    let found = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        let locale = asked.locale.clone().unwrap_or_else(|| super::locale_of(&article));
        let found = versions::list(tx, cx, id, &locale, before, limit)?;
        let place = |last: &Version| base::Cursor { key: last.number, id: id.uuid() }.encode();
        Ok(Page::cut(found, limit, place).map(|version| version_out(&version)))
    });
    Ok(Reply::new(found.await?))
}

/// The language of a version.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LocaleQuery {
    /// The language; the source when absent.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
}

async fn version(cx: Cx, path: Two, Query(asked): Query<LocaleQuery>) -> web::Result<Reply<TextOut>> {
    let (id, number) = two_ids(path)?;
    let number: i64 = number.parse().map_err(|_| gone())?;
    let found = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        let locale = asked.locale.clone().unwrap_or_else(|| super::locale_of(&article));
        let version = Version::find(tx, cx, id, &locale, number)?.ok_or_else(gone)?;
        Ok(text_out(cx, id, &version))
    });
    Ok(Reply::new(found.await?))
}

/// Which versions are compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct DiffQuery {
    /// The language; the source when absent.
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
    /// The number of the older version.
    from: i64,
    /// The number of the newer version.
    to: i64,
}

async fn compare(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    Query(asked): Query<DiffQuery>,
) -> web::Result<Reply<DiffOut>> {
    let pair = cx.read(move |tx, cx| {
        let article = Article::find(tx, cx, Sight::of(cx), id)?;
        let locale = asked.locale.clone().unwrap_or_else(|| super::locale_of(&article));
        versions::pair(tx, cx, id, &locale, asked.from, asked.to)
    });
    let (before, after) = pair.await?;
    let compared = tokio::task::spawn_blocking(move || {
        let lines = versions::compare(&before, &after);
        let lines = lines.into_iter().map(|(change, text)| DiffLine { change, text }).collect();
        DiffOut { from: version_out(&before), to: version_out(&after), lines }
    });
    Ok(Reply::new(compared.await.map_err(|error| web::INTERNAL.error().caused_by(error))?))
}

/// The version to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rollback {
    /// The language; the source when absent.
    locale: Option<Locale>,
    /// The number of the version.
    number: i64,
}

async fn roll_back(
    cx: Cx,
    PathId(id): PathId<nouns::Article>,
    seen: IfMatch,
    Json { value: wanted, .. }: Json<Rollback>,
) -> web::Result<Reply<ArticleOut>> {
    let changed = cx.write(move |tx, cx| {
        let article = versions::roll_back(tx, cx, id, seen, wanted.locale.as_ref(), wanted.number)?;
        article_out(tx, cx, article)
    });
    Ok(versioned(changed.await?))
}
