//! Telling in a ticket's timeline what another slice did about it.

use base::Result;
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::nouns::TicketId;

use super::events::{Happening, tell};
use super::ticket::Ticket;

/// Records something that stays among ourselves, as the ticket's next version.
pub(crate) fn tell_of(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, kind: &'static str, data: &impl Serialize) -> Result<()> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET version = $1 WHERE workspace_id = $2 AND id = $3",
        &[&ticket.version, &cx.workspace(), &id],
    )?;
    tell(tx, cx, &ticket, Happening::with_reach(kind, cx.env().now(), true), data)
}
