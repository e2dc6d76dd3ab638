//! The article row, and finding it within a sight.

use base::{Result, Time};
use db::{Query, Row, Tx};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::{MemberId, WorkspaceId};

use super::sight::Sight;
use super::words::{ArticleStatus, Audience, OpenTo, Visibility};
use crate::nouns::ArticleId;

/// An article: what is true of it in every language.
#[derive(Clone, Debug)]
pub struct Article {
    pub(crate) id: ArticleId,
    pub(crate) external_id: Option<String>,
    pub(crate) status: ArticleStatus,
    pub(crate) audience: Audience,
    pub(crate) visibility: Visibility,
    pub(crate) source_locale: String,
    pub(crate) category: Option<CategoryId>,
    pub(crate) owner: Option<MemberId>,
    pub(crate) scheduled_at: Option<Time>,
    pub(crate) published_at: Option<Time>,
    pub(crate) reviewed_at: Option<Time>,
    pub(crate) review_by: Option<Time>,
    pub(crate) views: i64,
    pub(crate) content_hash: Option<Vec<u8>>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    pub(crate) version: i64,
}

pub(crate) const COLUMNS: &str = "a.id, a.external_id, a.status, a.audience, a.visibility, a.source_locale, a.category_id, \
    a.owner_id, a.scheduled_at, a.published_at, a.reviewed_at, a.review_by, a.views, a.content_hash, a.created_at, \
    a.updated_at, a.version";

/// How many columns `COLUMNS` names.
pub(crate) const WIDTH: usize = 17;

impl Article {
    pub(crate) fn read(row: &Row<'_>) -> Result<Article> {
        Ok(Article {
            id: row.get(0)?,
            external_id: row.get(1)?,
            status: row.get(2)?,
            audience: row.get(3)?,
            visibility: row.get(4)?,
            source_locale: row.get(5)?,
            category: row.get(6)?,
            owner: row.get(7)?,
            scheduled_at: row.get(8)?,
            published_at: row.get(9)?,
            reviewed_at: row.get(10)?,
            review_by: row.get(11)?,
            views: row.get(12)?,
            content_hash: row.get(13)?,
            created_at: row.get(14)?,
            updated_at: row.get(15)?,
            version: row.get(16)?,
        })
    }

    /// Finds an article that this reader sees.
    pub fn find(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, id: ArticleId) -> Result<Article> {
        tx.all_of(&by_id(cx, sight, id), Article::read)?.pop().ok_or_else(gone)
    }

    /// Finds an article that this reader sees and locks its row until the commit.
    pub(crate) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId) -> Result<Article> {
        tx.first_of_locked(&by_id(cx, Sight::of(cx), id), Article::read)?.ok_or_else(gone)
    }

    /// Finds articles that this reader sees, in the order of `ids`.
    pub(crate) fn find_many(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, ids: &[ArticleId]) -> Result<Vec<Article>> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM article a WHERE a.workspace_id = "));
        query.bind(cx.workspace()).push(" AND a.id IN (").bind_list(ids.iter()).push(")");
        sight.limit(&mut query, "a");
        let mut found = tx.all_of(&query, Article::read)?;
        found.sort_by_key(|article| ids.iter().position(|id| *id == article.id));
        Ok(found)
    }

    /// The article with this id in another system.
    pub(crate) fn by_external_id(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        external_id: &str,
    ) -> Result<Option<Article>> {
        tx.first_locked(
            &format!("SELECT {COLUMNS} FROM article a WHERE a.workspace_id = $1 AND a.external_id = $2"),
            &[&workspace, &external_id],
            Article::read,
        )
    }

    /// Writes a new article down; one with a taken external id stays unwritten, and the answer is false.
    pub(crate) fn insert(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<bool> {
        let inserted = tx.exec(
            "INSERT INTO article (workspace_id, id, external_id, status, audience, visibility, open_to, source_locale, \
             category_id, owner_id, review_by, views, content_hash, created_at, updated_at, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $13, $14) ON CONFLICT DO NOTHING",
            &[
                &cx.workspace(),
                &self.id,
                &self.external_id,
                &self.status,
                &self.audience,
                &self.visibility,
                &self.open_to(),
                &self.source_locale,
                &self.category,
                &self.owner,
                &self.review_by,
                &self.content_hash,
                &self.created_at,
                &self.version,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Writes a locked article down as it is now, one version later.
    pub(crate) fn store(&mut self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        self.version += 1;
        self.updated_at = cx.env().now();
        tx.exec(
            "UPDATE article SET status = $1, audience = $2, visibility = $3, open_to = $4, category_id = $5, owner_id = $6, \
             scheduled_at = $7, published_at = $8, reviewed_at = $9, review_by = $10, content_hash = $11, updated_at = $12, \
             version = $13 WHERE workspace_id = $14 AND id = $15",
            &[
                &self.status, &self.audience, &self.visibility, &self.open_to(), &self.category, &self.owner,
                &self.scheduled_at, &self.published_at, &self.reviewed_at, &self.review_by, &self.content_hash,
                &self.updated_at, &self.version, &cx.workspace(), &self.id,
            ],
        )?;
        Ok(())
    }

    /// Whom audience and visibility leave it to.
    pub fn open_to(&self) -> OpenTo {
        OpenTo::of(self.audience, self.visibility)
    }
}

fn by_id(cx: &Cx, sight: Sight, id: ArticleId) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM article a WHERE a.workspace_id = "));
    query.bind(cx.workspace()).push(" AND a.id = ").bind(id);
    sight.limit(&mut query, "a");
    query
}

pub(crate) fn gone() -> base::Error {
    web::NOT_FOUND.error()
}
