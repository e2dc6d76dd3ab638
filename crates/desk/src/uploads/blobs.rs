//! Where the bytes of uploads are: one object per workspace and content, `workspace/sha256`, behind `object_store`.
//! Rule: a blob is durable before a row names it. It is written under `incoming`, and leaves by way of `outgoing`, so
//! that somebody who brings the same bytes while they leave never loses them. The folder store syncs files and folders
//! itself (`with_fsync`); an S3 store takes its place in `Blobs` alone, with larger parts.

use std::fmt;
use std::path::Path as Folder;
use std::sync::Arc;

use base::{Code, Error, Kind, Result};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetResult, ObjectStore, ObjectStoreExt, WriteMultipart};
use trust::nouns::WorkspaceId;

/// Attachments cannot be read or written.
pub static BLOBS_UNAVAILABLE: Code = Code::new(
    Kind::Unavailable,
    "blobs_unavailable",
    "Attachments cannot be read or written at the moment.",
    "Try again in a moment; your administrator finds the cause in the logs by the reference.",
);

const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";
/// Bytes gathered before they are written; an upload holds a few parts at once.
const FOLDER_PART: usize = 256 * 1024;

/// The blobs of an installation; cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    part: usize,
}

/// Which blob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlobKey {
    pub workspace: WorkspaceId,
    pub sha256: [u8; 32],
}

/// The bytes of a blob, in pieces.
pub(crate) type BlobStream = BoxStream<'static, object_store::Result<Bytes>>;

impl Blobs {
    /// Blobs in a folder that this process alone writes to; what was still coming in when the last one ended is
    /// thrown away.
    pub fn open(folder: &Folder) -> Result<Blobs> {
        match std::fs::remove_dir_all(folder.join(INCOMING)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(problem(error)),
            _ => Blobs::beside(folder),
        }
    }

    /// Blobs in a folder that a server may be writing to.
    pub fn beside(folder: &Folder) -> Result<Blobs> {
        std::fs::create_dir_all(folder).map_err(problem)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(problem)?.with_fsync(true);
        Ok(Blobs { store: Arc::new(store), part: FOLDER_PART })
    }

    /// Starts writing bytes whose hash is not known yet, under a name of its own.
    pub(crate) async fn put_stream(&self, name: &str) -> Result<Incoming> {
        let path = Path::from_iter([INCOMING, name]);
        let upload = self.store.put_multipart(&path).await.map_err(problem)?;
        let parts = WriteMultipart::new_with_chunk_size(upload, self.part);
        Ok(Incoming { blobs: self.clone(), path, parts })
    }

    /// The bytes of a blob, also while it is on its way out; `None` when it is not there.
    pub(crate) async fn get_stream(&self, key: BlobKey) -> Result<Option<BlobStream>> {
        // It may be put back between the first look and the second.
        for path in [key.path(), key.way_out(), key.path()] {
            if let Some(found) = there(self.store.get(&path).await)? {
                return Ok(Some(GetResult::into_stream(found)));
            }
        }
        Ok(None)
    }

    /// Whether a blob is in its place.
    pub(crate) async fn has(&self, key: BlobKey) -> Result<bool> {
        Ok(there(self.store.head(&key.path()).await)?.is_some())
    }

    /// Moves a blob out of its place.
    pub(crate) async fn take_out(&self, key: BlobKey) -> Result<()> {
        there(self.store.rename(&key.path(), &key.way_out()).await).map(drop)
    }

    /// Puts a blob that was taken out back, unless it came in again meanwhile.
    pub(crate) async fn put_back(&self, key: BlobKey) -> Result<()> {
        self.copy(&key.way_out(), &key.path()).await?;
        self.delete(key).await
    }

    /// Deletes a blob that was taken out.
    pub(crate) async fn delete(&self, key: BlobKey) -> Result<()> {
        there(self.store.delete(&key.way_out()).await).map(drop)
    }

    /// Every blob, also those on their way out.
    pub(crate) fn list(&self) -> BoxStream<'static, Result<BlobKey>> {
        let keys = self.store.list(None).map_err(problem);
        keys.try_filter_map(async |found| Ok(BlobKey::of_path(&found.location))).boxed()
    }

    /// Copies unless the target is there; equal names hold equal bytes.
    async fn copy(&self, from: &Path, to: &Path) -> Result<()> {
        match self.store.copy_if_not_exists(from, to).await {
            Ok(()) | Err(object_store::Error::AlreadyExists { .. } | object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }
}

/// Bytes that are coming in.
pub(crate) struct Incoming {
    blobs: Blobs,
    path: Path,
    parts: WriteMultipart,
}

impl Incoming {
    /// Takes the next bytes, and waits while too many are on their way to the store.
    pub(crate) async fn push(&mut self, bytes: Bytes) -> Result<()> {
        self.parts.wait_for_capacity(2).await.map_err(problem)?;
        self.parts.put(bytes);
        Ok(())
    }

    /// Ends well: everything is durable, under its temporary name.
    pub(crate) async fn finish(self) -> Result<Arrived> {
        self.parts.finish().await.map_err(problem)?;
        Ok(Arrived { blobs: self.blobs, path: self.path })
    }

    /// Ends badly: nothing stays.
    pub(crate) async fn abort(self) {
        note_left(self.parts.abort().await);
    }
}

/// Bytes that came in completely.
pub(crate) struct Arrived {
    blobs: Blobs,
    path: Path,
}

impl Arrived {
    /// Puts them in their place, unless they are there already.
    pub(crate) async fn publish(&self, key: BlobKey) -> Result<()> {
        self.blobs.copy(&self.path, &key.path()).await
    }

    /// Takes the temporary name away.
    pub(crate) async fn discard(self) {
        note_left(self.blobs.store.delete(&self.path).await);
    }
}

impl BlobKey {
    fn path(self) -> Path {
        Path::from_iter([self.workspace.to_string(), hex(&self.sha256)])
    }

    fn way_out(self) -> Path {
        Path::from_iter([OUTGOING.to_owned(), self.workspace.to_string(), hex(&self.sha256)])
    }

    fn of_path(path: &Path) -> Option<BlobKey> {
        let text = path.as_ref();
        let (workspace, sha256) = text.strip_prefix("outgoing/").unwrap_or(text).split_once('/')?;
        Some(BlobKey { workspace: workspace.parse().ok()?, sha256: from_hex(sha256)? })
    }
}

impl fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path())
    }
}

/// A hash as it is written in names and answers.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    digits.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

fn there<T>(found: object_store::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(problem(error)),
    }
}

fn note_left(removed: object_store::Result<()>) {
    if let Err(error) = removed {
        tracing::warn!(%error, "an incoming file stays until the next start");
    }
}

pub(crate) fn problem(error: impl fmt::Display) -> Error {
    BLOBS_UNAVAILABLE.error().retry_in(5).caused_by(error)
}
