//! Taking away blobs that no row names any more.
//! Rule: a blob is moved out of its place first and asked about then, so that a row written meanwhile brings it back,
//! and whoever wrote that row later finds the place empty and fills it again. No lock is needed on any number of nodes.

use std::sync::Arc;

use base::Result;
use db::Db;
use futures_util::TryStreamExt;
use parking_lot::Mutex;
use tokio::sync::Notify;
use trust::House;

use super::blobs::{BlobKey, Blobs, problem};
use super::forgetting::{Unreferenced, is_named};

/// Blobs asked about in one read.
const AT_ONCE: usize = 200;

/// Takes blobs away after the commits that forgot them.
pub struct Sweeper {
    house: Arc<House>,
    blobs: Blobs,
    waiting: Mutex<Vec<BlobKey>>,
    poked: Notify,
}

impl Sweeper {
    /// A sweeper of a house's blobs.
    pub fn new(house: Arc<House>, blobs: Blobs) -> Sweeper {
        Sweeper { house, blobs, waiting: Mutex::default(), poked: Notify::new() }
    }

    /// Hears of blobs that lost a row.
    pub fn poke(&self, unreferenced: Unreferenced) {
        self.waiting.lock().extend(unreferenced.0);
        self.poked.notify_one();
    }

    /// Runs until the process ends.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.settle_next().await {
                tracing::error!(cause = ?error, "blobs stay until the next sweep");
            }
        }
    }

    /// Waits until blobs are heard of, and settles them.
    pub async fn settle_next(&self) -> Result<()> {
        self.poked.notified().await;
        let mut waiting = std::mem::take(&mut *self.waiting.lock());
        waiting.sort_unstable();
        waiting.dedup();
        for key in waiting {
            settle(&self.house.db, &self.blobs, key).await?;
        }
        Ok(())
    }

    /// Walks through every blob and settles those no row names: what a crash left between a file and its row.
    pub async fn sweep(&self) -> Result<()> {
        let mut keys = self.blobs.list().try_chunks(AT_ONCE);
        while let Some(some) = keys.try_next().await.map_err(|error| error.1)? {
            for key in self.unnamed(some).await? {
                settle(&self.house.db, &self.blobs, key).await?;
            }
        }
        Ok(())
    }

    /// `sweep` for a thread that may block, for commands that promise the files are gone.
    pub fn sweep_now(&self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(problem)?;
        runtime.block_on(self.sweep())
    }

    async fn unnamed(&self, keys: Vec<BlobKey>) -> Result<Vec<BlobKey>> {
        let ask = move |tx: &mut db::Tx<'_>| {
            let mut unnamed = Vec::new();
            for key in &keys {
                if !is_named(tx, *key)? {
                    unnamed.push(*key);
                }
            }
            Ok(unnamed)
        };
        self.house.db.read_long(uuid::Uuid::nil(), ask).await
    }
}

/// Deletes a blob unless a row names it.
pub(crate) async fn settle(db: &Db, blobs: &Blobs, key: BlobKey) -> Result<()> {
    blobs.take_out(key).await?;
    match db.read(key.workspace.uuid(), move |tx| is_named(tx, key)).await {
        Ok(false) => blobs.delete(key).await,
        Ok(true) => blobs.put_back(key).await,
        Err(error) => {
            blobs.put_back(key).await?;
            Err(error)
        }
    }
}
