//! What knowledge keeps in memory in one process: the index, the model, synonyms, and views not written down yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use base::Result;
use db::Tx;
use http::request::Parts;
use ml::Embedder;
use parking_lot::Mutex;
use search::ArticleIndex;
use trust::House;
use trust::nouns::WorkspaceId;
use web::{INTERNAL, Problem};

use crate::finding::{Compiled, Meaning};
use crate::nouns::ArticleId;

/// The library of one process; the boot code puts it into every request.
#[derive(Clone)]
pub struct Library {
    rooms: Arc<Rooms>,
    keeps_vectors: bool,
}

struct Rooms {
    index: ArticleIndex,
    embedder: Embedder,
    meaning: Meaning,
    synonyms: Compiled,
    views: Views,
    rebuilds: Rebuilds,
}

impl Library {
    /// A library over an index, with the model that makes vectors when there is one.
    pub fn new(index: ArticleIndex, embedder: Embedder) -> Library {
        let (meaning, synonyms, views) = (Meaning::default(), Compiled::default(), Views::default());
        let rooms = Rooms { index, embedder, meaning, synonyms, views, rebuilds: Rebuilds::default() };
        Library { rooms: Arc::new(rooms), keeps_vectors: true }
    }

    /// The same for somebody who must write no row: vectors stay in memory.
    pub fn reading_only(self) -> Library {
        Library { keeps_vectors: false, ..self }
    }

    /// Whether vectors that were made are written down.
    pub fn keeps_vectors(&self) -> bool {
        self.keeps_vectors
    }

    /// The index of articles.
    pub fn index(&self) -> &ArticleIndex {
        &self.rooms.index
    }

    /// The model.
    pub fn embedder(&self) -> &Embedder {
        &self.rooms.embedder
    }

    /// What waits for its vectors.
    pub fn meaning(&self) -> &Meaning {
        &self.rooms.meaning
    }

    /// The synonyms of workspaces.
    pub fn synonyms(&self) -> &Compiled {
        &self.rooms.synonyms
    }

    /// Which workspaces are being indexed from their rows, and how far.
    pub fn rebuilds(&self) -> &Rebuilds {
        &self.rooms.rebuilds
    }

    /// The views that wait to be written down.
    pub fn views(&self) -> &Views {
        &self.rooms.views
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Library {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Library, Problem> {
        let missing = || INTERNAL.error().caused_by("the library was not put into the request").into();
        parts.extensions.get::<Library>().cloned().ok_or_else(missing)
    }
}

/// How far an index is that is built from rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuild {
    /// Articles that were looked at.
    pub done: i64,
    /// Articles there were when it began.
    pub total: i64,
}

/// The workspaces that are being indexed from their rows; one of them at a time.
#[derive(Default)]
pub struct Rebuilds(Mutex<BTreeMap<WorkspaceId, Rebuild>>);

impl Rebuilds {
    /// How far a workspace is; nothing when it is not being rebuilt.
    pub fn of(&self, workspace: WorkspaceId) -> Option<Rebuild> {
        self.0.lock().get(&workspace).copied()
    }

    /// Says how far a workspace is; nothing when it is through.
    pub(crate) fn say(&self, workspace: WorkspaceId, rebuild: Option<Rebuild>) {
        let mut known = self.0.lock();
        match rebuild {
            Some(rebuild) => drop(known.insert(workspace, rebuild)),
            None => drop(known.remove(&workspace)),
        }
    }
}

/// How often articles were read since the last time it was written down; a crash forgets a few.
#[derive(Default)]
pub struct Views(Mutex<BTreeMap<(WorkspaceId, ArticleId), i64>>);

/// Articles whose views wait at once; more are not counted until the next writing.
const MOST: usize = 10_000;

impl Views {
    /// Counts a reading.
    pub fn count(&self, workspace: WorkspaceId, article: ArticleId) {
        let mut waiting = self.0.lock();
        if waiting.len() < MOST || waiting.contains_key(&(workspace, article)) {
            *waiting.entry((workspace, article)).or_default() += 1;
        }
    }

    /// Writes the counts down, a transaction for each workspace.
    pub async fn flush(&self, house: &House) -> Result<()> {
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<(ArticleId, i64)>> = BTreeMap::new();
        for ((workspace, article), views) in std::mem::take(&mut *self.0.lock()) {
            by_workspace.entry(workspace).or_default().push((article, views));
        }
        for (workspace, counts) in by_workspace {
            house.db.write(workspace.uuid(), move |tx| add(tx, workspace, &counts)).await?;
        }
        Ok(())
    }
}

fn add(tx: &mut Tx<'_>, workspace: WorkspaceId, counts: &[(ArticleId, i64)]) -> Result<()> {
    for (article, views) in counts {
        tx.exec(
            "UPDATE article SET views = views + $1 WHERE workspace_id = $2 AND id = $3",
            &[views, &workspace, article],
        )?;
    }
    Ok(())
}
