//! What every index of this crate stands on: one tantivy index, its writer while there is something to write, the newest
//! committed state, and the feed's cursor in the commit itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard, RwLock};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::Schema;
use tantivy::{Index, IndexReader, IndexWriter, Searcher};

use crate::Result;
use crate::open::{self, write_payload};

/// The smallest heap that the writer accepts.
const SMALLEST_HEAP: usize = 15_000_000;

/// One committed state as searches see it.
pub(crate) trait Viewed: Sized {
    /// The newest committed state.
    fn load(reader: &IndexReader) -> Result<Self>;
    /// Its searcher.
    fn searcher(&self) -> &Searcher;
}

/// A schema and the version of what is written with it.
pub(crate) struct Form {
    pub schema: Schema,
    pub version: &'static str,
}

/// An index in a folder. All calls may come from any thread; they block.
pub(crate) struct Store<V> {
    pub index: Index,
    pub desk: Mutex<Desk>,
    form: Form,
    folder: PathBuf,
    heap: usize,
    reader: IndexReader,
    view: RwLock<Arc<V>>,
}

/// What the writing side holds.
pub(crate) struct Desk {
    pub writer: Option<IndexWriter>,
    pub uncommitted: usize,
    pub cursor: Option<String>,
}

impl<V: Viewed> Store<V> {
    /// Opens what lies in `folder` or starts anew; true when something unusable had to go.
    pub(crate) fn open(folder: &Path, heap: usize, form: Form) -> Result<(Store<V>, bool)> {
        let (found, rebuilt) = open::open(folder, &form)?;
        let desk = Desk { writer: None, uncommitted: 0, cursor: found.cursor };
        let store = Store {
            index: found.index,
            desk: Mutex::new(desk),
            form,
            folder: folder.to_owned(),
            heap: heap.max(SMALLEST_HEAP),
            reader: found.reader,
            view: RwLock::new(Arc::new(found.view)),
        };
        Ok((store, rebuilt))
    }

    /// Takes changes in by `write`; a writer that failed is not used again.
    pub(crate) fn apply(&self, count: usize, write: impl FnOnce(&mut IndexWriter) -> Result<()>) -> Result<()> {
        let mut desk = self.desk.lock();
        let done = self.writer(&mut desk).and_then(write);
        self.keep_or_drop(&mut desk, done)?;
        desk.uncommitted += count;
        Ok(())
    }

    /// Makes everything applied so far durable and visible, together with the feed's cursor.
    pub(crate) fn commit(&self, cursor: &str) -> Result<()> {
        let mut desk = self.desk.lock();
        let done = self.commit_at(&mut desk, Some(cursor));
        self.keep_or_drop(&mut desk, done)
    }

    /// Gives the writer's memory back until the next change; false while changes wait for a commit.
    pub(crate) fn rest(&self) -> Result<bool> {
        let mut desk = self.desk.lock();
        if desk.uncommitted > 0 {
            return Ok(false);
        }
        self.close_writer(&mut desk)?;
        Ok(true)
    }

    /// The cursor of the last commit.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.desk.lock().cursor.clone()
    }

    /// Changes applied since the last commit.
    pub(crate) fn uncommitted(&self) -> usize {
        self.desk.lock().uncommitted
    }

    /// Bytes of the folder.
    pub(crate) fn size_on_disk(&self) -> Result<u64> {
        size_of(&self.folder)
    }

    /// Reads every byte of the index and compares its checksums.
    pub(crate) fn verify(&self) -> Result<()> {
        open::check(&self.index)
    }

    pub(crate) fn view(&self) -> Arc<V> {
        self.view.read().clone()
    }

    /// Shows the last commit to the searches that follow.
    pub(crate) fn reload(&self) -> Result<()> {
        let view = Arc::new(V::load(&self.reader)?);
        *self.view.write() = view;
        Ok(())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The writer, made when it is first needed.
    pub(crate) fn writer<'a>(&self, desk: &'a mut Desk) -> Result<&'a mut IndexWriter> {
        let writer = match desk.writer.take() {
            Some(writer) => writer,
            None => self.new_writer()?,
        };
        Ok(desk.writer.insert(writer))
    }

    fn new_writer(&self) -> Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(self.heap)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    /// Waits for merges and lets the writer go.
    pub(crate) fn close_writer(&self, desk: &mut Desk) -> Result<()> {
        if let Some(writer) = desk.writer.take() {
            writer.wait_merging_threads()?;
            self.reload()?;
        }
        Ok(())
    }

    /// Commits under `cursor`, or under the last one when there is none to tell.
    pub(crate) fn commit_at(&self, desk: &mut Desk, cursor: Option<&str>) -> Result<()> {
        let cursor = cursor.map(str::to_owned).or_else(|| desk.cursor.clone());
        let mut commit = self.writer(desk)?.prepare_commit()?;
        if let Some(cursor) = &cursor {
            commit.set_payload(&write_payload(self.form.version, cursor));
        }
        commit.commit()?;
        desk.uncommitted = 0;
        desk.cursor = cursor;
        self.reload()
    }

    /// A writer that failed cannot be trusted with the next batch.
    pub(crate) fn keep_or_drop(&self, desk: &mut MutexGuard<'_, Desk>, done: Result<()>) -> Result<()> {
        if done.is_err() {
            desk.writer = None;
            desk.uncommitted = 0;
        }
        done
    }
}

/// Bytes of the files in `folder`.
pub(crate) fn size_of(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        // A merge may delete a file between listing and looking.
        size += entry?.metadata().map_or(0, |file| file.len());
    }
    Ok(size)
}
