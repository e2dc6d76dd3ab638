//! Erasing: after it, no byte of an owner's words is left in the folder.
//! Deleting only marks documents; their words stay in the segment until it is rewritten. So
//! every segment that ever held the owner is rewritten and the old files are removed.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use tantivy::Term;
use tantivy::index::SegmentId;
use tantivy::indexer::NoMergePolicy;

use crate::store::{Desk, Store, Viewed};
use crate::{Error, Result};

/// How often files that a running search still reads are tried again, and how long apart.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

impl<V: Viewed> Store<V> {
    /// Removes every document with the owner's term and rewrites what held them. Blocks for the time of the rewrite;
    /// answers `Busy` when a search kept old files open for over a second.
    pub(crate) fn erase(&self, owner: &Term) -> Result<()> {
        let mut desk = self.desk.lock();
        let done = self.erase_now(&mut desk, owner);
        self.keep_or_drop(&mut desk, done)
    }

    fn erase_now(&self, desk: &mut Desk, owner: &Term) -> Result<()> {
        self.writer(desk)?.delete_term(owner.clone());
        self.commit_at(desk, None)?;
        // A merge that started before the deletion could carry the words on: let it end first.
        self.close_writer(desk)?;
        self.writer(desk)?.set_merge_policy(Box::new(NoMergePolicy));
        while let Some(segment) = self.segment_with(owner)? {
            self.writer(desk)?.merge(&[segment]).wait()?;
            self.reload()?;
        }
        self.remove_old_files(desk)?;
        self.close_writer(desk)
    }

    /// A segment that holds the owner's term, deleted or not.
    fn segment_with(&self, owner: &Term) -> Result<Option<SegmentId>> {
        for segment in self.view().searcher().segment_readers() {
            if segment.inverted_index(owner.field())?.get_term_info(owner)?.is_some() {
                return Ok(Some(segment.segment_id()));
            }
        }
        Ok(None)
    }

    fn remove_old_files(&self, desk: &mut Desk) -> Result<()> {
        for _ in 0..ATTEMPTS {
            self.writer(desk)?.garbage_collect_files().wait()?;
            if !self.has_old_files()? {
                return Ok(());
            }
            std::thread::park_timeout(PAUSE);
        }
        Err(Error::Busy)
    }

    /// True when a file of a segment that is no longer part of the index lies in the folder.
    fn has_old_files(&self) -> Result<bool> {
        let living: HashSet<String> =
            self.index.searchable_segment_ids()?.iter().map(|segment| segment.uuid_string()).collect();
        for entry in fs::read_dir(self.folder())? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default();
            let is_segment = stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit());
            if is_segment && !living.contains(stem) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
