//! A ticket's status: open, waiting, at work, solved, closed for good.
//! Rule: nothing leaves `closed`; solving keeps the moment, opening again forgets it.

use base::{Code, Kind, Result, Time};
use db::Tx;
use taxonomy::StatusNameId;
use taxonomy::statuses::settable;
use trust::Cx;
use trust::nouns::{TicketId, WorkspaceId};
use web::IfMatch;

use super::events::{Happening, StatusChanged, check_seen, tell};
use super::ticket::Ticket;
use super::words::{Status, WaitingOn};
use super::{naming, required};

/// `waiting_on` without `pending`, or the other way round.
pub static WAITING_ON: Code = Code::new(
    Kind::Unprocessable,
    "waiting_on",
    "`waiting_on` goes with the status `pending`, and with no other.",
    "Send `waiting_on` for `pending` only: customer, third_party or internal.",
);

/// What a status is set to.
#[derive(Clone, Copy, Debug)]
pub struct NewStatus {
    /// The status.
    pub status: Status,
    /// Whom it waits for.
    pub waiting_on: Option<WaitingOn>,
    /// The workspace's own name of it; `None` shows the default.
    pub name: Option<StatusNameId>,
}

impl From<Status> for NewStatus {
    fn from(status: Status) -> NewStatus {
        NewStatus { status, waiting_on: None, name: None }
    }
}

/// Sets a ticket's status.
pub fn set(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch, new: impl Into<NewStatus>) -> Result<Ticket> {
    let new = new.into();
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    let NewStatus { status, waiting_on, name } = settled(tx, cx, new)?;
    if (ticket.status, ticket.waiting_on) == (status, waiting_on) && naming::given(tx, cx, &ticket)? == name {
        return Ok(ticket);
    }
    ticket.check_not_closed()?;
    if ticket.status.is_open() && !status.is_open() {
        required::check(tx, cx, &ticket)?;
    }
    write(tx, cx, &mut ticket, status, waiting_on, name)?;
    Ok(ticket)
}

/// What is set in the end: whom it waits for, and the name unless it is the default, which shows by itself.
fn settled(tx: &mut Tx<'_>, cx: &Cx, NewStatus { status, waiting_on, name }: NewStatus) -> Result<NewStatus> {
    let name = match name {
        Some(name) => Some(settable(tx, cx, name, status)?).filter(|name| !name.is_default).map(|name| name.id),
        None => None,
    };
    let waiting_on = match (status, waiting_on) {
        (Status::Pending, waiting_on) => Some(waiting_on.unwrap_or(WaitingOn::Customer)),
        (_, None) => None,
        (_, Some(_)) => return Err(WAITING_ON.error().field("/waiting_on", "misplaced", "goes with `pending` only")),
    };
    Ok(NewStatus { status, waiting_on, name })
}

/// Refuses a status that could not be set on any ticket.
pub(crate) fn check_settable(
    tx: &mut Tx<'_>,
    cx: &Cx,
    status: Status,
    waiting_on: Option<WaitingOn>,
    name: Option<StatusNameId>,
) -> Result<()> {
    settled(tx, cx, NewStatus { status, waiting_on, name }).map(drop)
}

/// Changes the status of a locked ticket and tells of it.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    status: Status,
    waiting_on: Option<WaitingOn>,
) -> Result<()> {
    write(tx, cx, ticket, status, waiting_on, None)
}

fn write(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    status: Status,
    waiting_on: Option<WaitingOn>,
    name: Option<StatusNameId>,
) -> Result<()> {
    naming::give(tx, cx, ticket, name)?;
    let (from, before, now) = (ticket.place(), ticket.status, cx.env().now());
    ticket.status = status;
    ticket.waiting_on = waiting_on;
    ticket.resolved_at = if status.is_open() { None } else { ticket.resolved_at.or(Some(now)) };
    ticket.closed_at = (status == Status::Closed).then_some(now);
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET status = $1, waiting_on = $2, is_open = $3, resolved_at = $4, closed_at = $5, version = $6 \
         WHERE workspace_id = $7 AND id = $8",
        &[
            &ticket.status,
            &ticket.waiting_on,
            &ticket.status.is_open(),
            &ticket.resolved_at,
            &ticket.closed_at,
            &ticket.version,
            &cx.workspace(),
            &ticket.id,
        ],
    )?;
    let (number, to) = (ticket.number, ticket.place());
    let data = StatusChanged { number, before, after: status, waiting_on, status_id: name, from, to };
    tell(tx, cx, ticket, Happening::public("ticket.status_changed", now), &data)
}

/// Tickets of any workspace that have been resolved for long enough, a bounded number.
pub fn due_to_close(tx: &mut Tx<'_>, now: Time, after_days: i64) -> Result<Vec<(WorkspaceId, TicketId)>> {
    let before = now.plus_days(-after_days);
    tx.all(
        "SELECT workspace_id, id FROM ticket WHERE status = 'resolved' AND resolved_at < $1 AND deleted_at IS NULL \
         ORDER BY resolved_at LIMIT 200",
        &[&before],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Closes a ticket that has been resolved for long enough, unless it was opened again meanwhile.
pub fn close_resolved(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(()) };
    let before = cx.env().now().plus_days(-cx.house().retention.resolved_tickets_days);
    let is_due = ticket.status == Status::Resolved && ticket.resolved_at.is_some_and(|at| at < before);
    if is_due && ticket.deleted_at.is_none() { change(tx, cx, &mut ticket, Status::Closed, None) } else { Ok(()) }
}
