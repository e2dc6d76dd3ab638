//! The export of a person as a folder: `person.json`, and the bytes of every attachment in `files/`.
//! Rule: the folder is new and its owner's alone; what was there before is never mixed with a person's data.

use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use base::{Code, Error, Kind, Result};
use desk::uploads::{Blobs, files_in};
use serde_json::{Value, json};
use std::io::Write;
use trust::nouns::WorkspaceId;

static EXPORT_FOLDER: Code = Code::new(
    Kind::Unavailable,
    "export_folder",
    "The folder of the export cannot be written.",
    "Name a folder that is not there yet, on a disk with room.",
);

fn failed(error: impl std::fmt::Display) -> Error {
    EXPORT_FOLDER.error().caused_by(error)
}

/// Writes an export and its files, and says what was written.
pub fn write(export: &Value, data: &Path, folder: &Path) -> Result<Value> {
    let workspace =
        export.get("workspace_id").and_then(Value::as_str).and_then(|text| text.parse::<WorkspaceId>().ok());
    let workspace = workspace.ok_or_else(|| failed("the export names no workspace"))?;
    std::fs::DirBuilder::new().mode(0o700).create(folder).map_err(failed)?;
    let mut file = std::fs::OpenOptions::new();
    let mut file = file.write(true).create_new(true).mode(0o600).open(folder.join("person.json")).map_err(failed)?;
    let text = serde_json::to_string_pretty(export).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let (files, blobs) = (files_in(export), Blobs::beside(&data.join("blobs"))?);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(failed)?;
    for file in &files {
        runtime.block_on(file.write(&blobs, workspace, folder))?;
    }
    Ok(json!({"written": "person.json", "files": files.len()}))
}
