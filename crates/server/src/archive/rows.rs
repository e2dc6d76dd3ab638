//! Rows as lines of JSON, and files with their SHA-256.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base::{Result, Value};
use db::Row;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{OWN, failed};

/// A file that is hashed while it is written.
pub(super) struct HashedFile {
    file: BufWriter<File>,
    hash: Sha256,
}

impl HashedFile {
    pub(super) fn create(path: &Path) -> Result<HashedFile> {
        let file = File::options().create(true).truncate(true).write(true).mode(OWN).open(path).map_err(failed)?;
        Ok(HashedFile { file: BufWriter::new(file), hash: Sha256::new() })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(failed)
    }

    /// Puts the file on disk and gives its hash in hex.
    pub(super) fn finish(self) -> Result<String> {
        let file = self.file.into_inner().map_err(failed)?;
        file.sync_all().map_err(failed)?;
        Ok(hex(&self.hash.finalize()))
    }
}

/// The SHA-256 of a file, in hex.
pub(super) fn hash_of(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

/// A row as an array.
pub(super) fn to_json(row: &Row<'_>) -> Result<Json> {
    (0..row.width())
        .map(|index| {
            Ok(match row.value(index)? {
                Value::Null => Json::Null,
                Value::Int(number) => number.into(),
                Value::Real(number) => number.into(),
                Value::Text(text) => Json::String(text.into_owned()),
                Value::Bytes(bytes) => json!({"x": hex(&bytes)}),
                Value::Uuid(uuid) => json!({"x": hex(uuid.as_bytes())}),
            })
        })
        .collect::<Result<Vec<Json>>>()
        .map(Json::Array)
}

/// A value for a column of this type, in either engine's words.
pub(super) fn from_json(value: &Json, column_type: &str) -> Result<Value<'static>> {
    let column_type = column_type.to_lowercase();
    Ok(match value {
        Json::Null => Value::Null,
        Json::Number(number) if matches!(column_type.as_str(), "real" | "double precision") => {
            Value::Real(number.as_f64().ok_or_else(|| failed("a number is out of range"))?)
        }
        Json::Number(number) => Value::Int(number.as_i64().ok_or_else(|| failed("a number is out of range"))?),
        Json::String(text) => Value::Text(text.clone().into()),
        Json::Object(object) => {
            let bytes = object.get("x").and_then(Json::as_str).and_then(unhex);
            let bytes = bytes.ok_or_else(|| failed("bytes are not in hex"))?;
            match uuid::Uuid::from_slice(&bytes) {
                Ok(uuid) if column_type == "uuid" => Value::Uuid(uuid),
                _ => Value::Bytes(bytes.into()),
            }
        }
        _ => return Err(failed("a value has a type that rows do not have")),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(byte).collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}
