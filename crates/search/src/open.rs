//! Opening: an index that is missing, of an older form or unreadable is replaced by an empty
//! one, whose missing cursor makes the caller fill it again.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;
use tantivy::{Index, IndexBuilder, IndexReader, ReloadPolicy, Searcher};

use crate::index::TextIndex;
use crate::store::{Form, Viewed, size_of};
use crate::{Error, Result, words};

/// Up to this size every byte is checked at opening (about 1 GB/s); beyond it `verify` does.
const CHECKED_AT_OPENING: u64 = 64 * 1024 * 1024;

/// An opened index and where its feed stands.
pub struct Opened {
    /// The index.
    pub index: TextIndex,
    /// What was given to the last commit; `None` when nothing was committed yet.
    pub cursor: Option<String>,
    /// True when an unusable index was thrown away.
    pub rebuilt: bool,
}

/// The parts of an index that were found good.
pub(crate) struct Found<V> {
    pub index: Index,
    pub reader: IndexReader,
    pub view: V,
    pub cursor: Option<String>,
}

/// Opens what lies in `folder` or starts anew; true when something had to go.
pub(crate) fn open<V: Viewed>(folder: &Path, form: &Form) -> Result<(Found<V>, bool)> {
    fs::create_dir_all(folder)?;
    let existed = fs::read_dir(folder)?.next().is_some();
    // Bytes that were damaged in the right place make the library panic instead of failing.
    let attempt = catch_unwind(AssertUnwindSafe(|| existing(folder, form)));
    match attempt {
        Ok(Ok(Some(found))) => return Ok((found, false)),
        Ok(Err(Error::Disk(cause))) if cause.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(Error::Disk(cause));
        }
        Ok(Err(cause)) => tracing::warn!(%cause, "search index unusable, starting anew"),
        Ok(Ok(None)) if existed => tracing::warn!("search index of another form, starting anew"),
        Ok(Ok(None)) => {}
        Err(_) => tracing::warn!("search index damaged, starting anew"),
    }
    clear(folder)?;
    let index = IndexBuilder::new().schema(form.schema.clone()).tokenizers(words::manager()).create_in_dir(folder)?;
    let reader = reader(&index)?;
    let view = V::load(&reader)?;
    Ok((Found { index, reader, view, cursor: None }, existed))
}

/// The index in `folder`; `None` when there is none or it has another form.
fn existing<V: Viewed>(folder: &Path, form: &Form) -> Result<Option<Found<V>>> {
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    if !Index::exists(&directory).map_err(tantivy::TantivyError::from)? {
        return Ok(None);
    }
    let mut index = Index::open(directory)?;
    index.set_tokenizers(words::manager());
    let payload = index.load_metas()?.payload;
    if index.schema() != form.schema
        || payload.as_deref().is_some_and(|payload| read_payload(form.version, payload).is_none())
    {
        return Ok(None);
    }
    if size_of(folder)? <= CHECKED_AT_OPENING {
        check(&index)?;
    }
    let reader = reader(&index)?;
    let view = V::load(&reader)?;
    open_readings(view.searcher(), &form.schema)?;
    if payload.is_none() && view.searcher().num_docs() > 0 {
        return Ok(None);
    }
    let cursor = payload.as_deref().and_then(|payload| read_payload(form.version, payload)).map(str::to_owned);
    Ok(Some(Found { index, reader, view, cursor }))
}

/// Reads every byte of the index and compares its checksums.
pub(crate) fn check(index: &Index) -> Result<()> {
    let damaged = index.validate_checksum()?;
    match damaged.iter().next() {
        None => Ok(()),
        Some(file) => Err(Error::Broken(format!("checksum of {} is wrong", file.display()))),
    }
}

fn open_readings(searcher: &Searcher, schema: &Schema) -> Result<()> {
    for segment in searcher.segment_readers() {
        for (field, entry) in schema.fields() {
            if entry.is_indexed() {
                segment.inverted_index(field)?;
            }
        }
    }
    Ok(())
}

fn reader(index: &Index) -> Result<IndexReader> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(0).try_into()?)
}

fn clear(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The commit's payload: our version, then the caller's cursor.
pub(crate) fn write_payload(version: &str, cursor: &str) -> String {
    format!("{version}\n{cursor}")
}

fn read_payload<'a>(version: &str, payload: &'a str) -> Option<&'a str> {
    payload.split_once('\n').filter(|(written, _)| *written == version).map(|(_, cursor)| cursor)
}
