//! Keeping the index of articles current: sealed events are followed by cursor, and cursor and index are committed together.
//! Rule: an event says only which article to read again; what the index holds is what the rows say now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Code, Error, Result};
use db::Tx;
use parking_lot::Mutex;
use search::{ArticleChange, Facts};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use trust::access::Via;
use trust::log::{CURSOR_EXPIRED, EventCursor, latest, since};
use trust::nouns::WorkspaceId;
use trust::{Cx, House};
use uuid::Uuid;

use crate::articles::{Live, Sight, live_all, tags_of};
use crate::nouns::ArticleId;
use crate::state::{Library, Rebuild};

/// The index cannot be used.
pub static ARTICLE_INDEX: Code = Code::new(
    base::Kind::Unavailable,
    "article_index",
    "Searching articles is not possible at the moment.",
    "Try again in a moment; the index is rebuilt by itself when it is damaged.",
);

/// Events taken in one go.
const PAGE: usize = 500;
/// Articles read in one go while everything is indexed again.
const ROWS: i64 = 100;
/// How often memory is let go that nobody used of late.
const REST: Duration = Duration::from_secs(30);
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(3);
/// The code of published articles in the index; nothing else is in it.
pub(super) const PUBLISHED: u8 = 0;

/// An error of the index, as an error of the house.
pub fn index_problem(error: impl std::fmt::Display) -> Error {
    ARTICLE_INDEX.error().retry_in(1).caused_by(error)
}

/// What names a translation in the index: the article and its language, hashed to an id.
pub(crate) fn translation_id(article: ArticleId, locale: &str) -> search::Id {
    let hash = Sha256::new().chain_update(article.uuid().as_bytes()).chain_update(locale.as_bytes()).finalize();
    hash.first_chunk::<16>().copied().unwrap_or_default()
}

/// What filters of the index look at.
pub(crate) fn facts(live: &Live) -> Facts {
    Facts {
        audience: live.article.audience.code(),
        visibility: live.article.visibility.code(),
        status: PUBLISHED,
        locale: live.version.locale.as_str().to_owned(),
        category: live.article.category.map(|category| category.uuid().into_bytes()),
    }
}

/// Follows the log and keeps the index of articles current.
pub struct Indexer {
    house: Arc<House>,
    library: Library,
    dirty: Mutex<BTreeSet<WorkspaceId>>,
    poked: Notify,
    done: Mutex<BTreeMap<WorkspaceId, i64>>,
    /// Whether the log was read further than the last commit says.
    has_read_on: AtomicBool,
}

impl Indexer {
    /// An indexer that goes on from the cursor the index was committed with.
    pub fn new(house: Arc<House>, library: Library, cursor: Option<&str>) -> Indexer {
        let done = cursor.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let (done, has_read_on) = (Mutex::new(done), AtomicBool::new(false));
        Indexer { house, library, dirty: Mutex::default(), poked: Notify::new(), done, has_read_on }
    }

    /// Says that a workspace has new sealed events.
    pub fn poke(&self, workspace: WorkspaceId) {
        self.dirty.lock().insert(workspace);
        self.poked.notify_one();
    }

    /// Runs until the process ends: catches up, then follows, at most once in `pause`.
    pub async fn run(&self, pause: Duration) {
        note(self.mark_all_behind().await);
        let mut beat = Box::pin(passing(REST));
        loop {
            let is_idle = self.dirty.lock().is_empty();
            tokio::select! {
                () = &mut beat => {
                    self.rest().await;
                    beat = Box::pin(passing(REST));
                    continue;
                }
                () = self.poked.notified(), if is_idle => continue,
                // A moment's wait gathers what arrives together into one commit.
                () = passing(pause), if !is_idle => {}
            }
            if let Err(error) = self.catch_up().await {
                note(Err(error));
                passing(AFTER_FAILURE).await;
            }
        }
    }

    /// Lets go of the memory that writing and embedding need, whatever else happens in the house, and writes down how far
    /// the log was read when what was read asked nothing of the index.
    async fn rest(&self) {
        if self.has_read_on.swap(false, Ordering::Relaxed) {
            let cursor = self.cursor_with(None);
            note(self.commit_at(cursor).await);
        }
        let library = self.library.clone();
        let rested = tokio::task::spawn_blocking(move || {
            library.embedder().rest(Duration::from_secs(60));
            library.index().rest()
        });
        note(rested.await.map_err(index_problem).and_then(|rested| rested.map(drop).map_err(index_problem)));
    }

    /// Indexes everything that is sealed by now. A workspace that fails is taken up again the next time, from the last
    /// commit, and does not keep the others waiting; the answer is the last failure.
    pub async fn catch_up(&self) -> Result<()> {
        let dirty = std::mem::take(&mut *self.dirty.lock());
        let mut outcome = Ok(());
        for workspace in dirty {
            if let Err(error) = self.index(workspace).await {
                self.dirty.lock().insert(workspace);
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn index(&self, workspace: WorkspaceId) -> Result<()> {
        let cx = Cx::of_house(&self.house, workspace, Via::Job);
        if self.done.lock().get(&workspace).is_none() {
            let rebuilt = self.index_rows(&cx).await;
            self.library.rebuilds().say(workspace, None);
            rebuilt?;
        }
        while self.index_page(&cx).await? {}
        Ok(())
    }

    /// Marks the workspaces whose log is ahead of the index.
    pub async fn mark_all_behind(&self) -> Result<()> {
        let cell = i64::from(self.house.cell.get());
        let heads: Vec<(WorkspaceId, i64)> = self
            .house
            .db
            .read(Uuid::nil(), move |tx| {
                tx.all("SELECT workspace_id, seq FROM log_head WHERE cell = $1", &[&cell], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .await?;
        let done = self.done.lock();
        let behind = heads.into_iter().filter(|(workspace, seq)| done.get(workspace).is_none_or(|known| known < seq));
        self.dirty.lock().extend(behind.map(|(workspace, _)| workspace));
        Ok(())
    }

    /// Indexes every article of a workspace out of its rows, and follows the log from where it stood before.
    async fn index_rows(&self, cx: &Cx) -> Result<()> {
        let cell = i64::from(cx.cell().get());
        let (from, _) = cx.read(move |tx, cx| latest(tx, &cx.reach, cell)).await?;
        let mut last = ArticleId::from_uuid(Uuid::nil());
        let mut rebuild = Rebuild { done: 0, total: cx.read(count).await? };
        loop {
            self.library.rebuilds().say(cx.workspace(), Some(rebuild));
            let ids = cx.read(move |tx, cx| ids_after(tx, cx, last)).await?;
            let Some(end) = ids.last().copied() else { break };
            rebuild.done = rebuild.done.saturating_add(i64::try_from(ids.len()).unwrap_or(0));
            rebuild.total = rebuild.total.max(rebuild.done);
            self.index_articles(cx, ids).await?;
            last = end;
        }
        self.commit(cx, from).await
    }

    async fn index_page(&self, cx: &Cx) -> Result<bool> {
        let after = self.done.lock().get(&cx.workspace()).copied().unwrap_or(0);
        let page = match cx.read(move |tx, cx| page(tx, cx, after)).await {
            // What is behind retention is read from rows: all of them, because nobody says which of them changed.
            Err(error) if error.code() == &CURSOR_EXPIRED => return self.index_rows(cx).await.map(|()| true),
            page => page?,
        };
        if !page.articles.is_empty() {
            self.index_articles(cx, page.articles).await?;
            self.commit(cx, page.upto.max(after)).await?;
        } else if page.upto > after {
            // Nothing to write: the next commit takes the place along.
            self.done.lock().insert(cx.workspace(), page.upto);
            self.has_read_on.store(true, Ordering::Relaxed);
        }
        Ok(page.more)
    }

    async fn index_articles(&self, cx: &Cx, ids: Vec<ArticleId>) -> Result<()> {
        let wanted = ids.clone();
        let changes = cx.read(move |tx, cx| changes(tx, cx, &wanted)).await?;
        let library = self.library.clone();
        let applied = tokio::task::spawn_blocking(move || library.index().apply(changes)).await;
        applied.map_err(index_problem)?.map_err(index_problem)?;
        self.library.meaning().changed(cx.workspace(), &ids);
        Ok(())
    }

    /// Puts what was indexed on disk, and the place in the log with it. The place counts only then: a commit that fails
    /// forgets what was indexed since the last one, and its events are read again.
    async fn commit(&self, cx: &Cx, upto: i64) -> Result<()> {
        let cursor = self.cursor_with(Some((cx.workspace(), upto)));
        self.commit_at(cursor).await?;
        self.done.lock().insert(cx.workspace(), upto);
        Ok(())
    }

    async fn commit_at(&self, cursor: String) -> Result<()> {
        let library = self.library.clone();
        let committed = tokio::task::spawn_blocking(move || library.index().commit(&cursor)).await;
        committed.map_err(index_problem)?.map_err(index_problem)
    }

    /// How far each workspace's log is in the index, and this one's as it will be.
    fn cursor_with(&self, next: Option<(WorkspaceId, i64)>) -> String {
        let mut done = self.done.lock().clone();
        done.extend(next);
        serde_json::to_string(&done).unwrap_or_default()
    }
}

/// A moment passes.
async fn passing(moment: Duration) {
    drop(tokio::time::timeout(moment, std::future::pending::<()>()).await);
}

fn note(outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(code = error.name(), cause = error.cause().unwrap_or(""), "indexing articles failed");
    }
}

fn count(tx: &mut Tx<'_>, cx: &Cx) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM article WHERE workspace_id = $1";
    Ok(tx.first(sql, &[&cx.workspace()], |row| row.get(0))?.unwrap_or(0))
}

fn ids_after(tx: &mut Tx<'_>, cx: &Cx, last: ArticleId) -> Result<Vec<ArticleId>> {
    tx.all(
        "SELECT id FROM article WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[&cx.workspace(), &last, &ROWS],
        |row| row.get(0),
    )
}

/// The articles that one page of the log speaks of.
struct Page {
    articles: Vec<ArticleId>,
    upto: i64,
    more: bool,
}

fn page(tx: &mut Tx<'_>, cx: &Cx, after: i64) -> Result<Page> {
    let cell = i64::from(cx.cell().get());
    // An index that is ahead of a restored log waits for the log to come by.
    let after = after.min(latest(tx, &cx.reach, cell)?.0);
    let start = since(tx, &cx.reach, EventCursor { cell, seq: after }, PAGE)?;
    let named = start.events.iter().filter(|event| event.kind.starts_with("article."));
    let articles: BTreeSet<ArticleId> = named.map(|event| ArticleId::from_uuid(event.subject)).collect();
    let (last, _) = latest(tx, &cx.reach, cell)?;
    Ok(Page { articles: articles.into_iter().collect(), upto: start.upto, more: start.upto < last })
}

/// Takes articles out and puts in what of them is live now.
fn changes(tx: &mut Tx<'_>, cx: &Cx, ids: &[ArticleId]) -> Result<Vec<ArticleChange>> {
    let workspace = cx.workspace().uuid().into_bytes();
    let remove = |id: &ArticleId| ArticleChange::RemoveArticle { workspace, article: id.uuid().into_bytes() };
    let mut changes: Vec<ArticleChange> = ids.iter().map(remove).collect();
    let tags = tags_of(tx, cx, ids)?;
    for live in live_all(tx, cx, Sight::Staff, ids)? {
        let id = live.article.id;
        changes.push(ArticleChange::Put(Box::new(search::Article {
            workspace,
            article: id.uuid().into_bytes(),
            translation: translation_id(id, live.version.locale.as_str()),
            facts: facts(&live),
            title: live.version.title,
            keywords: tags.get(&id).map(|tags| tags.join(" ")).unwrap_or_default(),
            body: live.version.body,
            stamp: live.version.created_at.micros(),
        })));
    }
    Ok(changes)
}
