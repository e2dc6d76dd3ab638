//! The index and its verbs in the order of a day: open, apply, commit, rest.
//! One writer thread with a small heap, there only while there is something to write.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard, RwLock};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexReader, IndexWriter};

use crate::Result;
use crate::document::Change;
use crate::fields::Fields;
use crate::open::{self, Opened, write_payload};
use crate::view::View;

/// The smallest heap that the writer accepts.
const SMALLEST_HEAP: usize = 15_000_000;

/// Full text of one node. All calls may come from any thread; they block.
pub struct TextIndex {
    pub(crate) index: Index,
    pub(crate) fields: Fields,
    folder: PathBuf,
    heap: usize,
    reader: IndexReader,
    view: RwLock<Arc<View>>,
    pub(crate) desk: Mutex<Desk>,
}

/// What the writing side holds.
pub(crate) struct Desk {
    pub writer: Option<IndexWriter>,
    pub uncommitted: usize,
    pub cursor: Option<String>,
}

impl TextIndex {
    /// Opens the index in `folder` or starts an empty one. `memory_budget` is the writer's
    /// heap in bytes; less than 15 MB is raised to that.
    pub fn open(folder: &Path, memory_budget: usize) -> Result<Opened> {
        let (schema, fields) = Fields::build();
        let (found, rebuilt) = open::open(folder, &schema)?;
        let desk = Desk { writer: None, uncommitted: 0, cursor: found.cursor.clone() };
        let index = TextIndex {
            index: found.index,
            fields,
            folder: folder.to_owned(),
            heap: memory_budget.max(SMALLEST_HEAP),
            reader: found.reader,
            view: RwLock::new(Arc::new(found.view)),
            desk: Mutex::new(desk),
        };
        Ok(Opened { index, cursor: found.cursor, rebuilt })
    }

    /// Takes changes in; searches see them after `commit`, a crash before it forgets them.
    pub fn apply(&self, batch: Vec<Change>) -> Result<()> {
        let mut desk = self.desk.lock();
        let count = batch.len();
        let done = self.write(&mut desk, batch);
        self.keep_or_drop(&mut desk, done)?;
        desk.uncommitted += count;
        Ok(())
    }

    /// Makes everything applied so far durable and visible, together with the feed's cursor.
    pub fn commit(&self, cursor: &str) -> Result<()> {
        let mut desk = self.desk.lock();
        let done = self.commit_at(&mut desk, Some(cursor));
        self.keep_or_drop(&mut desk, done)
    }

    /// Gives the writer's memory back until the next change; false while changes wait for a
    /// commit. To be called after some idle seconds.
    pub fn rest(&self) -> Result<bool> {
        let mut desk = self.desk.lock();
        if desk.uncommitted > 0 {
            return Ok(false);
        }
        self.close_writer(&mut desk)?;
        Ok(true)
    }

    /// The cursor of the last commit.
    pub fn cursor(&self) -> Option<String> {
        self.desk.lock().cursor.clone()
    }

    /// Changes applied since the last commit; the caller commits at 500 or after a second.
    pub fn uncommitted(&self) -> usize {
        self.desk.lock().uncommitted
    }

    /// Documents that searches can find.
    pub fn doc_count(&self) -> u64 {
        self.view().searcher.num_docs()
    }

    /// Bytes of the index's folder.
    pub fn size_on_disk(&self) -> Result<u64> {
        size_of(&self.folder)
    }

    /// Reads every byte of the index and compares its checksums.
    pub fn verify(&self) -> Result<()> {
        open::check(&self.index)
    }

    pub(crate) fn view(&self) -> Arc<View> {
        self.view.read().clone()
    }

    /// Shows the last commit to the searches that follow.
    pub(crate) fn reload(&self) -> Result<()> {
        let view = Arc::new(View::load(&self.reader)?);
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

    fn write(&self, desk: &mut Desk, batch: Vec<Change>) -> Result<()> {
        let fields = self.fields;
        let writer = self.writer(desk)?;
        for change in batch {
            match change {
                Change::Put(document) => {
                    writer.delete_term(fields.part_term(&document.workspace, &document.part));
                    writer.add_document(fields.write(&document))?;
                }
                Change::RemoveOwner { workspace, owner } => {
                    writer.delete_term(fields.owner_term(&workspace, &owner));
                }
                Change::RemovePart { workspace, part } => {
                    writer.delete_term(fields.part_term(&workspace, &part));
                }
            }
        }
        Ok(())
    }

    /// Commits under `cursor`, or under the last one when there is none to tell.
    pub(crate) fn commit_at(&self, desk: &mut Desk, cursor: Option<&str>) -> Result<()> {
        let cursor = cursor.map(str::to_owned).or_else(|| desk.cursor.clone());
        let mut commit = self.writer(desk)?.prepare_commit()?;
        if let Some(cursor) = &cursor {
            commit.set_payload(&write_payload(cursor));
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
