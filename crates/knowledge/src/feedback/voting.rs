//! Votes: one per reader and version, helpful or not, with a reason when not.
//! Rule: more than ten votes of the live version with less than half helpful open one review for the owner.

use std::collections::HashMap;

use base::text::Line;
use base::{Code, Kind, Result};
use db::{Query, Tx};
use trust::Cx;
use trust::nouns::CustomerId;

use super::reviews;
use crate::articles::{Live, Sight, gone};
use crate::nouns::ArticleId;

base::words! {
    /// Why an article did not help.
    pub enum VoteReason {
        /// It is not true.
        Wrong = "wrong",
        /// It was true once.
        Outdated = "outdated",
        /// It cannot be understood.
        Unclear = "unclear",
        /// What was looked for is not in it.
        Missing = "missing",
        /// Something else.
        Other = "other",
    }
}

/// An address voted on an article as often as it may on one day.
pub static TOO_MANY_VOTES: Code = Code::new(
    Kind::TooMany,
    "too_many_votes",
    "From your address this article was voted on often enough today.",
    "Vote again tomorrow, or sign in to the app that shows the article.",
);

/// New votes of readers nobody knows that one address may cast on one article on one day; fewer than open a review.
const FROM_ONE_ADDRESS: i64 = 5;
/// Votes that must be there before they count as a verdict.
const ENOUGH: i64 = 10;

/// What a reader says of an article.
#[derive(Clone, Debug)]
pub struct NewVote {
    /// Whether it helped.
    pub is_helpful: bool,
    /// Why not.
    pub reason: Option<VoteReason>,
    /// In the reader's words.
    pub comment: Option<Line<1000>>,
    /// What tells one reader from another; says nothing of who it is.
    pub voter: [u8; 32],
    /// The address and day of a reader nobody vouches for, as a keyed hash; those are limited.
    pub origin: Option<[u8; 32]>,
    /// The customer, when it is a known one.
    pub customer: Option<CustomerId>,
}

/// What readers said of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Votes that say it helped.
    pub helpful: i64,
    /// Votes that say it did not.
    pub unhelpful: i64,
}

impl Verdict {
    /// The share that it helped.
    pub fn share(self) -> Option<f64> {
        let all = self.helpful + self.unhelpful;
        (all > 0).then(|| self.helpful as f64 / all as f64)
    }

    /// The Wilson interval of that share.
    pub fn interval(self) -> Option<(f64, f64)> {
        super::interval(self.helpful, self.unhelpful)
    }

    /// Whether enough readers say that it does not help.
    fn is_bad(self) -> bool {
        self.helpful + self.unhelpful > ENOUGH && self.helpful < self.unhelpful
    }
}

/// Votes on a live version; a second vote of the same reader replaces the first.
pub fn vote(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, seen: &Live, new: &NewVote) -> Result<Verdict> {
    let (id, locale) = (seen.article.id, seen.version.locale.as_str());
    // The article's row is locked first: what is live, who answers for it and its reviews stay as they are until the commit.
    let sql = "SELECT id FROM article WHERE workspace_id = $1 AND id = $2";
    tx.first_locked(sql, &[&cx.workspace(), &id], |row| row.get::<ArticleId>(0))?.ok_or_else(gone)?;
    let live = &Live::find(tx, cx, sight, id, Some(locale))?.ok_or_else(gone)?;
    let version = &live.version;
    let counts = tx.first_locked(
        "SELECT helpful, unhelpful FROM article_version \
         WHERE workspace_id = $1 AND article_id = $2 AND locale = $3 AND number = $4",
        &[&cx.workspace(), &id, &version.locale, &version.number],
        |row| Ok(Verdict { helpful: row.get(0)?, unhelpful: row.get(1)? }),
    )?;
    let mut counts = counts.ok_or_else(gone)?;
    let before = tx.first(
        "SELECT is_helpful FROM article_vote WHERE workspace_id = $1 AND article_id = $2 AND locale = $3 \
         AND number = $4 AND voter = $5",
        &[&cx.workspace(), &id, &version.locale, &version.number, &new.voter],
        |row| row.get::<bool>(0),
    )?;
    if before.is_none() {
        limit(tx, cx, id, new)?;
    }
    write(tx, cx, live, new)?;
    counts.helpful += i64::from(new.is_helpful) - i64::from(before == Some(true));
    counts.unhelpful += i64::from(!new.is_helpful) - i64::from(before == Some(false));
    tx.exec(
        "UPDATE article_version SET helpful = $1, unhelpful = $2 \
         WHERE workspace_id = $3 AND article_id = $4 AND locale = $5 AND number = $6",
        &[&counts.helpful, &counts.unhelpful, &cx.workspace(), &id, &version.locale, &version.number],
    )?;
    if counts.is_bad() {
        reviews::open_for_votes(tx, cx, live, counts)?;
    }
    Ok(counts)
}

/// Refuses one more new vote from an address that has cast its share today.
fn limit(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, new: &NewVote) -> Result<()> {
    let Some(origin) = new.origin else { return Ok(()) };
    let cast = tx.first(
        "SELECT COUNT(*) FROM article_vote WHERE workspace_id = $1 AND article_id = $2 AND origin = $3",
        &[&cx.workspace(), &article, &origin],
        |row| row.get::<i64>(0),
    )?;
    if cast.unwrap_or(0) >= FROM_ONE_ADDRESS { Err(TOO_MANY_VOTES.error()) } else { Ok(()) }
}

fn write(tx: &mut Tx<'_>, cx: &Cx, live: &Live, new: &NewVote) -> Result<()> {
    let comment = new.comment.as_deref();
    tx.exec(
        "INSERT INTO article_vote (workspace_id, article_id, locale, number, voter, is_helpful, reason, comment, \
         customer_id, created_at, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (workspace_id, article_id, locale, number, voter) DO UPDATE SET is_helpful = $6, reason = $7, \
         comment = $8, created_at = $10",
        &[
            &cx.workspace(),
            &live.article.id,
            &live.version.locale,
            &live.version.number,
            &new.voter,
            &new.is_helpful,
            &new.reason,
            &comment,
            &new.customer,
            &cx.env().now(),
            &new.origin,
        ],
    )?;
    Ok(())
}

/// What readers said of the live versions of the sources of articles, in one query.
pub(crate) fn verdicts(tx: &mut Tx<'_>, cx: &Cx, articles: &[ArticleId]) -> Result<HashMap<ArticleId, Verdict>> {
    let mut query = Query::new(
        "SELECT a.id, v.helpful, v.unhelpful FROM article a JOIN article_text t ON t.workspace_id = a.workspace_id \
         AND t.article_id = a.id AND t.locale = a.source_locale JOIN article_version v ON v.workspace_id = t.workspace_id \
         AND v.article_id = t.article_id AND v.locale = t.locale AND v.number = t.live WHERE a.workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND a.id IN (").bind_list(articles.iter()).push(")");
    let read = |row: &db::Row<'_>| Ok((row.get(0)?, Verdict { helpful: row.get(1)?, unhelpful: row.get(2)? }));
    Ok(tx.all_of(&query, read)?.into_iter().collect())
}

/// A vote as it is kept.
pub(crate) struct Vote {
    pub is_helpful: bool,
    pub reason: Option<VoteReason>,
    pub comment: Option<String>,
    pub locale: String,
    pub number: i64,
    pub customer: Option<CustomerId>,
    pub created_at: base::Time,
}

/// The newest votes on an article, at most `limit`.
pub(crate) fn newest(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, limit: i64) -> Result<Vec<Vote>> {
    tx.all(
        "SELECT is_helpful, reason, comment, locale, number, customer_id, created_at FROM article_vote \
         WHERE workspace_id = $1 AND article_id = $2 ORDER BY created_at DESC LIMIT $3",
        &[&cx.workspace(), &article, &limit],
        |row| {
            Ok(Vote {
                is_helpful: row.get(0)?,
                reason: row.get(1)?,
                comment: row.get(2)?,
                locale: row.get(3)?,
                number: row.get(4)?,
                customer: row.get(5)?,
                created_at: row.get(6)?,
            })
        },
    )
}
