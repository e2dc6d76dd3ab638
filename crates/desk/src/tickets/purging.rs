//! Removing a deleted ticket for good, once the time to bring it back is over.
//! Rule: a part at a time, each a short transaction; what stays is the log, with a last event that says so.
//! A crash in between loses nothing: nobody can restore the ticket any more, and the next run goes on where this one was.

use base::{Result, Time};
use db::{Query, Tx};
use trust::Cx;
use trust::log::forget_details;
use trust::nouns::{TicketId, WorkspaceId};

use super::events::{Happening, Removed, tell};
use super::ticket::Ticket;
use super::words::MessageId;
use super::{fields, naming};
use crate::uploads;

/// Messages, or events with details, that one transaction takes away.
const AT_ONCE: i64 = 100;
/// Hours after the last moment of restoring, so that the clocks of nodes need not agree.
const MARGIN_SECONDS: i64 = 3600;

/// Deleted tickets of any workspace that nobody can restore any more, the oldest first, a bounded number.
pub fn due_to_purge(tx: &mut Tx<'_>, now: Time, kept_days: i64) -> Result<Vec<(WorkspaceId, TicketId)>> {
    tx.all_of(&due_query(now, kept_days), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The query of `due_to_purge`, for running and for explaining.
pub fn due_query(now: Time, kept_days: i64) -> Query {
    let mut query = Query::new("SELECT workspace_id, id FROM ticket WHERE deleted_at < ");
    query.bind(last_moment(now, kept_days)).push(" ORDER BY deleted_at LIMIT 200");
    query
}

fn last_moment(now: Time, kept_days: i64) -> Time {
    now.plus_days(-kept_days).plus_seconds(-MARGIN_SECONDS)
}

/// Takes away one part of a deleted ticket; says whether more of it is left.
pub fn purge(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<bool> {
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(false) };
    let last = last_moment(cx.env().now(), cx.house().retention.deleted_tickets_days);
    if ticket.deleted_at.is_none_or(|at| at >= last) {
        return Ok(false);
    }
    // Its last event is on the ticket itself, so its id is the receipt that the chain names.
    let is_more = purge_messages(tx, cx, id)?
        || forget_details(tx, cx.workspace(), id.uuid(), id.uuid(), AT_ONCE)? == AT_ONCE.unsigned_abs();
    if is_more {
        return Ok(true);
    }
    fields::clear(tx, cx.workspace(), id)?;
    naming::clear(tx, cx, id)?;
    ticket.version += 1;
    let data = Removed { number: ticket.number, from: None, to: None };
    tell(tx, cx, &ticket, Happening::public("ticket.purged", cx.env().now()), &data)?;
    tx.exec("DELETE FROM ticket WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    Ok(false)
}

/// Takes away some messages with what hangs on them; says whether there may be more.
fn purge_messages(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<bool> {
    let some: Vec<MessageId> = tx.all(
        "SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id LIMIT $3",
        &[&cx.workspace(), &ticket, &AT_ONCE],
        |row| row.get(0),
    )?;
    if some.is_empty() {
        return Ok(false);
    }
    uploads::forget_of_messages(tx, cx, ticket, &some)?;
    let mut query = Query::new("DELETE FROM message WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND ticket_id = ").bind(ticket).push(" AND id IN (");
    query.bind_list(some.iter()).push(")");
    tx.exec_of(&query)?;
    Ok(true)
}
