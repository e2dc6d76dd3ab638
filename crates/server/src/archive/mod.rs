//! Backups: one portable format from either engine, at one moment, that either engine takes back.
//! Rule: what is written is checked by count and SHA-256; the master key is kept apart and never part of it.
//!
//! A backup is a folder: `manifest.json`, `tables/NAME.jsonl` (the columns, then a row a line), `blobs/…`,
//! and `log-heads.jsonl`. In a row, bytes and ids are {"x": "hex"}; everything else is plain JSON.

mod manifest;
mod restoring;
mod rows;
mod taking;

use base::{Code, Error, Kind};

pub use manifest::Manifest;
pub use restoring::{Restored, finish, refuse_half, restore};
pub use taking::take;

/// A backup cannot be written or read.
static BACKUP: Code = Code::new(
    Kind::Unavailable,
    "backup_failed",
    "The backup cannot be written or read.",
    "See that the folder exists, has room, and was not changed since.",
);
/// The database to restore into holds rows.
static NOT_EMPTY: Code = Code::new(
    Kind::Conflict,
    "database_not_empty",
    "A backup is restored into an empty database only.",
    "Name a new data folder or a new database.",
);

/// A restore ended before everything was there.
static HALF_RESTORED: Code = Code::new(
    Kind::Unavailable,
    "half_restored",
    "A restore into this database did not end, so it holds a part of the backup only.",
    "Run the restore again; it begins anew.",
);

/// The codes of this room.
pub static CODES: &[&Code] = &[&BACKUP, &NOT_EMPTY, &HALF_RESTORED];

/// The folder of tables in a backup.
const TABLES: &str = "tables";
/// The folder of blobs, in a backup and in the data folder.
const BLOBS: &str = "blobs";
/// The file of signed heads, in a backup and in the data folder.
const HEADS: &str = "log-heads.jsonl";

/// Files of a backup are their owner's alone: they hold what everybody wrote.
const OWN: u32 = 0o600;
/// Folders of a backup likewise.
const OWN_FOLDER: u32 = 0o700;

fn failed(error: impl std::fmt::Display) -> Error {
    BACKUP.error().caused_by(error)
}
