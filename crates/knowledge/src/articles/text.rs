//! An article in one language: its address, its head version and the one that is live; and the versions themselves.
//! Rule: a version never changes after it is written; changing a text means writing the next one.

use base::{Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use uuid::Uuid;

use super::body::Prepared;
use super::locales::Locale;
use super::slugs;
use crate::nouns::ArticleId;

/// An article in one language.
#[derive(Clone, Debug)]
pub struct ArticleText {
    pub(crate) article: ArticleId,
    pub(crate) locale: Locale,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) excerpt: String,
    pub(crate) head: i64,
    pub(crate) live: Option<i64>,
    /// The version of the source that this translation was made of; none for the source itself.
    pub(crate) source_number: Option<i64>,
    /// The version that goes live at the time the article is scheduled for; means something while it is.
    pub(crate) scheduled: Option<i64>,
    pub(crate) updated_at: Time,
}

const COLUMNS: &str = "article_id, locale, slug, title, excerpt, head, live, source_number, scheduled, \
    updated_at";

fn read(row: &Row<'_>) -> Result<ArticleText> {
    Ok(ArticleText {
        article: row.get(0)?,
        locale: row.get(1)?,
        slug: row.get(2)?,
        title: row.get(3)?,
        excerpt: row.get(4)?,
        head: row.get(5)?,
        live: row.get(6)?,
        source_number: row.get(7)?,
        scheduled: row.get(8)?,
        updated_at: row.get(9)?,
    })
}

/// One version of a text.
#[derive(Clone, Debug)]
pub struct Version {
    pub(crate) locale: Locale,
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) excerpt: String,
    pub(crate) body: String,
    pub(crate) html: String,
    pub(crate) sanitiser: i64,
    pub(crate) note: Option<String>,
    pub(crate) author_kind: String,
    pub(crate) author: Option<Uuid>,
    pub(crate) helpful: i64,
    pub(crate) unhelpful: i64,
    pub(crate) created_at: Time,
    /// The version of the source that these words were made of; none in the source itself.
    pub(crate) source_number: Option<i64>,
}

pub(crate) const VERSION_COLUMNS: &str = "v.locale, v.number, v.title, v.excerpt, v.body, v.html, v.sanitiser, v.note, \
    v.author_kind, v.author_id, v.helpful, v.unhelpful, v.created_at, v.source_number";

impl Version {
    pub(crate) fn read(row: &Row<'_>) -> Result<Version> {
        Version::read_from(row, 0)
    }

    pub(crate) fn read_from(row: &Row<'_>, first: usize) -> Result<Version> {
        Ok(Version {
            locale: row.get(first)?,
            number: row.get(first + 1)?,
            title: row.get(first + 2)?,
            excerpt: row.get(first + 3)?,
            body: row.get(first + 4)?,
            html: row.get(first + 5)?,
            sanitiser: row.get(first + 6)?,
            note: row.get(first + 7)?,
            author_kind: row.get(first + 8)?,
            author: row.get(first + 9)?,
            helpful: row.get(first + 10)?,
            unhelpful: row.get(first + 11)?,
            created_at: row.get(first + 12)?,
            source_number: row.get(first + 13)?,
        })
    }

    /// Finds a version.
    pub(crate) fn find(
        tx: &mut Tx<'_>,
        cx: &Cx,
        article: ArticleId,
        locale: &Locale,
        number: i64,
    ) -> Result<Option<Version>> {
        tx.first(
            &format!(
                "SELECT {VERSION_COLUMNS} FROM article_version v \
                 WHERE v.workspace_id = $1 AND v.article_id = $2 AND v.locale = $3 AND v.number = $4"
            ),
            &[&cx.workspace(), &article, locale, &number],
            Version::read,
        )
    }

    /// The safe HTML, with the placeholders of addresses.
    pub(crate) fn safe_html(&self) -> String {
        super::body::html(&self.body, self.html.clone(), self.sanitiser)
    }
}

impl ArticleText {
    /// The texts of articles, in the order of their locales.
    pub(crate) fn of_many(tx: &mut Tx<'_>, cx: &Cx, articles: &[ArticleId]) -> Result<Vec<ArticleText>> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM article_text WHERE workspace_id = "));
        query.bind(cx.workspace()).push(" AND article_id IN (").bind_list(articles.iter()).push(") ORDER BY locale");
        tx.all_of(&query, read)
    }

    /// The text of an article in a language.
    pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, locale: &Locale) -> Result<Option<ArticleText>> {
        tx.first(
            &format!("SELECT {COLUMNS} FROM article_text WHERE workspace_id = $1 AND article_id = $2 AND locale = $3"),
            &[&cx.workspace(), &article, locale],
            read,
        )
    }

    /// Writes the first version of a text in a language.
    pub(crate) fn start(
        tx: &mut Tx<'_>,
        cx: &Cx,
        article: ArticleId,
        locale: &Locale,
        (slug, source_number): (Option<&str>, Option<i64>),
        prepared: &Prepared,
    ) -> Result<ArticleText> {
        let slug = match slug {
            Some(slug) => slugs::chosen(tx, cx, article, locale, slug)?,
            None => slugs::free(tx, cx, article, locale, &prepared.title)?,
        };
        let text = ArticleText {
            article,
            locale: locale.clone(),
            slug,
            title: prepared.title.clone(),
            excerpt: prepared.excerpt.clone(),
            head: 1,
            live: None,
            source_number,
            scheduled: None,
            updated_at: cx.env().now(),
        };
        slugs::taken_over(tx, cx, locale, &text.slug)?;
        let inserted = tx.exec(
            "INSERT INTO article_text (workspace_id, article_id, locale, slug, title, excerpt, head, source_number, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8) ON CONFLICT DO NOTHING",
            &[
                &cx.workspace(), &article, locale, &text.slug, &text.title, &text.excerpt, &source_number, &text.updated_at,
            ],
        )?;
        if inserted == 0 {
            return Err(slugs::SLUG_TAKEN.error().field("/slug", "taken", "is the address of another article"));
        }
        text.write_version(tx, cx, prepared, None)?;
        Ok(text)
    }

    /// Writes the next version.
    pub(crate) fn advance(
        &mut self,
        tx: &mut Tx<'_>,
        cx: &Cx,
        prepared: &Prepared,
        note: Option<&str>,
        source_number: Option<i64>,
    ) -> Result<()> {
        self.head += 1;
        self.title.clone_from(&prepared.title);
        self.excerpt.clone_from(&prepared.excerpt);
        self.source_number = source_number;
        self.store(tx, cx)?;
        self.write_version(tx, cx, prepared, note)
    }

    /// Writes the row down as it is now.
    pub(crate) fn store(&mut self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        self.updated_at = cx.env().now();
        let stored = tx.exec(
            "UPDATE article_text SET slug = $1, title = $2, excerpt = $3, head = $4, live = $5, source_number = $6, \
             updated_at = $7 WHERE workspace_id = $8 AND article_id = $9 AND locale = $10",
            &[
                &self.slug,
                &self.title,
                &self.excerpt,
                &self.head,
                &self.live,
                &self.source_number,
                &self.updated_at,
                &cx.workspace(),
                &self.article,
                &self.locale,
            ],
        );
        stored.map(drop).map_err(|error| if db::is_duplicate(&error) { slugs::SLUG_TAKEN.error() } else { error })
    }

    /// Gives the text another address; the old one leads here from now on.
    pub(crate) fn rename(&mut self, tx: &mut Tx<'_>, cx: &Cx, wanted: &str) -> Result<bool> {
        let slug = slugs::chosen(tx, cx, self.article, &self.locale, wanted)?;
        if slug == self.slug {
            return Ok(false);
        }
        let before = std::mem::replace(&mut self.slug, slug);
        slugs::redirect(tx, cx, self.article, &self.locale, (&before, &self.slug))?;
        self.store(tx, cx)?;
        Ok(true)
    }

    fn write_version(&self, tx: &mut Tx<'_>, cx: &Cx, prepared: &Prepared, note: Option<&str>) -> Result<()> {
        let (author_kind, author) = cx.actor.named();
        tx.exec(
            "INSERT INTO article_version (workspace_id, article_id, locale, number, title, excerpt, body, html, sanitiser, \
             note, author_kind, author_id, helpful, unhelpful, created_at, source_number) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13, $14)",
            &[
                &cx.workspace(), &self.article, &self.locale, &self.head, &prepared.title, &prepared.excerpt,
                &prepared.body, &prepared.html, &redact::SANITISER_VERSION, &note, &author_kind, &author, &self.updated_at,
                &self.source_number,
            ],
        )?;
        Ok(())
    }
}
