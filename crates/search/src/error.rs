//! What can go wrong below the words: disk, lock, a broken index. User text is never an error.

use std::fmt;

/// Why the index could not do its work.
#[derive(Debug)]
pub enum Error {
    /// The folder could not be read or written.
    Disk(std::io::Error),
    /// Another writer holds the index, or a search still reads files that must go; try again.
    Busy,
    /// The index is unreadable; open it again to start from an empty one.
    Broken(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Disk(cause) => write!(f, "the search index cannot use its folder: {cause}"),
            Error::Busy => write!(f, "the search index is in use"),
            Error::Broken(cause) => write!(f, "the search index is broken: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Error::Disk(cause)
    }
}

impl From<tantivy::TantivyError> for Error {
    fn from(cause: tantivy::TantivyError) -> Self {
        match cause {
            tantivy::TantivyError::LockFailure(..) => Error::Busy,
            tantivy::TantivyError::IoError(io) => Error::Disk(std::io::Error::new(io.kind(), io.to_string())),
            other => Error::Broken(other.to_string()),
        }
    }
}
