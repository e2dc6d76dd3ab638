//! What somebody adds to a message that was held back: each is kept as a message, with its files.
//! Rule: whoever adds one has locked the held message, and looks whether it fits.

use base::{Id, Personal, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::nouns::TicketId;

use crate::tickets::{MessageId, NewReply};
use crate::uploads::attach;

/// Messages that are kept beside the first.
pub(super) const MOST: usize = 20;
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

/// What was added to these held messages, oldest first, each up to so many characters.
pub(super) fn of(
    tx: &mut Tx<'_>,
    cx: &Cx,
    held: impl IntoIterator<Item = TicketId>,
    characters: usize,
) -> Result<Vec<(TicketId, More)>> {
    let mut query = Query::new(&format!(
        "SELECT held_id, id, SUBSTR(body, 1, {characters}), client_id, attachments, received_at FROM quarantined_message \
         WHERE workspace_id = "
    ));
    query.bind(cx.workspace()).push(" AND held_id IN (").bind_list(held).push(") ORDER BY held_id, id");
    tx.all_of(&query, read)
}

/// Adds a message, whose size is known to fit, with its files; it comes after the first one and all others.
pub(super) fn add(tx: &mut Tx<'_>, cx: &Cx, (held, first): (TicketId, MessageId), reply: &NewReply) -> Result<More> {
    let now = cx.env().now();
    let newest = tx.first(
        "SELECT id FROM quarantined_message WHERE workspace_id = $1 AND held_id = $2 ORDER BY id DESC LIMIT 1",
        &[&cx.workspace(), &held],
        |row| row.get::<MessageId>(0),
    )?;
    let more = More {
        id: Id::at(now, cx.cell(), cx.env().random()).after(newest.or(Some(first)), cx.env().random()),
        body: Personal::new(reply.body.source().to_owned()),
        client_id: reply.client_id.clone(),
        attachments: i64::try_from(reply.attachments.len()).unwrap_or(0),
        received_at: now,
    };
    tx.exec(
        "INSERT INTO quarantined_message (workspace_id, held_id, id, body, client_id, attachments, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&cx.workspace(), &held, &more.id, &more.body, &more.client_id, &more.attachments, &more.received_at],
    )?;
    attach(tx, cx, held, more.id, &reply.attachments)?;
    Ok(more)
}

/// Takes away what was added to an entry.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, held: TicketId) -> Result<()> {
    tx.exec("DELETE FROM quarantined_message WHERE workspace_id = $1 AND held_id = $2", &[&cx.workspace(), &held])
        .map(drop)
}
