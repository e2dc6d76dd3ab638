//! What somebody adds to a message that was held back: each is kept as a message, with its files.
//! Rule: one client id is one message, and all of it together is bounded.

use base::{Id, Personal, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::nouns::TicketId;

use super::WRITTEN_ENOUGH;
use super::entry::Entry;
use crate::tickets::{MessageId, NewReply};
use crate::uploads::attach;

/// Messages that are kept beside the first.
const MOST: usize = 20;
/// Bytes of all messages together.
pub(super) const MOST_BYTES: usize = 262_144;

/// A further message of somebody whose first one was held back.
#[derive(Clone, Debug)]
pub(crate) struct More {
    pub id: MessageId,
    pub body: Personal<String>,
    pub client_id: Option<String>,
    pub attachments: i64,
    pub received_at: Time,
}

fn read(row: &Row<'_>) -> Result<(TicketId, More)> {
    let more = More {
        id: row.get(1)?,
        body: row.get(2)?,
        client_id: row.get(3)?,
        attachments: row.get(4)?,
        received_at: row.get(5)?,
    };
    Ok((row.get(0)?, more))
}

/// Reads what was added to these entries, oldest first, each up to so many characters.
pub(super) fn fill(tx: &mut Tx<'_>, cx: &Cx, entries: &mut [Entry], characters: usize) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(&format!(
        "SELECT held_id, id, SUBSTR(body, 1, {characters}), client_id, attachments, received_at FROM quarantined_message \
         WHERE workspace_id = "
    ));
    query.bind(cx.workspace()).push(" AND held_id IN (").bind_list(entries.iter().map(|entry| entry.id));
    query.push(") ORDER BY held_id, id");
    for (held, more) in tx.all_of(&query, read)? {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == held) {
            entry.more.push(more);
        }
    }
    Ok(())
}

/// Adds a message to a locked entry, unless it is there; nothing when it was the first one.
pub(super) fn add(tx: &mut Tx<'_>, cx: &Cx, entry: &Entry, reply: &NewReply) -> Result<Option<More>> {
    if let Some(client_id) = &reply.client_id {
        if entry.client_id.as_ref() == Some(client_id) {
            return Ok(None);
        }
        if let Some(sent) = entry.more.iter().find(|more| more.client_id.as_ref() == Some(client_id)) {
            return Ok(Some(sent.clone()));
        }
    }
    let body = reply.body.source();
    let bytes = entry.more.iter().map(|more| more.body.reveal().len()).sum::<usize>() + entry.body.reveal().len();
    if entry.more.len() >= MOST || bytes + body.len() > MOST_BYTES {
        return Err(WRITTEN_ENOUGH.error());
    }
    let now = cx.env().now();
    let more = More {
        id: Id::at(now, cx.cell(), cx.env().random()),
        body: Personal::new(body.to_owned()),
        client_id: reply.client_id.clone(),
        attachments: i64::try_from(reply.attachments.len()).unwrap_or(0),
        received_at: now,
    };
    tx.exec(
        "INSERT INTO quarantined_message (workspace_id, held_id, id, body, client_id, attachments, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&cx.workspace(), &entry.id, &more.id, &more.body, &more.client_id, &more.attachments, &more.received_at],
    )?;
    attach(tx, cx, entry.id, more.id, &reply.attachments)?;
    Ok(Some(more))
}

/// Takes away what was added to an entry.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, held: TicketId) -> Result<()> {
    tx.exec("DELETE FROM quarantined_message WHERE workspace_id = $1 AND held_id = $2", &[&cx.workspace(), &held])
        .map(drop)
}
