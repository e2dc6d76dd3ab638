//! Attaching uploads to a message, and drawing them with a link that proves itself.

use std::collections::HashMap;

use base::{Code, Kind, Result};
use db::{Query, Tx};
use serde::Serialize;
use trust::Cx;
use trust::nouns::TicketId;
use utoipa::ToSchema;

use super::UploadId;
use crate::tickets::MessageId;

/// The upload is not there, or was attached already.
pub static UNKNOWN_UPLOAD: Code = Code::new(
    Kind::Unprocessable,
    "unknown_upload",
    "An upload is not there, belongs to somebody else, or was attached already.",
    "Send the file to `/api/v1/uploads` again and attach the new id.",
);

/// An attachment of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentOut {
    pub id: UploadId,
    pub name: String,
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// Where to download it, for an hour.
    pub url: String,
}

/// Attaches uploads of the actor to a message.
pub(crate) fn attach(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: TicketId,
    message: MessageId,
    uploads: &[UploadId],
) -> Result<()> {
    let (owner_kind, owner) = cx.actor.named();
    for (index, upload) in uploads.iter().enumerate() {
        let attached = tx.exec(
            "UPDATE upload SET ticket_id = $1, message_id = $2 WHERE workspace_id = $3 AND id = $4 AND message_id IS NULL \
             AND owner_kind = $5 AND owner_id = $6",
            &[&ticket, &message, &cx.workspace(), upload, &owner_kind, &owner],
        )?;
        if attached != 1 {
            return Err(UNKNOWN_UPLOAD.error().field(format!("/attachments/{index}"), "unknown", "cannot be attached"));
        }
    }
    Ok(())
}

/// The attachments of messages of a ticket.
pub(crate) fn attachments_of(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: TicketId,
    messages: &[MessageId],
) -> Result<HashMap<MessageId, Vec<AttachmentOut>>> {
    let mut query = Query::new("SELECT message_id, id, name, content_type, size FROM upload WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND ticket_id = ").bind(ticket);
    query.push(" AND message_id IN (").bind_list(messages.iter()).push(") ORDER BY id");
    let mut found: HashMap<MessageId, Vec<AttachmentOut>> = HashMap::new();
    for (message, file) in tx.all_of(&query, |row| {
        let id: UploadId = row.get(1)?;
        let file = AttachmentOut {
            id,
            name: row.get(2)?,
            content_type: row.get(3)?,
            size: row.get(4)?,
            url: super::download::link(cx, id),
        };
        Ok((row.get::<MessageId>(0)?, file))
    })? {
        found.entry(message).or_default().push(file);
    }
    Ok(found)
}
