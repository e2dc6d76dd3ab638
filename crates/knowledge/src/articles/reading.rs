//! Articles as their readers see them: the live text in the wanted language, or in the one it was written in.
//! Rule: readers never see a head that is not live, nor what their sight leaves out.

use base::{Cursor, Result, Time};
use db::{Query, Row, Tx};
use taxonomy::nouns::CategoryId;
use trust::Cx;

use super::article::{Article, COLUMNS, WIDTH};
use super::locales::Locale;
use super::sight::Sight;
use super::text::{VERSION_COLUMNS, Version};
use super::titles::titled_many;
use crate::nouns::ArticleId;

/// An article with its live text in one language.
#[derive(Clone, Debug)]
pub struct Live {
    /// The article.
    pub article: Article,
    /// The address in that language.
    pub slug: String,
    /// The live version.
    pub version: Version,
}

fn read(row: &Row<'_>) -> Result<Live> {
    let article = Article::read(row)?;
    Ok(Live { article, slug: row.get(WIDTH)?, version: Version::read_from(row, WIDTH + 1)? })
}

fn select(cx: &Cx) -> Query {
    let mut query = Query::new(&format!(
        "SELECT {COLUMNS}, t.slug, {VERSION_COLUMNS} FROM article a \
         JOIN article_text t ON t.workspace_id = a.workspace_id AND t.article_id = a.id \
         JOIN article_version v ON v.workspace_id = t.workspace_id AND v.article_id = t.article_id \
         AND v.locale = t.locale AND v.number = t.live WHERE a.workspace_id = "
    ));
    query.bind(cx.workspace()).push(" AND t.workspace_id = ").bind(cx.workspace());
    query.push(" AND v.workspace_id = ").bind(cx.workspace()).push(" AND a.status = 'published'");
    query
}

impl Live {
    /// The live article of an address in a language.
    pub fn by_slug(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, locale: &Locale, slug: &str) -> Result<Option<Live>> {
        let mut query = select(cx);
        query.push(" AND t.locale = ").bind(locale).push(" AND t.slug = ").bind(slug);
        sight.limit(&mut query, "a");
        Ok(tx.all_of(&query, read)?.pop())
    }

    /// A live article in a language, or in its own when it is not translated.
    pub fn find(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, id: ArticleId, locale: Option<&str>) -> Result<Option<Live>> {
        let Some(titled) = titled_many(tx, cx, sight, &[id], locale)?.pop() else { return Ok(None) };
        let mut query = select(cx);
        query.push(" AND a.id = ").bind(id).push(" AND t.locale = ").bind(&titled.locale);
        sight.limit(&mut query, "a");
        Ok(tx.all_of(&query, read)?.pop())
    }

    /// The languages it is live in, with its address in each.
    pub fn languages(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId) -> Result<Vec<(Locale, String)>> {
        tx.all(
            "SELECT locale, slug FROM article_text WHERE workspace_id = $1 AND article_id = $2 AND live IS NOT NULL \
             ORDER BY locale",
            &[&cx.workspace(), &id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// The safe HTML with the addresses that readers of this origin use.
    pub fn html(&self, origin: &str) -> String {
        let html = self.version.safe_html();
        super::with_addresses(&html, origin, self.version.locale.as_str(), super::Pictures::OfReaders(self.article.id))
    }
}

/// Live articles in every language they are live in.
pub(crate) fn live_all(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, ids: &[ArticleId]) -> Result<Vec<Live>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = select(cx);
    query.push(" AND a.id IN (").bind_list(ids.iter()).push(")");
    sight.limit(&mut query, "a");
    tx.all_of(&query, read)
}

/// The article that had this address before.
pub(crate) fn by_old_slug(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, slug: &str) -> Result<Option<ArticleId>> {
    let moved = tx.first(
        "SELECT article_id FROM article_redirect WHERE workspace_id = $1 AND locale = $2 AND slug = $3",
        &[&cx.workspace(), locale, &slug],
        |row| row.get(0),
    )?;
    match moved {
        Some(article) => Ok(Some(article)),
        // The address of another language, as somebody gets by changing the language in the address itself.
        None => tx.first(
            "SELECT article_id FROM article_text WHERE workspace_id = $1 AND slug = $2 AND locale IN \
             (SELECT locale FROM article_locale WHERE workspace_id = $1) LIMIT 1",
            &[&cx.workspace(), &slug],
            |row| row.get(0),
        ),
    }
}

/// The article that a link inside another means: by id, by its id in another system, or by address.
pub(crate) fn resolve(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, key: &str) -> Result<Option<ArticleId>> {
    if let Ok(id) = key.parse() {
        return Ok(Some(id));
    }
    let by_external = tx.first(
        "SELECT id FROM article WHERE workspace_id = $1 AND external_id = $2",
        &[&cx.workspace(), &key],
        |row| row.get(0),
    )?;
    match by_external {
        Some(id) => Ok(Some(id)),
        None => {
            let by_slug = tx.first(
                "SELECT article_id FROM article_text WHERE workspace_id = $1 AND locale = $2 AND slug = $3",
                &[&cx.workspace(), locale, &key],
                |row| row.get(0),
            )?;
            Ok(by_slug)
        }
    }
}

/// A line of a list that readers see.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The article.
    pub id: ArticleId,
    /// The place in the list.
    pub published_at: Time,
}

/// The query of a category's published articles, newest first, for running and for explaining.
pub fn shelf_query(cx: &Cx, sight: Sight, category: Option<CategoryId>, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new("SELECT a.id, a.published_at FROM article a WHERE a.workspace_id = ");
    query.bind(cx.workspace()).push(" AND a.status = 'published'");
    match category {
        Some(category) => drop(query.push(" AND a.category_id = ").bind(category)),
        None => drop(query.push(" AND a.category_id IS NULL")),
    }
    sight.limit(&mut query, "a");
    query.after("(a.published_at, a.id) <", after);
    query.push(" ORDER BY a.published_at DESC, a.id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(51));
    query
}

impl Shelf {
    /// Up to `limit` + 1 articles of a category that this reader sees.
    pub(crate) fn of_category(
        tx: &mut Tx<'_>,
        cx: &Cx,
        sight: Sight,
        category: Option<CategoryId>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Shelf>> {
        let query = shelf_query(cx, sight, category, after, limit);
        tx.all_of(&query, |row| Ok(Shelf { id: row.get(0)?, published_at: row.get(1)? }))
    }

    /// The articles most read among those open to anybody.
    pub(crate) fn popular(tx: &mut Tx<'_>, cx: &Cx, limit: i64) -> Result<Vec<ArticleId>> {
        tx.all(
            "SELECT a.id FROM article a WHERE a.workspace_id = $1 AND a.status = 'published' AND a.open_to = 'public' \
             AND a.views > 0 ORDER BY a.views DESC, a.id DESC LIMIT $2",
            &[&cx.workspace(), &limit],
            |row| row.get(0),
        )
    }
}

impl Live {
    /// The article.
    pub fn id(&self) -> ArticleId {
        self.article.id
    }

    /// Its title in this language.
    pub fn title(&self) -> &str {
        &self.version.title
    }

    /// The language of the text.
    pub fn locale(&self) -> &Locale {
        &self.version.locale
    }

    /// What names the article outside: its id in another system, else its own.
    pub fn name(&self) -> String {
        self.article.external_id.clone().unwrap_or_else(|| self.article.id.to_string())
    }
}

/// Whether any article has a category.
pub fn is_shelved(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<bool> {
    let sql = "SELECT 1 FROM article WHERE workspace_id = $1 AND category_id = $2 LIMIT 1";
    Ok(tx.first(sql, &[&cx.workspace(), &category], |_| Ok(()))?.is_some())
}
