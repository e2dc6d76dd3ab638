//! The index of tickets and its verbs in the order of a day: open, apply, commit, rest.

use std::path::Path;

use tantivy::IndexWriter;

use crate::Result;
use crate::document::{Change, Id};
use crate::fields::{Fields, VERSION};
use crate::open::Opened;
use crate::store::{Form, Store};
use crate::view::View;

/// Full text of one node. All calls may come from any thread; they block.
pub struct TextIndex {
    pub(crate) store: Store<View>,
    pub(crate) fields: Fields,
}

impl TextIndex {
    /// Opens the index in `folder` or starts an empty one. `memory_budget` is the writer's
    /// heap in bytes; less than 15 MB is raised to that.
    pub fn open(folder: &Path, memory_budget: usize) -> Result<Opened> {
        let (schema, fields) = Fields::build();
        let (store, rebuilt) = Store::open(folder, memory_budget, Form { schema, version: VERSION })?;
        let cursor = store.cursor();
        Ok(Opened { index: TextIndex { store, fields }, cursor, rebuilt })
    }

    /// Takes changes in; searches see them after `commit`, a crash before it forgets them.
    pub fn apply(&self, batch: Vec<Change>) -> Result<()> {
        self.store.apply(batch.len(), |writer| batch.into_iter().try_for_each(|change| self.write(writer, change)))
    }

    /// Makes everything applied so far durable and visible, together with the feed's cursor.
    pub fn commit(&self, cursor: &str) -> Result<()> {
        self.store.commit(cursor)
    }

    /// Removes every part of an owner and rewrites what held them. Blocks for the time of the
    /// rewrite; answers `Busy` when a search kept old files open for over a second.
    /// Changes applied but not committed become visible; the cursor stays.
    pub fn erase(&self, workspace: Id, owner: Id) -> Result<()> {
        self.store.erase(&self.fields.owner_term(&workspace, &owner))
    }

    /// Gives the writer's memory back until the next change; false while changes wait for a
    /// commit. To be called after some idle seconds.
    pub fn rest(&self) -> Result<bool> {
        self.store.rest()
    }

    /// The cursor of the last commit.
    pub fn cursor(&self) -> Option<String> {
        self.store.cursor()
    }

    /// Changes applied since the last commit; the caller commits at 500 or after a second.
    pub fn uncommitted(&self) -> usize {
        self.store.uncommitted()
    }

    /// Documents that searches can find.
    pub fn doc_count(&self) -> u64 {
        self.store.view().searcher.num_docs()
    }

    /// Bytes of the index's folder.
    pub fn size_on_disk(&self) -> Result<u64> {
        self.store.size_on_disk()
    }

    /// Reads every byte of the index and compares its checksums.
    pub fn verify(&self) -> Result<()> {
        self.store.verify()
    }

    fn write(&self, writer: &mut IndexWriter, change: Change) -> Result<()> {
        let fields = self.fields;
        match change {
            Change::Add(document) => {
                writer.add_document(fields.write(&document))?;
            }
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
        Ok(())
    }
}
