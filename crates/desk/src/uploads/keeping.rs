//! The row of an upload: whose it is, and what is known of its content.
//! Rule: it belongs to whoever sent it, and nobody holds more than a hundred that are attached to nothing.

use base::{Code, Kind, Result};
use db::Tx;
use people::customers::{guest, guest_or_create};
use serde::Serialize;
use trust::Cx;
use trust::access::Who;
use utoipa::ToSchema;

use super::UploadId;
use super::blobs::{BlobKey, hex};

/// Too many uploads wait to be attached.
pub static TOO_MANY_UPLOADS: Code = Code::new(
    Kind::Unprocessable,
    "too_many_uploads",
    "You have 100 uploads that are attached to nothing.",
    "Attach them to a message, or wait: unused uploads are forgotten after 24 hours.",
);

/// Uploads of one sender that may wait to be attached. Counted without a lock: a few sent at once may pass it.
const MOST_UNUSED: i64 = 100;

/// A file whose bytes are in their place.
#[derive(Clone)]
pub(crate) struct NewUpload {
    pub name: String,
    pub content_type: &'static str,
    /// In bytes.
    pub size: i64,
    pub sha256: [u8; 32],
}

/// An upload, to be attached by its id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadOut {
    pub id: UploadId,
    /// The name, without folders and control characters.
    pub name: String,
    /// The type by content.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

/// A file as it is downloaded.
pub(crate) struct File {
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub key: BlobKey,
}

/// Refuses before the body is read when the sender has no room left.
pub(crate) fn check_room(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    match &cx.actor.who {
        Who::Guest(_) => guest(tx, cx)?.map_or(Ok(()), |(cx, _)| room(tx, &cx)),
        _ => room(tx, cx),
    }
}

/// Keeps an upload of the actor; somebody at a widget becomes a customer by it.
pub(crate) fn keep(tx: &mut Tx<'_>, cx: &Cx, new: &NewUpload) -> Result<UploadOut> {
    let cx = match &cx.actor.who {
        Who::Guest(_) => {
            let (own, account) = guest_or_create(tx, cx)?;
            people::customers::stays(tx, &own, account.customer)?;
            own
        }
        _ => cx.clone(),
    };
    room(tx, &cx)?;
    let id: UploadId = cx.new_id();
    let (owner_kind, owner) = cx.actor.named();
    tx.exec(
        "INSERT INTO upload (workspace_id, id, sha256, name, content_type, size, owner_kind, owner_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &cx.workspace(),
            &id,
            &new.sha256,
            &new.name,
            &new.content_type,
            &new.size,
            &owner_kind,
            &owner,
            &cx.env().now(),
        ],
    )?;
    Ok(UploadOut {
        id,
        name: new.name.clone(),
        content_type: new.content_type.to_owned(),
        size: new.size,
        sha256: hex(&new.sha256),
    })
}

fn room(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    let (owner_kind, owner) = cx.actor.named();
    let unused: Option<i64> = tx.first(
        "SELECT COUNT(*) FROM upload WHERE workspace_id = $1 AND owner_id = $2 AND owner_kind = $3 AND message_id IS NULL",
        &[&cx.workspace(), &owner, &owner_kind],
        |row| row.get(0),
    )?;
    if unused.unwrap_or(0) < MOST_UNUSED { Ok(()) } else { Err(TOO_MANY_UPLOADS.error()) }
}

/// A file by its id; who may see it is proved by the link.
pub(crate) fn find(tx: &mut Tx<'_>, workspace: trust::nouns::WorkspaceId, id: UploadId) -> Result<Option<File>> {
    tx.first(
        "SELECT name, content_type, size, sha256 FROM upload WHERE workspace_id = $1 AND id = $2",
        &[&workspace, &id],
        |row| {
            let key = BlobKey { workspace, sha256: row.get(3)? };
            Ok(File { name: row.get(0)?, content_type: row.get(1)?, size: row.get(2)?, key })
        },
    )
}
