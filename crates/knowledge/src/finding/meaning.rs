//! The vectors of articles: made in the background after the words can be found, kept in rows by what they were made of.
//! Rule: a text that did not change is never embedded again; without a model everything works on words alone.

use std::collections::{BTreeMap, BTreeSet};
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

/// What waits for its vectors.
#[derive(Default)]
pub struct Meaning {
    waiting: Mutex<BTreeMap<WorkspaceId, BTreeSet<ArticleId>>>,
    loaded: Mutex<BTreeSet<WorkspaceId>>,
    poked: Notify,
    embedded: AtomicU64,
    stop: ml::Stop,
}

impl Meaning {
    /// Says that articles changed.
    pub fn changed(&self, workspace: WorkspaceId, articles: &[ArticleId]) {
        self.waiting.lock().entry(workspace).or_default().extend(articles);
        self.poked.notify_one();
    }

    /// Sees to it that a workspace's vectors are in memory; they come in the background.
    pub fn wanted(&self, workspace: WorkspaceId) {
        if self.loaded.lock().contains(&workspace) {
            return;
        }
        self.waiting.lock().entry(workspace).or_default();
        self.poked.notify_one();
    }

    /// Articles that wait for their vectors.
    pub fn waiting(&self, workspace: WorkspaceId) -> usize {
        self.waiting.lock().get(&workspace).map_or(0, BTreeSet::len)
    }

    /// Texts embedded since the start.
    pub fn embedded(&self) -> u64 {
        self.embedded.load(Ordering::Relaxed)
    }

    /// Ends what is being embedded.
    pub fn stop(&self) {
        self.stop.stop();
    }

    fn next(&self) -> Option<WorkspaceId> {
        self.waiting.lock().keys().next().copied()
    }

    fn take(&self, workspace: WorkspaceId) -> Vec<ArticleId> {
        let mut waiting = self.waiting.lock();
        let Some(articles) = waiting.get_mut(&workspace) else { return Vec::new() };
        let some: Vec<ArticleId> = articles.iter().take(20).copied().collect();
        for id in &some {
            articles.remove(id);
        }
        if articles.is_empty() {
            waiting.remove(&workspace);
        }
        some
    }
}

/// Makes vectors until the process ends.
pub async fn run(house: Arc<House>, library: Library) {
    loop {
        let Some(workspace) = library.meaning().next().filter(|_| library.embedder().is_there()) else {
            drop(tokio::time::timeout(PATIENCE, library.meaning().poked.notified()).await);
            continue;
        };
        if let Err(error) = catch_up(&house, &library, workspace, 1).await {
            tracing::error!(code = error.name(), cause = error.cause().unwrap_or(""), "embedding articles failed");
            drop(tokio::time::timeout(PATIENCE, std::future::pending::<()>()).await);
        }
    }
}

/// Brings the vectors of a workspace up to date: those in rows first, then those of what changed.
pub async fn catch_up(house: &Arc<House>, library: &Library, workspace: WorkspaceId, threads: usize) -> Result<()> {
    let cx = Cx::of_house(house, workspace, Via::Job);
    if !library.meaning().loaded.lock().contains(&workspace) {
        load(&cx, library, threads).await?;
        library.index().vectors_complete(workspace.uuid().into_bytes(), true);
        library.meaning().loaded.lock().insert(workspace);
    }
    loop {
        let ids = library.meaning().take(workspace);
        if ids.is_empty() {
            return Ok(());
        }
        if let Err(error) = embed_articles(&cx, library, ids.clone(), threads).await {
            library.meaning().changed(workspace, &ids);
            return Err(error);
        }
    }
}

/// Walks every article of the workspace.
async fn load(cx: &Cx, library: &Library, threads: usize) -> Result<()> {
    let mut last = ArticleId::from_uuid(Uuid::nil());
    loop {
        let ids = cx.read(move |tx, cx| published_after(tx, cx, last)).await?;
        let Some(end) = ids.last().copied() else { return Ok(()) };
        embed_articles(cx, library, ids, threads).await?;
        last = end;
    }
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
