//! The files of a person: what an export says of them, and their bytes beside it.
//! Rule: an export names each file by its hash and by the place it has beside the export; the bytes are never in the JSON.

use std::collections::HashMap;
use std::path::Path;

use base::Result;
use db::{Query, Row, Tx};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use trust::nouns::{CustomerId, TicketId, WorkspaceId};
use trust::{Cx, Erased, PersonalData};

use super::UploadId;
use super::blobs::{BlobKey, Blobs, from_hex, hex, problem};
use super::forgetting::forget_sent_by;
use super::naming::clean;
use crate::tickets::MessageId;

/// What a customer sent and never attached.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "uploads", export, erase };

/// A file in an export.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportedFile {
    id: UploadId,
    name: String,
    content_type: String,
    size: i64,
    sha256: String,
    /// Its place beside the export, in a folder of its own.
    pub file: String,
    /// Where to download it, for an hour.
    url: String,
}

const COLUMNS: &str = "id, name, content_type, size, sha256";

impl ExportedFile {
    fn read(cx: &Cx, row: &Row<'_>) -> Result<ExportedFile> {
        let (id, name): (UploadId, String) = (row.get(0)?, row.get(1)?);
        Ok(ExportedFile {
            file: format!("files/{id}/{}", clean(&name)),
            url: super::download::link(cx, id),
            id,
            name,
            content_type: row.get(2)?,
            size: row.get(3)?,
            sha256: hex(&row.get::<[u8; 32]>(4)?),
        })
    }

    /// Writes the bytes to their place beside an export in `folder`.
    pub async fn write(&self, blobs: &Blobs, workspace: WorkspaceId, folder: &Path) -> Result<()> {
        let gone = || problem(format!("{} is not there", self.id));
        let key = BlobKey { workspace, sha256: from_hex(&self.sha256).ok_or_else(gone)? };
        let mut bytes = blobs.get_stream(key).await?.ok_or_else(gone)?;
        let path = folder.join("files").join(self.id.to_string());
        tokio::fs::create_dir_all(&path).await.map_err(problem)?;
        // By its own name and never by a path that somebody typed.
        let mut file = tokio::fs::File::create(path.join(clean(&self.name))).await.map_err(problem)?;
        while let Some(some) = bytes.try_next().await.map_err(problem)? {
            file.write_all(&some).await.map_err(problem)?;
        }
        file.sync_all().await.map_err(problem)
    }
}

/// The files of a ticket's messages, as an export says them.
pub(crate) fn exported_of(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<HashMap<MessageId, Vec<ExportedFile>>> {
    let mut query = Query::new(&format!("SELECT {COLUMNS}, message_id FROM upload WHERE workspace_id = "));
    query.bind(cx.workspace()).push(" AND ticket_id = ").bind(ticket);
    query.push(" AND message_id IS NOT NULL ORDER BY id");
    let mut found: HashMap<MessageId, Vec<ExportedFile>> = HashMap::new();
    for (message, file) in tx.all_of(&query, |row| Ok((row.get(5)?, ExportedFile::read(cx, row)?)))? {
        found.entry(message).or_default().push(file);
    }
    Ok(found)
}

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Value> {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM upload WHERE workspace_id = "));
    query.bind(cx.workspace()).push(" AND owner_id = ").bind(customer);
    query.push(" AND owner_kind = 'customer' AND message_id IS NULL ORDER BY id");
    Ok(json!(tx.all_of(&query, |row| ExportedFile::read(cx, row))?))
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let rows = forget_sent_by(tx, cx, customer)?;
    Ok(Erased { rows, next: (rows > 0).then(String::new) })
}

/// Every file that an export names, wherever it stands in it.
pub fn files_in(export: &Value) -> Vec<ExportedFile> {
    match export {
        Value::Object(fields) if fields.contains_key("sha256") => {
            serde_json::from_value(export.clone()).ok().into_iter().collect()
        }
        Value::Object(fields) => fields.values().flat_map(files_in).collect(),
        Value::Array(items) => items.iter().flat_map(files_in).collect(),
        _ => Vec::new(),
    }
}
