//! Translations: the same article in another language, which know when their source moved on.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::article::{Article, gone};
use super::body::Prepared;
use super::events::{Facts, tell};
use super::live_locales;
use super::locales::Locale;
use super::text::ArticleText;
use super::words::ArticleStatus;
use crate::nouns::ArticleId;

/// The source text is not a translation.
pub static SOURCE_TEXT: Code = Code::new(
    Kind::Conflict,
    "source_text",
    "This is the language the article was written in.",
    "Change the article itself, or name another language.",
);

/// A translation as it is written: its words, and its address when somebody chose one.
#[derive(Clone, Debug)]
pub struct Translating {
    /// The words.
    pub text: Prepared,
    /// The address; made of the title when absent.
    pub slug: Option<String>,
    /// Why the words changed.
    pub note: Option<String>,
}

/// Writes a translation of the source as it is now: its first version, or its next.
pub fn translate(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: ArticleId,
    locale: &Locale,
    seen: IfMatch,
    new: &Translating,
) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    let source = source_of(tx, cx, &article)?;
    if source.locale == *locale {
        return Err(SOURCE_TEXT.error());
    }
    let number = match ArticleText::find(tx, cx, id, locale)? {
        None => ArticleText::start(tx, cx, id, locale, (new.slug.as_deref(), Some(source.head)), &new.text)?.head,
        Some(mut text) => {
            if let Some(slug) = &new.slug {
                text.rename(tx, cx, slug)?;
            }
            text.advance(tx, cx, &new.text, new.note.as_deref(), Some(source.head))?;
            text.head
        }
    };
    article.store(tx, cx)?;
    let facts = Facts { locale: Some(locale.as_str()), number: Some(number), ..Facts::default() };
    tell(tx, cx, &article, "article.translated", &facts)?;
    Ok(article)
}

/// Takes a translation away, its versions and addresses too.
pub fn untranslate(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, locale: &Locale, seen: IfMatch) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgeWrite)?;
    seen.check(article.version)?;
    if article.source_locale == locale.as_str() {
        return Err(SOURCE_TEXT.error());
    }
    let text = ArticleText::find(tx, cx, id, locale)?.ok_or_else(gone)?;
    if text.live.is_some() {
        cx.require(Right::KnowledgePublish)?;
    }
    for sql in [
        "DELETE FROM article_text WHERE workspace_id = $1 AND article_id = $2 AND locale = $3",
        "DELETE FROM article_version WHERE workspace_id = $1 AND article_id = $2 AND locale = $3",
        "DELETE FROM article_redirect WHERE workspace_id = $1 AND article_id = $2 AND locale = $3",
        "DELETE FROM article_vote WHERE workspace_id = $1 AND article_id = $2 AND locale = $3",
    ] {
        tx.exec(sql, &[&cx.workspace(), &id, locale])?;
    }
    if text.live.is_some() && article.status == ArticleStatus::Published {
        live_locales::lost(tx, cx, locale)?;
    }
    article.store(tx, cx)?;
    tell(
        tx,
        cx,
        &article,
        "article.translation_removed",
        &Facts { locale: Some(locale.as_str()), ..Facts::default() },
    )?;
    Ok(article)
}

/// The text in the language the article was written in.
pub(crate) fn source_of(tx: &mut Tx<'_>, cx: &Cx, article: &Article) -> Result<ArticleText> {
    ArticleText::find(tx, cx, article.id, &super::locale_of(article))?.ok_or_else(gone)
}
