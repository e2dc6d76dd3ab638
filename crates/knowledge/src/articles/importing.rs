//! Bringing articles from elsewhere: one JSON object a line, known by its `external_id`.
//! Rule: what is there already and says the same is left alone, so that an import goes on where it stopped.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::text::{Block, Line};
use base::{Code, Kind, Result};
use base64::Engine;
use db::Tx;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::log::Origin;
use web::IfMatch;

use super::article::Article;
use super::body::{BODY_LIMIT, Excerpt, Prepared};
use super::images::{self, Picture};
use super::locales::Locale;
use super::text::{ArticleText, Version};
use super::translating::{Translating, translate};
use super::words::{ArticleStatus, Audience, Visibility};
use super::writing::{Changes, Writing, create, patch};
use super::{locale_of, packing, publishing, slugs};
use crate::help::site;
use crate::nouns::ArticleId;

/// A line of an import is wrong.
pub static BAD_ARTICLE: Code = Code::new(
    Kind::Unprocessable,
    "bad_article",
    "The line is not an article.",
    "Send `external_id`, `title` and `body`; `locale`, `category`, `tags`, `audience`, `visibility` may follow.",
);

/// Articles in one transaction.
const GROUP: usize = 20;

/// An article of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedArticle {
    /// Its id in the other system.
    #[serde(alias = "id")]
    pub external_id: String,
    /// The title.
    pub title: String,
    /// The body as Markdown.
    #[serde(alias = "text")]
    pub body: String,
    /// The language; the help centre's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The language it was first written in, when these words are a translation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_locale: Option<String>,
    /// The names of categories from the top down, with `/` between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The tags by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whom it is for; everybody when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Who may open it; anybody when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// A sentence for lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Its status; published when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ArticleStatus>,
    /// The pictures its body names as `cid:…`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImportedImage>,
}

/// A picture of an article of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedImage {
    /// Its name.
    pub name: String,
    /// Its bytes in base 64.
    pub content: String,
}

/// What became of some lines.
#[derive(Debug, Default)]
pub struct Imported {
    /// Lines that became articles or new versions now.
    pub written: i64,
    /// Lines that said what is there already.
    pub known: i64,
    /// Lines that were refused, with the reason.
    pub refused: Vec<(i64, String)>,
}

/// A line that was checked and rendered.
#[derive(Clone)]
struct Ready {
    line: i64,
    article: Arc<Checked>,
}

struct Checked {
    pass: usize,
    external_id: String,
    text: Prepared,
    locale: Option<Locale>,
    source_locale: Option<Locale>,
    category: Vec<Line<120>>,
    tags: Vec<Line<60>>,
    audience: Audience,
    visibility: Visibility,
    slug: Option<String>,
    status: ArticleStatus,
    pictures: Vec<(String, Picture)>,
    hash: Vec<u8>,
}

/// Imports lines of a file; blocks. A dry run checks the lines and writes nothing.
pub fn import_lines(cx: &Cx, lines: &[(i64, String)], is_dry: bool) -> Result<Imported> {
    let cx = cx.clone().with_origin(Origin::Import);
    let mut outcome = Imported::default();
    let mut ready = Vec::new();
    for (line, text) in lines.iter().filter(|(_, text)| !text.trim().is_empty()) {
        match read(text) {
            Ok(article) => ready.push(Ready { line: *line, article: Arc::new(article) }),
            Err(error) => outcome.refused.push((*line, error.to_string())),
        }
    }
    if is_dry {
        return Ok(outcome);
    }
    ready.sort_by_key(|line| line.article.pass);
    for group in ready.chunks(GROUP) {
        import_group(&cx, group, &mut outcome)?;
    }
    Ok(outcome)
}

/// Reads a line, and refuses it with words that name the field.
fn read(text: &str) -> Result<Checked> {
    let article: ImportedArticle = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let line = |field: &str, why: String| wrong(format!("`{field}` {why}"));
    let external_id = Line::<200>::new(&article.external_id).map_err(|why| line("external_id", why))?;
    let title = Line::<200>::new(&shortened(&article.title, 200)).map_err(|why| line("title", why))?;
    let body = Block::<BODY_LIMIT>::new(&without_controls(&article.body)).map_err(|why| line("body", why))?;
    let excerpt = article.excerpt.as_deref().map(|text| shortened(text, 300)).filter(|text| !text.is_empty());
    let excerpt = excerpt.map(|text| Excerpt::new(&text)).transpose().map_err(|why| line("excerpt", why))?;
    let locale = article.locale.as_deref().map(Locale::new).transpose().map_err(|why| line("locale", why))?;
    let source = article.source_locale.as_deref().map(Locale::new).transpose();
    let source_locale = source.map_err(|why| line("source_locale", why))?;
    let names = article.category.iter().flat_map(|path| path.split('/')).filter(|name| !name.trim().is_empty()).take(3);
    let category = names.map(Line::new).collect::<Result<_, _>>().map_err(|why| line("category", why))?;
    let tags =
        article.tags.iter().map(|tag| Line::new(tag)).collect::<Result<_, _>>().map_err(|why| line("tags", why))?;
    let pictures = article.images.iter().map(picture).collect::<Result<_>>()?;
    Ok(Checked {
        pass: article.pass(),
        external_id: external_id.into(),
        text: Prepared::now(title.into(), body.into(), excerpt.map(String::from)),
        locale,
        source_locale,
        category,
        tags,
        audience: article.audience.unwrap_or(Audience::Both),
        visibility: article.visibility.unwrap_or(Visibility::Public),
        slug: article.slug,
        status: article.status.unwrap_or(ArticleStatus::Published),
        pictures,
        hash: Sha256::digest(text.trim().as_bytes()).to_vec(),
    })
}

/// Titles and excerpts elsewhere may be longer and hold line breaks.
fn shortened(text: &str, most: usize) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !base::text::is_direction(*c))
        .take(most)
        .collect()
}

/// Texts elsewhere hold stray control characters that nobody meant.
fn without_controls(body: &str) -> String {
    body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

fn picture(image: &ImportedImage) -> Result<(String, Picture)> {
    let unreadable = |error| wrong(format!("the picture `{}` cannot be read: {error}", image.name));
    let bytes = base64::engine::general_purpose::STANDARD.decode(&image.content).map_err(unreadable)?;
    let picture = Picture::new(bytes).map_err(|error| wrong(format!("`{}`: {}", image.name, error.message())))?;
    Ok((image.name.clone(), picture))
}

fn wrong(why: String) -> base::Error {
    BAD_ARTICLE.because(format!("The line is not an article: {why}."))
}

fn import_group(cx: &Cx, group: &[Ready], outcome: &mut Imported) -> Result<()> {
    match write(cx, group) {
        Ok(written) => outcome.count(written, group.len()),
        Err(error) if error.kind() == Kind::Unavailable => return Err(error),
        Err(_) => {
            for line in group {
                match write(cx, std::slice::from_ref(line)) {
                    Ok(written) => outcome.count(written, 1),
                    Err(error) if error.kind() == Kind::Unavailable => return Err(error),
                    Err(error) => outcome.refused.push((line.line, error.to_string())),
                }
            }
        }
    }
    Ok(())
}

/// Writes lines in one transaction and says how many said something new.
fn write(cx: &Cx, lines: &[Ready]) -> Result<i64> {
    let (own, lines) = (cx.clone(), lines.to_vec());
    cx.house().db.write_now(cx.workspace().uuid(), move |tx| {
        let mut written = 0;
        for line in &lines {
            written += i64::from(import(tx, &own, &line.article)?);
        }
        Ok(written)
    })
}

fn import(tx: &mut Tx<'_>, cx: &Cx, new: &Checked) -> Result<bool> {
    let locale = match &new.locale {
        Some(locale) => locale.clone(),
        None => site::default_locale(tx, cx)?,
    };
    let known = match Article::by_external_id(tx, cx.workspace(), &new.external_id)? {
        Some(article) => Some(article),
        None => exported(tx, cx, &new.external_id)?,
    };
    let id = match known {
        None => {
            if let Some(source) = new.source_locale.as_ref().filter(|source| **source != locale) {
                return Err(wrong(format!("`source_locale` is `{source}`, but the article in it is not there")));
            }
            make(tx, cx, new, locale)?
        }
        Some(article) if locale_of(&article) == locale => {
            if article.content_hash.as_deref() == Some(&new.hash) || says_the_same(tx, cx, &article, new)? {
                return Ok(false);
            }
            change(tx, cx, &article, new)?
        }
        Some(article) => {
            if !retranslate(tx, cx, &article, &locale, new)? {
                return Ok(false);
            }
            article.id
        }
    };
    for (name, picture) in &new.pictures {
        images::keep(tx, cx, id, name, picture)?;
    }
    let mut article = Article::find_locked(tx, cx, id)?;
    publishing::change(tx, cx, &mut article, new.status)?;
    Ok(true)
}

/// The article that an export of this workspace named by its own id, as it has none in another system.
fn exported(tx: &mut Tx<'_>, cx: &Cx, name: &str) -> Result<Option<Article>> {
    let Ok(id) = name.parse() else { return Ok(None) };
    match Article::find_locked(tx, cx, id) {
        Ok(article) => Ok(Some(article)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an article is as a line says, read as an export writes it; what the line leaves out stays as it is.
fn says_the_same(tx: &mut Tx<'_>, cx: &Cx, article: &Article, new: &Checked) -> Result<bool> {
    let facts = (article.audience, article.visibility, article.status);
    if facts != (new.audience, new.visibility, new.status) {
        return Ok(false);
    }
    let Some(there) = packing::pack_source(tx, cx, article)? else { return Ok(false) };
    let folded = |names: Vec<String>| names.iter().map(|name| base::text::fold(name)).collect::<BTreeSet<_>>();
    let tags = new.tags.iter().map(ToString::to_string).collect();
    let category = new.category.iter().map(ToString::to_string).collect::<Vec<_>>().join("/");
    Ok((&there.title, &there.body, there.excerpt.as_ref())
        == (&new.text.title, &new.text.body, Some(&new.text.excerpt))
        && new.slug.as_ref().is_none_or(|slug| there.slug == Some(slugs::slug_of(slug)))
        && folded(there.tags) == folded(tags)
        && (category.is_empty()
            || base::text::fold(&category) == base::text::fold(&there.category.unwrap_or_default())))
}

fn make(tx: &mut Tx<'_>, cx: &Cx, new: &Checked, locale: Locale) -> Result<ArticleId> {
    let writing = Writing {
        text: new.text.clone(),
        locale,
        slug: None,
        external_id: Some(new.external_id.clone()),
        audience: new.audience,
        visibility: new.visibility,
        category: taxonomy::category_at(tx, cx, &new.category)?,
        tags: new.tags.clone(),
        owner: None,
        review_by: None,
        gap: None,
        content_hash: Some(new.hash.clone()),
    };
    let article = create(tx, cx, &writing)?;
    rename(tx, cx, &article, new)?;
    Ok(article.id)
}

/// Takes the address that the file names, when nobody else has it.
fn rename(tx: &mut Tx<'_>, cx: &Cx, article: &Article, new: &Checked) -> Result<()> {
    let Some(slug) = &new.slug else { return Ok(()) };
    if let Some(mut text) = ArticleText::find(tx, cx, article.id, &locale_of(article))? {
        text.rename(tx, cx, slug)?;
    }
    Ok(())
}

fn change(tx: &mut Tx<'_>, cx: &Cx, article: &Article, new: &Checked) -> Result<ArticleId> {
    let category = taxonomy::category_at(tx, cx, &new.category)?;
    let changes = Changes {
        title: Some(new.text.title.clone()),
        slug: new.slug.clone(),
        audience: Some(new.audience),
        visibility: Some(new.visibility),
        category: category.map_or(base::Patch::Keep, base::Patch::Set),
        tags: Some(new.tags.clone()),
        prepared: Some(new.text.clone()),
        ..Changes::default()
    };
    patch(tx, cx, article.id, IfMatch(article.version), &changes)?;
    tx.exec(
        "UPDATE article SET content_hash = $1 WHERE workspace_id = $2 AND id = $3",
        &[&new.hash, &cx.workspace(), &article.id],
    )?;
    Ok(article.id)
}

fn retranslate(tx: &mut Tx<'_>, cx: &Cx, article: &Article, locale: &Locale, new: &Checked) -> Result<bool> {
    if let Some(text) = ArticleText::find(tx, cx, article.id, locale)?
        && let Some(head) = Version::find(tx, cx, article.id, locale, text.head)?
        && (&head.title, &head.body) == (&new.text.title, &new.text.body)
    {
        return Ok(false);
    }
    let translating = Translating { text: new.text.clone(), slug: new.slug.clone(), note: None };
    translate(tx, cx, article.id, locale, IfMatch(article.version), &translating)?;
    Ok(true)
}

impl ImportedArticle {
    /// Whether these words were made from words in another language, which must be there before them.
    pub fn is_translation(&self) -> bool {
        self.source_locale.is_some() && self.source_locale != self.locale
    }

    fn pass(&self) -> usize {
        pass(self.locale.as_deref(), self.source_locale.as_deref())
    }
}

/// Passes over a file, so that the order of its lines does not matter.
pub const PASSES: usize = 3;

/// The pass in which a line is taken: articles in the help centre's language or said to be a source first, then those of
/// which nobody says what they are, then what is said to be a translation.
pub fn pass_of(line: &str) -> usize {
    #[derive(Deserialize)]
    struct Languages {
        locale: Option<String>,
        source_locale: Option<String>,
    }
    let read = serde_json::from_str::<Languages>(line);
    read.map_or(0, |read| pass(read.locale.as_deref(), read.source_locale.as_deref()))
}

fn pass(locale: Option<&str>, source: Option<&str>) -> usize {
    match (locale, source) {
        (locale, Some(source)) if locale != Some(source) => 2,
        (Some(_), None) => 1,
        _ => 0,
    }
}

impl Imported {
    fn count(&mut self, written: i64, lines: usize) {
        self.written += written;
        self.known += i64::try_from(lines).unwrap_or(0) - written;
    }
}
