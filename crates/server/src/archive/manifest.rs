//! What a backup says of itself.

use std::path::Path;

use base::{Result, Time};
use serde::{Deserialize, Serialize};

use super::failed;
use super::rows::HashedFile;

/// The version of the format.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The release that wrote it.
    pub version: String,
    /// When it was taken.
    pub taken_at: Time,
    /// The schema steps it was taken with, as `domain number`.
    pub schema: Vec<String>,
    /// Its tables.
    pub tables: Vec<TableFile>,
    /// Its blobs.
    pub blobs: Vec<BlobFile>,
}

/// A table's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableFile {
    /// The table.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// A blob's file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlobFile {
    /// Its path below the folder of blobs.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

impl Manifest {
    /// A manifest of this release.
    pub(super) fn new(taken_at: Time, tables: Vec<TableFile>, blobs: Vec<BlobFile>) -> Manifest {
        Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            schema: schema(),
            tables,
            blobs,
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(failed)?;
        let path = folder.join("manifest.json");
        let mut file = HashedFile::create(&path)?;
        file.write(text.as_bytes())?;
        file.finish().map(drop)
    }

    pub(super) fn read(folder: &Path) -> Result<Manifest> {
        let text = std::fs::read_to_string(folder.join("manifest.json")).map_err(failed)?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(failed)?;
        if manifest.format != FORMAT {
            return Err(failed(format_args!("format {} is not known", manifest.format)));
        }
        // Older steps are a subset: columns that came later take their defaults.
        let known = schema();
        match manifest.schema.iter().find(|step| !known.contains(step)) {
            Some(step) => Err(failed(format_args!("it was taken by a later release, with {step}"))),
            None => Ok(manifest),
        }
    }
}

fn schema() -> Vec<String> {
    crate::domains::steps().map(|step| format!("{} {}", step.domain, step.number)).collect()
}
