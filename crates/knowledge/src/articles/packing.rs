//! Articles on their way out, in the form an import takes: every language of every article, a page at a time.

use std::collections::HashMap;

use base::Result;
use base64::Engine;
use db::Tx;
use taxonomy::nouns::CategoryId;
use trust::Cx;

use super::article::{Article, COLUMNS};
use super::images::of_article;
use super::importing::{ImportedArticle, ImportedImage};
use super::tagging::tags_of;
use super::text::{ArticleText, Version};
use super::words::ArticleStatus;
use crate::nouns::ArticleId;

/// Articles of a page.
const PAGE: i64 = 50;

/// A page of an export.
pub struct Packed {
    /// The articles, one for each language.
    pub articles: Vec<ImportedArticle>,
    /// The last article of the page; the next page starts after it.
    pub last: Option<ArticleId>,
}

/// The articles after one, with their words and pictures.
pub fn pack(tx: &mut Tx<'_>, cx: &Cx, after: Option<ArticleId>) -> Result<Packed> {
    let after = after.map_or(uuid::Uuid::nil(), ArticleId::uuid);
    let sql = format!("SELECT {COLUMNS} FROM article a WHERE a.workspace_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3");
    let found = tx.all(&sql, &[&cx.workspace(), &after, &PAGE], Article::read)?;
    let ids: Vec<ArticleId> = found.iter().map(|article| article.id).collect();
    let mut tags = if ids.is_empty() { HashMap::new() } else { tags_of(tx, cx, &ids)? };
    let paths = paths(tx, cx)?;
    let mut articles = Vec::new();
    for article in &found {
        let tags = tags.remove(&article.id).unwrap_or_default();
        let texts = ArticleText::of_many(tx, cx, &[article.id])?;
        articles.extend(pack_one(tx, cx, article, texts, (&tags, &paths))?);
    }
    Ok(Packed { articles, last: ids.last().copied() })
}

/// One article in the language it was written in, without its pictures.
pub(super) fn pack_source(tx: &mut Tx<'_>, cx: &Cx, article: &Article) -> Result<Option<ImportedArticle>> {
    let Some(text) = ArticleText::find(tx, cx, article.id, &super::locale_of(article))? else { return Ok(None) };
    let tags = tags_of(tx, cx, &[article.id])?.remove(&article.id).unwrap_or_default();
    let paths = if article.category.is_some() { paths(tx, cx)? } else { HashMap::new() };
    pack_text(tx, cx, article, text, (&tags, &paths))
}

/// The tags of an article, and the names of categories from the top down.
type Beside<'a> = (&'a [String], &'a HashMap<CategoryId, String>);

fn pack_one(
    tx: &mut Tx<'_>,
    cx: &Cx,
    article: &Article,
    mut texts: Vec<ArticleText>,
    beside: Beside<'_>,
) -> Result<Vec<ImportedArticle>> {
    let mut packed = Vec::new();
    // The language it was written in comes first: the others are translations of it.
    texts.sort_by_key(|text| text.locale.as_str() != article.source_locale);
    for text in texts {
        let Some(mut one) = pack_text(tx, cx, article, text, beside)? else { continue };
        if one.source_locale.is_none() {
            one.images = images(tx, cx, article.id)?;
        }
        packed.push(one);
    }
    Ok(packed)
}

fn pack_text(
    tx: &mut Tx<'_>,
    cx: &Cx,
    article: &Article,
    text: ArticleText,
    (tags, paths): Beside<'_>,
) -> Result<Option<ImportedArticle>> {
    let number = text.live.filter(|_| article.status == ArticleStatus::Published).unwrap_or(text.head);
    let Some(version) = Version::find(tx, cx, article.id, &text.locale, number)? else { return Ok(None) };
    let is_source = text.locale.as_str() == article.source_locale;
    Ok(Some(ImportedArticle {
        external_id: article.external_id.clone().unwrap_or_else(|| article.id.to_string()),
        title: version.title,
        body: version.body,
        locale: Some(text.locale.as_str().to_owned()),
        source_locale: (!is_source).then(|| article.source_locale.clone()),
        category: article.category.and_then(|category| paths.get(&category).cloned()),
        tags: tags.to_vec(),
        audience: Some(article.audience),
        visibility: Some(article.visibility),
        slug: Some(text.slug),
        excerpt: Some(version.excerpt),
        status: Some(article.status),
        images: Vec::new(),
    }))
}

fn images(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<Vec<ImportedImage>> {
    let encode = |(_, name, bytes): (String, String, Vec<u8>)| ImportedImage {
        name,
        content: base64::engine::general_purpose::STANDARD.encode(bytes),
    };
    Ok(of_article(tx, cx, article)?.into_iter().map(encode).collect())
}

/// The names of categories from the top down.
fn paths(tx: &mut Tx<'_>, cx: &Cx) -> Result<HashMap<CategoryId, String>> {
    let all = taxonomy::category_names(tx, cx.workspace())?;
    let by_id: HashMap<_, _> = all.iter().map(|(id, name, above)| (*id, (name, *above))).collect();
    let path = |id: CategoryId| {
        let mut names = Vec::new();
        let mut next = Some(id);
        while let Some((name, above)) = next.and_then(|id| by_id.get(&id)).filter(|_| names.len() < 3) {
            names.push(name.as_str());
            next = *above;
        }
        names.reverse();
        names.join("/")
    };
    Ok(all.iter().map(|(id, _, _)| (*id, path(*id))).collect())
}
