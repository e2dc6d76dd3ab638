//! The data lock: one process at a time writes an installation.
//! Rule: it is held until the process ends; the operating system gives it back even after a crash.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use base::{Code, Kind, Result};

/// Somebody else holds the lock.
pub static IN_USE: Code = Code::new(
    Kind::Conflict,
    "data_in_use",
    "Another Mainstay process uses this data folder.",
    "Stop it first, or name another folder with --data.",
);
static NO_FOLDER: Code = Code::new(
    Kind::Unavailable,
    "data_folder",
    "The data folder cannot be used.",
    "See that it exists, is writable, and that the disk is not full.",
);

/// The lock of a data folder, held while this value lives.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock, making the folder when it is missing.
    pub fn take(folder: &Path) -> Result<DataLock> {
        let failed = |error: std::io::Error| NO_FOLDER.because(format!("The data folder cannot be used: {error}."));
        // A folder made here is the server's alone; one that was there keeps what its owner chose.
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("mainstay.lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(DataLock { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(IN_USE.error()),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataLock::take(folder.path()).unwrap();
        assert_eq!(DataLock::take(folder.path()).unwrap_err().name(), "data_in_use");
        drop(first);
        assert!(DataLock::take(folder.path()).is_ok());
    }
}
