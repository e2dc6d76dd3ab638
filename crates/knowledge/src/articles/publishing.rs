//! An article's life: draft, in review, published, archived; and publishing at a chosen time.
//! Rule: publishing makes the head of every text the one readers see, at a chosen time the head of when it was chosen; who may not publish may not undo it either.

use std::sync::Arc;

use base::{Code, Kind, Result, Time};
use db::Tx;
use jobs::{Job, NewJob, Run};
use serde::{Deserialize, Serialize};
use trust::access::{Right, Via};
use trust::nouns::WorkspaceId;
use trust::{Cx, House};
use web::IfMatch;

use super::article::Article;
use super::events::{Facts, tell};
use super::live_locales;
use super::text::ArticleText;
use super::words::ArticleStatus;
use crate::feedback;
use crate::nouns::ArticleId;

/// The time is not in the future.
pub static SCHEDULE_IN_PAST: Code = Code::new(
    Kind::Unprocessable,
    "schedule_in_past",
    "An article can only be scheduled for a time to come.",
    "Choose a later time, or publish it now.",
);

/// The job that publishes at a chosen time.
pub(crate) static PUBLISH: jobs::Kind<Arc<House>> =
    jobs::Kind { name: "knowledge.publish_article", tries: 5, run: Run::Inside(publish_on_time) };

/// Sets an article's status. Publishing a published article takes its changes live.
pub fn set_status(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, status: ArticleStatus) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    let is_seen_by_readers = |status| matches!(status, ArticleStatus::Published | ArticleStatus::Archived);
    let changes_readers = is_seen_by_readers(status) || is_seen_by_readers(article.status);
    cx.require(if changes_readers { Right::KnowledgePublish } else { Right::KnowledgeWrite })?;
    seen.check(article.version)?;
    change(tx, cx, &mut article, status)?;
    Ok(article)
}

/// Changes the status of a locked article and tells of it.
pub(crate) fn change(tx: &mut Tx<'_>, cx: &Cx, article: &mut Article, status: ArticleStatus) -> Result<()> {
    let has_new_words = status == ArticleStatus::Published && go_live(tx, cx, article, |text| Some(text.head))?;
    settle(tx, cx, article, status, has_new_words)
}

/// Writes the status down. Whatever is decided of an article takes the place of a time that was chosen before.
fn settle(tx: &mut Tx<'_>, cx: &Cx, article: &mut Article, status: ArticleStatus, has_new_words: bool) -> Result<()> {
    let before = article.status;
    if before == status && !has_new_words && article.scheduled_at.is_none() {
        return Ok(());
    }
    article.status = status;
    article.scheduled_at = None;
    match status {
        ArticleStatus::Published => {
            article.published_at = Some(article.published_at.unwrap_or_else(|| cx.env().now()));
            feedback::close_votes_review(tx, cx, article.id)?;
        }
        ArticleStatus::Archived => {
            feedback::close_reviews(tx, cx, article.id)?;
        }
        ArticleStatus::Draft | ArticleStatus::Review => {}
    }
    article.store(tx, cx)?;
    if before == ArticleStatus::Published && status != before {
        for text in ArticleText::of_many(tx, cx, &[article.id])? {
            live_locales::lost(tx, cx, &text.locale)?;
        }
    }
    let kind = if status == ArticleStatus::Published { "article.published" } else { "article.status_changed" };
    tell(tx, cx, article, kind, &Facts { before: Some(before), after: Some(status), ..Facts::default() })
}

/// Makes a version of every text the live one, where there is one for it; says whether any was another.
fn go_live(tx: &mut Tx<'_>, cx: &Cx, article: &Article, version: impl Fn(&ArticleText) -> Option<i64>) -> Result<bool> {
    let mut has_changed = false;
    for mut text in ArticleText::of_many(tx, cx, &[article.id])? {
        let number = version(&text);
        if number.is_some() && text.live != number {
            has_changed = true;
            text.live = number;
            text.store(tx, cx)?;
        }
        if text.live.is_some() {
            live_locales::gained(tx, cx, &text.locale)?;
        }
    }
    Ok(has_changed)
}

#[derive(Serialize, Deserialize)]
struct Scheduled {
    article: ArticleId,
    at: Time,
}

/// Publishes an article at a time to come, with the words it has now: what is written afterwards was not looked at, and
/// waits to be published by itself.
pub fn schedule(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch, at: Time) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgePublish)?;
    seen.check(article.version)?;
    if at <= cx.env().now() {
        return Err(SCHEDULE_IN_PAST.error().field("/publish_at", "past", "is not in the future"));
    }
    let job = NewJob::new(PUBLISH.name, &Scheduled { article: id, at }).at(at);
    jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &job)?;
    tx.exec(
        "UPDATE article_text SET scheduled = head WHERE workspace_id = $1 AND article_id = $2",
        &[&cx.workspace(), &id],
    )?;
    article.scheduled_at = Some(at);
    article.store(tx, cx)?;
    tell(tx, cx, &article, "article.scheduled", &Facts { scheduled_at: Some(at), ..Facts::default() })?;
    Ok(article)
}

/// Forgets the chosen time; the job that comes then finds nothing to do.
pub fn unschedule(tx: &mut Tx<'_>, cx: &Cx, id: ArticleId, seen: IfMatch) -> Result<Article> {
    let mut article = Article::find_locked(tx, cx, id)?;
    cx.require(Right::KnowledgePublish)?;
    seen.check(article.version)?;
    if article.scheduled_at.take().is_some() {
        article.store(tx, cx)?;
        tell(tx, cx, &article, "article.unscheduled", &Facts::default())?;
    }
    Ok(article)
}

/// Publishes what is still scheduled for the time of the job.
fn publish_on_time(tx: &mut Tx<'_>, house: &Arc<House>, job: &Job) -> Result<()> {
    let Scheduled { article, at } = job.payload()?;
    let cx = Cx::of_house(house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    match Article::find_locked(tx, &cx, article) {
        Ok(mut article) if article.scheduled_at == Some(at) => {
            let has_new_words = go_live(tx, &cx, &article, |text| text.scheduled)?;
            settle(tx, &cx, &mut article, ArticleStatus::Published, has_new_words)
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == Kind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
