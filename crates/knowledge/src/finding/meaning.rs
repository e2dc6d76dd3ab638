//! The vectors of articles: made in the background after the words can be found, kept in rows by what they were made of.
//! Rule: a text that did not change is never embedded again; without a model everything works on words alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::Result;
use db::{Query, Tx};
use parking_lot::Mutex;
use search::VectorsOf;
use tokio::sync::Notify;
use trust::access::Via;
use trust::nouns::WorkspaceId;
use trust::{Cx, House};
use uuid::Uuid;

use super::indexer::{facts, index_problem, translation_id};
use crate::articles::{Live, Sight, live_all};
use crate::nouns::ArticleId;
use crate::state::Library;

/// Articles read in one go.
const PAGE: i64 = 50;
/// How long to wait for a model that is not there.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait after a failure while other workspaces have something to do.
const SHORT: Duration = Duration::from_secs(1);

/// Changed articles that are embedded in one turn of a workspace.
const PORTION: usize = 20;
/// Meaning speaks while no more than this share of a workspace's texts waits for its vectors.
const FEW: usize = 20;

/// What waits for its vectors.
#[derive(Default)]
pub struct Meaning {
    queue: Mutex<Queue>,
    loading: Mutex<BTreeMap<WorkspaceId, Loading>>,
    poked: Notify,
    embedded: AtomicU64,
    stop: ml::Stop,
}

/// Workspaces take turns, so that none waits for all of another.
#[derive(Default)]
struct Queue {
    /// Whose turn it is next; each workspace once.
    turns: VecDeque<WorkspaceId>,
    /// What changed, of each workspace that has a turn to come or is at it.
    changed: BTreeMap<WorkspaceId, BTreeSet<ArticleId>>,
    /// How many articles are being embedded.
    taken: BTreeMap<WorkspaceId, usize>,
}

/// How far the walk through all articles of a workspace came.
#[derive(Clone, Copy)]
enum Loading {
    After(ArticleId),
    Done,
}

impl Queue {
    fn add(&mut self, workspace: WorkspaceId, articles: &[ArticleId]) {
        let is_new = !self.changed.contains_key(&workspace);
        self.changed.entry(workspace).or_default().extend(articles);
        if is_new {
            self.turns.push_back(workspace);
        }
    }

    /// The newest of what changed.
    fn take(&mut self, workspace: WorkspaceId) -> Vec<ArticleId> {
        let Some(articles) = self.changed.get_mut(&workspace) else { return Vec::new() };
        let some: Vec<ArticleId> = articles.iter().rev().take(PORTION).copied().collect();
        for id in &some {
            articles.remove(id);
        }
        self.taken.insert(workspace, some.len());
        some
    }

    /// Ends a turn: the workspace stands at the end when it has more to do.
    fn end(&mut self, workspace: WorkspaceId, has_more: bool) {
        self.turns.retain(|waiting| *waiting != workspace);
        if has_more || self.changed.get(&workspace).is_some_and(|articles| !articles.is_empty()) {
            self.changed.entry(workspace).or_default();
            self.turns.push_back(workspace);
        } else {
            self.changed.remove(&workspace);
        }
    }
}

impl Meaning {
    /// Says that articles changed.
    pub fn changed(&self, workspace: WorkspaceId, articles: &[ArticleId]) {
        self.queue.lock().add(workspace, articles);
        self.poked.notify_one();
    }

    /// Sees to it that a workspace's vectors are in memory; they come in the background.
    pub fn wanted(&self, workspace: WorkspaceId) {
        if self.place(workspace).is_some() {
            self.changed(workspace, &[]);
        }
    }

    /// Articles that wait for their vectors.
    pub fn waiting(&self, workspace: WorkspaceId) -> usize {
        let queue = self.queue.lock();
        let changed = queue.changed.get(&workspace).map_or(0, BTreeSet::len);
        changed + queue.taken.get(&workspace).copied().unwrap_or(0)
    }

    /// Texts embedded since the start.
    pub fn embedded(&self) -> u64 {
        self.embedded.load(Ordering::Relaxed)
    }

    /// Ends what is being embedded.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Where the walk through a workspace goes on; `None` when it is done.
    fn place(&self, workspace: WorkspaceId) -> Option<ArticleId> {
        match self.loading.lock().get(&workspace) {
            None => Some(ArticleId::from_uuid(Uuid::nil())),
            Some(Loading::After(last)) => Some(*last),
            Some(Loading::Done) => None,
        }
    }
}

/// Whether meaning may take part in the searches of a workspace: compared are only texts that have vectors, so a part of
/// them would outdo better ones that wait for theirs.
pub(super) fn may_speak(library: &Library, workspace: WorkspaceId) -> bool {
    let key = workspace.uuid().into_bytes();
    let waiting = library.meaning().waiting(workspace);
    library.index().has_vectors(key) && waiting <= 1 + library.index().translation_count(key) / FEW
}

/// Makes vectors until the process ends: workspaces take turns, a portion each.
pub async fn run(house: Arc<House>, library: Library) {
    let mut failed = 0;
    loop {
        let next = if library.embedder().is_there() { library.meaning().queue.lock().turns.pop_front() } else { None };
        let Some(workspace) = next else {
            drop(tokio::time::timeout(PATIENCE, library.meaning().poked.notified()).await);
            continue;
        };
        let done = portion(&house, &library, workspace, 1).await;
        let waiting = {
            let mut queue = library.meaning().queue.lock();
            queue.end(workspace, *done.as_ref().unwrap_or(&true));
            queue.turns.len()
        };
        match done {
            Ok(_) => failed = 0,
            Err(error) => {
                tracing::error!(code = error.name(), cause = error.cause().unwrap_or(""), "embedding articles failed");
                failed += 1;
                let patience = if failed >= waiting { PATIENCE } else { SHORT };
                drop(tokio::time::timeout(patience, std::future::pending::<()>()).await);
            }
        }
    }
}

/// Brings the vectors of a workspace up to date: those of what changed, and those of all its articles once.
pub async fn catch_up(house: &Arc<House>, library: &Library, workspace: WorkspaceId, threads: usize) -> Result<()> {
    loop {
        let done = portion(house, library, workspace, threads).await;
        library.meaning().queue.lock().end(workspace, *done.as_ref().unwrap_or(&true));
        if !done? {
            return Ok(());
        }
    }
}

/// One turn of a workspace: some of what changed, else the next step through all its articles; says whether there is more.
async fn portion(house: &Arc<House>, library: &Library, workspace: WorkspaceId, threads: usize) -> Result<bool> {
    let (cx, meaning) = (Cx::of_house(house, workspace, Via::Job), library.meaning());
    let ids = meaning.queue.lock().take(workspace);
    if !ids.is_empty() {
        let done = embed_articles(&cx, library, ids.clone(), threads).await;
        let mut queue = meaning.queue.lock();
        queue.taken.remove(&workspace);
        if done.is_err() {
            queue.add(workspace, &ids);
        }
        return done.map(|()| true);
    }
    let Some(last) = meaning.place(workspace) else { return Ok(false) };
    let ids = cx.read(move |tx, cx| published_after(tx, cx, last)).await?;
    let Some(end) = ids.last().copied() else {
        library.index().vectors_complete(workspace.uuid().into_bytes(), true);
        meaning.loading.lock().insert(workspace, Loading::Done);
        return Ok(false);
    };
    embed_articles(&cx, library, ids, threads).await?;
    meaning.loading.lock().insert(workspace, Loading::After(end));
    Ok(true)
}

pub(super) fn published_after(tx: &mut Tx<'_>, cx: &Cx, last: ArticleId) -> Result<Vec<ArticleId>> {
    tx.all(
        "SELECT id FROM article WHERE workspace_id = $1 AND id > $2 AND status = 'published' ORDER BY id LIMIT $3",
        &[&cx.workspace(), &last, &PAGE],
        |row| row.get(0),
    )
}

/// A translation with the keys of its texts.
pub(super) struct Texts {
    live: Live,
    texts: Vec<String>,
    pub(super) keys: Vec<[u8; 32]>,
}

async fn embed_articles(cx: &Cx, library: &Library, ids: Vec<ArticleId>, threads: usize) -> Result<()> {
    let live = cx.read(move |tx, cx| live_all(tx, cx, Sight::Staff, &ids)).await?;
    let split = tokio::task::spawn_blocking(move || live.into_iter().map(texts_of).collect::<Vec<_>>());
    let all = split.await.map_err(index_problem)?;
    let keys: BTreeSet<[u8; 32]> = all.iter().flat_map(|texts| texts.keys.iter().copied()).collect();
    let asked = keys.clone();
    let mut known = cx.read(move |tx, cx| kept(tx, cx, &asked)).await?;
    let missing: BTreeMap<[u8; 32], String> = all
        .iter()
        .flat_map(|texts| texts.keys.iter().zip(&texts.texts))
        .filter(|(key, _)| !known.contains_key(*key))
        .map(|(key, text)| (*key, text.clone()))
        .collect();
    known.extend(embed(cx, library, missing, threads).await?);
    let workspace = cx.workspace().uuid().into_bytes();
    for Texts { live, keys, .. } in all {
        let vectors = keys.iter().filter_map(|key| known.get(key).and_then(|bytes| search::Vector::from_bytes(bytes)));
        let vectors: Vec<_> = vectors.collect();
        if vectors.len() == keys.len() {
            let (article, translation) = (live.article.id.uuid().into_bytes(), translation_of(&live));
            library.index().put_vectors(VectorsOf { workspace, article, translation, facts: facts(&live), vectors });
        }
    }
    Ok(())
}

fn translation_of(live: &Live) -> search::Id {
    translation_id(live.article.id, live.version.locale.as_str())
}

pub(super) fn texts_of(live: Live) -> Texts {
    let texts = search::texts_to_embed(&live.version.title, &live.version.body);
    let keys = texts.iter().map(|text| ml::key(text)).collect();
    Texts { live, texts, keys }
}

/// The vectors that are in rows, by key.
fn kept(tx: &mut Tx<'_>, cx: &Cx, keys: &BTreeSet<[u8; 32]>) -> Result<BTreeMap<[u8; 32], Vec<u8>>> {
    let mut found = BTreeMap::new();
    let keys: Vec<[u8; 32]> = keys.iter().copied().collect();
    for some in keys.chunks(200) {
        let mut query = Query::new("SELECT text_key, vector FROM embedding WHERE workspace_id = ");
        query.bind(cx.workspace()).push(" AND text_key IN (").bind_list(some.iter()).push(")");
        found.extend(tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?);
    }
    Ok(found)
}

/// Embeds what is missing, a piece at a time, and keeps it.
async fn embed(
    cx: &Cx,
    library: &Library,
    missing: BTreeMap<[u8; 32], String>,
    threads: usize,
) -> Result<BTreeMap<[u8; 32], Vec<u8>>> {
    let mut made = BTreeMap::new();
    let missing: Vec<([u8; 32], String)> = missing.into_iter().collect();
    for some in missing.chunks(64) {
        let (keys, texts): (Vec<[u8; 32]>, Vec<String>) = some.iter().cloned().unzip();
        let own = library.clone();
        let embedded = tokio::task::spawn_blocking(move || {
            own.embedder().embed_all(&texts, threads, &own.meaning().stop, &|_| {})
        });
        let vectors = embedded.await.map_err(index_problem)??;
        let pairs: Vec<([u8; 32], Vec<u8>)> =
            keys.into_iter().zip(vectors.iter().map(|vector| vector.to_bytes().to_vec())).collect();
        library.meaning().embedded.fetch_add(pairs.len() as u64, Ordering::Relaxed);
        made.extend(pairs.iter().cloned());
        if library.keeps_vectors() {
            cx.write(move |tx, cx| keep(tx, cx, &pairs)).await?;
        }
    }
    Ok(made)
}

fn keep(tx: &mut Tx<'_>, cx: &Cx, pairs: &[([u8; 32], Vec<u8>)]) -> Result<()> {
    for (key, vector) in pairs {
        tx.exec(
            "INSERT INTO embedding (workspace_id, text_key, vector) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&cx.workspace(), key, vector],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(number: u128) -> WorkspaceId {
        WorkspaceId::from_uuid(Uuid::from_u128(number))
    }

    fn articles(range: std::ops::Range<u128>) -> Vec<ArticleId> {
        range.map(|number| ArticleId::from_uuid(Uuid::from_u128(number))).collect()
    }

    #[test]
    fn workspaces_take_turns_and_the_newest_comes_first() {
        let meaning = Meaning::default();
        meaning.changed(workspace(1), &articles(1..50));
        meaning.changed(workspace(2), &articles(50..51));
        let mut queue = meaning.queue.lock();
        assert_eq!(queue.turns.pop_front(), Some(workspace(1)));
        assert_eq!(queue.take(workspace(1)).first(), articles(49..50).first());
        queue.add(workspace(1), &articles(60..61));
        queue.end(workspace(1), true);
        assert_eq!(queue.turns, [workspace(2), workspace(1)], "nobody waits for all of another");
        assert_eq!(queue.take(workspace(2)).len(), 1);
        queue.end(workspace(2), false);
        assert_eq!(queue.turns, [workspace(1)]);
        assert!(!queue.changed.contains_key(&workspace(2)));
    }

    #[test]
    fn what_is_being_embedded_still_waits_for_its_vectors() {
        let meaning = Meaning::default();
        meaning.changed(workspace(1), &articles(1..50));
        assert_eq!(meaning.queue.lock().take(workspace(1)).len(), PORTION);
        assert_eq!(meaning.waiting(workspace(1)), 49);
    }
}
