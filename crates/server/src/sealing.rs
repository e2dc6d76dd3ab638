//! When events are sealed: inside the commit where one writer makes every commit, on threads of its own elsewhere.
//! Rule: one sealer at a time moves the head of a workspace; what a crash left unsealed is found again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use base::{Result, Time};
use db::{BeforeCommit, Db};
use parking_lot::{Condvar, Mutex};
use trust::House;
use trust::log::{Fold, end_batch, seal, unsealed_workspaces};
use trust::nouns::WorkspaceId;
use uuid::Uuid;

/// Threads that seal where there are several writers.
const THREADS: usize = 2;
/// The time between two sealings of a workspace: under load one of them takes many events along.
const PACE: Duration = Duration::from_millis(25);
/// The wait after the database refused.
const PAUSE: Duration = Duration::from_secs(1);

/// The hook of the single writer: ends the sealing of its batch, in its transaction.
pub fn in_commit(folds: Arc<[Fold]>) -> BeforeCommit {
    Arc::new(move |tx| end_batch(tx, &folds))
}

/// The workspaces that have something to seal, and those being sealed now.
#[derive(Default)]
struct Waiting {
    dirty: HashSet<Uuid>,
    active: HashSet<Uuid>,
    /// When workspaces were sealed, while that is not longer ago than the pace.
    sealed: HashMap<Uuid, Instant>,
    is_closed: bool,
}

/// What commits and sealing threads share.
#[derive(Default)]
pub struct Sealer {
    waiting: Mutex<Waiting>,
    poked: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sealer {
    /// Starts the sealing threads.
    pub fn start(self: &Arc<Sealer>, db: &Db, cell: i64, folds: &Arc<[Fold]>) {
        for number in 0..THREADS {
            let (sealer, db, folds) = (self.clone(), db.clone(), folds.clone());
            let thread = std::thread::Builder::new().name(format!("sealer-{number}"));
            match thread.spawn(move || sealer.work(&db, cell, &folds)) {
                Ok(thread) => self.threads.lock().push(thread),
                Err(error) => tracing::error!(%error, "a sealing thread did not start"),
            }
        }
    }

    /// Says that a workspace has something to seal.
    pub fn poke(&self, workspace: Uuid) {
        self.waiting.lock().dirty.insert(workspace);
        self.poked.notify_one();
    }

    /// Seals what is waiting and ends the threads.
    pub fn stop(&self) {
        self.waiting.lock().is_closed = true;
        self.poked.notify_all();
        for thread in self.threads.lock().drain(..) {
            drop(thread.join());
        }
    }

    fn work(&self, db: &Db, cell: i64, folds: &Arc<[Fold]>) {
        while let Some(workspace) = self.next() {
            let folds = folds.clone();
            let id = WorkspaceId::from_uuid(workspace);
            let sealed = db.write_now(workspace, move |tx| seal(tx, id, cell, &folds));
            let again = match sealed {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(cause = ?error, "sealing failed; trying again");
                    self.pause()
                }
            };
            let mut waiting = self.waiting.lock();
            waiting.active.remove(&workspace);
            if again {
                waiting.dirty.insert(workspace);
            }
            drop(waiting);
            self.poked.notify_one();
        }
    }

    /// The next workspace nobody is sealing, or sealed just now; `None` when closed and done.
    #[expect(clippy::disallowed_methods, reason = "sealing is paced by real time")]
    fn next(&self) -> Option<Uuid> {
        let mut waiting = self.waiting.lock();
        loop {
            let now = Instant::now();
            waiting.sealed.retain(|_, at| now.duration_since(*at) < PACE);
            let free = |id: &&Uuid| !waiting.active.contains(id);
            let due = |id: &&Uuid| waiting.is_closed || !waiting.sealed.contains_key(id);
            match waiting.dirty.iter().filter(free).find(due).copied() {
                Some(workspace) => {
                    waiting.dirty.remove(&workspace);
                    waiting.active.insert(workspace);
                    waiting.sealed.insert(workspace, now);
                    return Some(workspace);
                }
                None if waiting.dirty.iter().any(|id| free(&id)) => {
                    self.poked.wait_for(&mut waiting, PACE);
                }
                None if waiting.is_closed => return None,
                None => self.poked.wait(&mut waiting),
            }
        }
    }

    /// Waits after a failure; says whether to try again, which a closing process does not.
    fn pause(&self) -> bool {
        let mut waiting = self.waiting.lock();
        if !waiting.is_closed {
            self.poked.wait_for(&mut waiting, PAUSE);
        }
        !waiting.is_closed
    }
}

/// Seals what a crash or a failure left behind, in every workspace.
pub async fn sweep(house: &Arc<House>, folds: &Arc<[Fold]>) -> Result<()> {
    let cell = i64::from(house.cell.get());
    let left = house.db.read(Uuid::nil(), move |tx| unsealed_workspaces(tx, cell)).await?;
    for workspace in left {
        loop {
            let folds = folds.clone();
            let sealed = house.db.write(workspace.uuid(), move |tx| seal(tx, workspace, cell, &folds));
            if !sealed.await? {
                break;
            }
        }
    }
    Ok(())
}

struct Head {
    workspace: WorkspaceId,
    cell: i64,
    seq: i64,
    hash: Vec<u8>,
}

/// Signs the heads that moved and appends them to the file outside the database.
pub async fn sign_heads(house: &Arc<House>) -> Result<()> {
    let heads = house.db.read(Uuid::nil(), |tx| {
        // Every workspace on purpose: the house signs for all of them.
        tx.all("SELECT workspace_id, cell, seq, hash FROM log_head WHERE seq > 0 ORDER BY workspace_id", &[], |row| {
            Ok(Head { workspace: row.get(0)?, cell: row.get(1)?, seq: row.get(2)?, hash: row.get(3)? })
        })
    });
    let (heads, at) = (heads.await?, house.env.now());
    let house = house.clone();
    tokio::task::spawn_blocking(move || append(&house, &heads, at)).await.unwrap_or(Ok(()))
}

fn append(house: &House, heads: &[Head], at: Time) -> Result<()> {
    for head in heads {
        house.heads.append(head.workspace, head.cell, head.seq, &head.hash, at)?;
    }
    Ok(())
}
