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
pub use restoring::{Restored, restore};
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

/// The codes of this room.
pub static CODES: &[&Code] = &[&BACKUP, &NOT_EMPTY];

/// The folder of tables in a backup.
const TABLES: &str = "tables";
/// The folder of blobs, in a backup and in the data folder.
const BLOBS: &str = "blobs";
/// The file of signed heads, in a backup and in the data folder.
const HEADS: &str = "log-heads.jsonl";

fn failed(error: impl std::fmt::Display) -> Error {
    BACKUP.error().caused_by(error)
}
