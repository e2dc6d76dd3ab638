//! Reviews: tasks to look at an article again, because readers say so or because its date has come.
//! Rule: opening one that is open already changes nothing; whoever confirms the article closes all of them.

use std::sync::Arc;

use base::{Cursor, Patch, Result, Time};
use db::{Query, Row, Tx};
use jobs::{Job, Run, Schedule};
use serde_json::json;
use trust::access::{Audience, Right, Via};
use trust::log::{NewEvent, record};
use trust::nouns::{MemberId, WorkspaceId};
use trust::{Cx, House};
use uuid::Uuid;
use web::IfMatch;

use super::voting::Verdict;
use crate::articles::{Article, Live};
use crate::nouns::{ArticleId, ReviewId};

base::words! {
    /// Why an article is to be looked at again.
    pub enum ReviewReason {
        /// Its readers say that it does not help.
        Votes = "votes",
        /// The date to look at it again has come.
        Stale = "stale",
    }
}

/// The schedule that opens reviews of articles whose date has come.
pub(crate) static STALE: (jobs::Kind<Arc<House>>, Schedule) = (
    jobs::Kind { name: "knowledge.open_stale_reviews", tries: 5, run: Run::Outside(open_all_stale) },
    Schedule { kind: "knowledge.open_stale_reviews", every_seconds: 3600 },
);

/// A task to look at an article again.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    pub id: ReviewId,
    pub article: ArticleId,
    pub reason: ReviewReason,
    pub locale: Option<String>,
    pub number: Option<i64>,
    pub verdict: Verdict,
    pub owner: Option<MemberId>,
    pub opened_at: Time,
}

fn read(row: &Row<'_>) -> Result<Review> {
    Ok(Review {
        id: row.get(0)?,
        article: row.get(1)?,
        reason: row.get(2)?,
        locale: row.get(3)?,
        number: row.get(4)?,
        verdict: Verdict { helpful: row.get(5)?, unhelpful: row.get(6)? },
        owner: row.get(7)?,
        opened_at: row.get(8)?,
    })
}

/// Opens the one review that bad votes open, or brings its figures up to date.
pub(super) fn open_for_votes(tx: &mut Tx<'_>, cx: &Cx, live: &Live, verdict: Verdict) -> Result<()> {
    let (locale, number) = (live.version.locale.as_str(), live.version.number);
    let place = (Some(locale), Some(number));
    if was_confirmed(tx, cx, live)? {
        return Ok(());
    }
    if !open(tx, cx, (live.article.id, live.article.owner), ReviewReason::Votes, place, verdict)? {
        tx.exec(
            "UPDATE article_review SET helpful = $1, unhelpful = $2 WHERE workspace_id = $3 AND article_id = $4 \
             AND reason = 'votes' AND locale = $5 AND number = $6 AND closed_at IS NULL",
            &[&verdict.helpful, &verdict.unhelpful, &cx.workspace(), &live.article.id, &locale, &number],
        )?;
    }
    Ok(())
}

/// Whether somebody looked at this very version already and let it stand; the votes' row lock makes the answer hold.
fn was_confirmed(tx: &mut Tx<'_>, cx: &Cx, live: &Live) -> Result<bool> {
    let closed = tx.first(
        "SELECT 1 FROM article_review WHERE workspace_id = $1 AND article_id = $2 AND reason = 'votes' AND locale = $3 \
         AND number = $4 AND is_confirmed = 1",
        &[&cx.workspace(), &live.article.id, &live.version.locale, &live.version.number],
        |_| Ok(()),
    )?;
    Ok(closed.is_some())
}

/// Opens a review unless one is open for the same reason; says whether it did.
fn open(
    tx: &mut Tx<'_>,
    cx: &Cx,
    (article, owner): (ArticleId, Option<MemberId>),
    reason: ReviewReason,
    (locale, number): (Option<&str>, Option<i64>),
    verdict: Verdict,
) -> Result<bool> {
    let (id, now): (ReviewId, Time) = (cx.new_id(), cx.env().now());
    let opened = tx.exec(
        "INSERT INTO article_review (workspace_id, id, article_id, reason, locale, number, helpful, unhelpful, owner_id, \
         opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(), &id, &article, &reason, &locale, &number, &verdict.helpful, &verdict.unhelpful, &owner, &now,
        ],
    )?;
    if opened == 0 {
        return Ok(false);
    }
    let facts = json!({"article_id": article, "reason": reason, "owner_id": owner,
                       "helpful": verdict.helpful, "unhelpful": verdict.unhelpful});
    record(tx, cx, &[NewEvent::new("article_review.opened", id.uuid(), 1, now, Audience::staff(), &facts)])?;
    Ok(true)
}

/// Says that an article is right as it is: closes its reviews, and sets when to look again.
pub fn confirm(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, review_by: &Patch<Time>) -> Result<Article> {
    cx.require(Right::KnowledgeWrite)?;
    let article = crate::articles::mark_reviewed(tx, cx, id, seen, review_by)?;
    close(tx, cx, id, true)?;
    Ok(article)
}

/// Closes every open review of an article, as nobody reads it any more.
pub(crate) fn close_reviews(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<()> {
    close(tx, cx, article, false)
}

fn close(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, is_confirmed: bool) -> Result<()> {
    tx.exec(
        "UPDATE article_review SET closed_at = $1, is_confirmed = $2 WHERE workspace_id = $3 AND article_id = $4 \
         AND closed_at IS NULL",
        &[&cx.env().now(), &is_confirmed, &cx.workspace(), &article],
    )?;
    Ok(())
}

/// Closes the review that votes opened when the version they speak of is not live any more: a new one has none yet.
pub(crate) fn close_votes_review(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<()> {
    tx.exec(
        "UPDATE article_review SET closed_at = $1 WHERE workspace_id = $2 AND article_id = $3 AND reason = 'votes' \
         AND closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM article_text t WHERE t.workspace_id = $2 \
         AND t.article_id = $3 AND t.locale = article_review.locale AND t.live = article_review.number)",
        &[&cx.env().now(), &cx.workspace(), &article],
    )?;
    Ok(())
}

/// Gives the open reviews of an article to whoever answers for it now; its row is locked.
pub(crate) fn hand_over(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, owner: Option<MemberId>) -> Result<()> {
    tx.exec(
        "UPDATE article_review SET owner_id = $1 WHERE workspace_id = $2 AND article_id = $3 AND closed_at IS NULL",
        &[&owner, &cx.workspace(), &article],
    )?;
    Ok(())
}

/// The query of the open reviews, oldest first, for running and for explaining.
pub fn review_query(cx: &Cx, owner: Option<MemberId>, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(
        "SELECT id, article_id, reason, locale, number, helpful, unhelpful, owner_id, opened_at FROM article_review \
         WHERE workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND closed_at IS NULL");
    if let Some(owner) = owner {
        query.push(" AND owner_id = ").bind(owner);
    }
    query.after("(opened_at, id) >", after);
    query.push(" ORDER BY opened_at, id LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Up to `limit` + 1 open reviews.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    cx: &Cx,
    owner: Option<MemberId>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Review>> {
    tx.all_of(&review_query(cx, owner, after, limit), read)
}

/// Opens the review of one article whose date has come.
pub fn open_stale(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId) -> Result<()> {
    let article = Article::find_locked(tx, cx, id)?;
    open(tx, cx, (id, article.owner), ReviewReason::Stale, (None, None), Verdict::default()).map(drop)
}

fn open_all_stale(house: Arc<House>, _: Job) -> crate::Running {
    Box::pin(async move {
        let now = house.env.now();
        let due: Vec<(WorkspaceId, ArticleId)> = house.db.read(Uuid::nil(), move |tx| due(tx, now)).await?;
        for (workspace, article) in due {
            let cx = Cx::of_house(&house, workspace, Via::Job);
            cx.write(move |tx, cx| open_stale(tx, cx, article)).await?;
        }
        Ok(())
    })
}

/// Articles of any workspace whose date has come and that have no review for it yet, a bounded number.
fn due(tx: &mut Tx<'_>, now: Time) -> Result<Vec<(WorkspaceId, ArticleId)>> {
    tx.all(
        "SELECT a.workspace_id, a.id FROM article a WHERE a.status = 'published' AND a.review_by <= $1 \
         AND NOT EXISTS (SELECT 1 FROM article_review r WHERE r.workspace_id = a.workspace_id AND r.article_id = a.id \
         AND r.reason = 'stale' AND r.closed_at IS NULL) LIMIT 500",
        &[&now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
