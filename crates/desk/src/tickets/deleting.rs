//! Deleting a ticket: gone from every list at once, restorable for 30 days (setting), then removed for good.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;
use trust::nouns::TicketId;
use web::IfMatch;

use super::events::{Happening, Removed, check_seen, tell};
use super::ticket::{TICKET_NOT_FOUND, Ticket};

/// The ticket was not deleted.
pub static NOT_DELETED: Code =
    Code::new(Kind::Conflict, "not_deleted", "This ticket is not deleted.", "Nothing is to be done.");

/// Deletes a ticket; it can be restored until its retention ends.
pub fn delete(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch) -> Result<()> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    let data = Removed { number: ticket.number, from: Some(ticket.place()), to: None };
    mark(tx, cx, &mut ticket, Some(cx.env().now()))?;
    tell(tx, cx, &ticket, Happening::public("ticket.deleted", cx.env().now()), &data)
}

/// Brings a deleted ticket back.
pub fn restore(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Ticket> {
    let found = Ticket::find_any_locked(tx, &cx.reach, id)?.ok_or_else(|| TICKET_NOT_FOUND.error())?;
    let mut ticket = found;
    let kept = cx.house().retention.deleted_tickets_days;
    match ticket.deleted_at {
        None => return Err(NOT_DELETED.error()),
        Some(at) if at.plus_days(kept) < cx.env().now() => return Err(TICKET_NOT_FOUND.error()),
        Some(_) => {}
    }
    mark(tx, cx, &mut ticket, None)?;
    let data = Removed { number: ticket.number, from: None, to: Some(ticket.place()) };
    tell(tx, cx, &ticket, Happening::public("ticket.restored", cx.env().now()), &data)?;
    Ok(ticket)
}

fn mark(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, deleted_at: Option<base::Time>) -> Result<()> {
    ticket.deleted_at = deleted_at;
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET deleted_at = $1, version = $2 WHERE workspace_id = $3 AND id = $4",
        &[&ticket.deleted_at, &ticket.version, &cx.workspace(), &ticket.id],
    )?;
    Ok(())
}
