//! Moving a ticket to the category that took the place of its own.
//! Rule: a closed ticket keeps what it had; reading leads on from there.

use base::Result;
use db::Tx;
use serde::Serialize;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::TicketId;

use super::events::{Happening, tell};
use super::ticket::Ticket;
use super::words::Status;

/// The category was replaced.
#[derive(Serialize)]
struct CategoryMoved {
    number: i64,
    before: CategoryId,
    category_id: CategoryId,
}

/// Moves a ticket from one category to another, unless it is elsewhere by now.
pub(crate) fn move_category(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, from: CategoryId, into: CategoryId) -> Result<()> {
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(()) };
    if ticket.category != Some(from) || ticket.status == Status::Closed {
        return Ok(());
    }
    ticket.category = Some(into);
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET category_id = $1, version = $2 WHERE workspace_id = $3 AND id = $4",
        &[&ticket.category, &ticket.version, &cx.workspace(), &ticket.id],
    )?;
    let data = CategoryMoved { number: ticket.number, before: from, category_id: into };
    tell(tx, cx, &ticket, Happening::with_reach("ticket.category_moved", cx.env().now(), true), &data)
}
