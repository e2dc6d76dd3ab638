//! Who has a ticket: a team, a member, both or nobody.
//! Rule: an assignee is an active member of the workspace; whoever assigns must see the ticket before and after is logged.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;
use trust::log::{NewEvent, record};
use trust::nouns::{MemberId, TeamId, TicketId};
use web::IfMatch;

use super::also::Also;
use super::events::{Moved, check_seen};
use super::ticket::Ticket;

/// The member cannot take tickets.
pub static UNKNOWN_ASSIGNEE: Code = Code::new(
    Kind::Unprocessable,
    "unknown_assignee",
    "There is no active member with this id.",
    "List members at `/api/v1/members`.",
);
/// The team does not exist.
pub static UNKNOWN_TEAM: Code =
    Code::new(Kind::Unprocessable, "unknown_team", "There is no team with this id.", "List teams at `/api/v1/teams`.");

/// Whom a ticket goes to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The team; `None` leaves it.
    pub team: Option<TeamId>,
    /// The member; `None` leaves it when a team is named, else takes it away.
    pub assignee: Option<MemberId>,
}

/// Gives a ticket to a team, a member, or both.
pub fn assign(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch, target: Target) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    check_target(tx, cx, target.team, target.assignee)?;
    let team = target.team.or(ticket.team);
    // A ticket that goes to a team without a name waits for one of that team.
    let assignee = if target.team.is_some() && target.team != ticket.team {
        target.assignee
    } else {
        target.assignee.or(ticket.assignee)
    };
    give(tx, cx, &mut ticket, team, assignee)?;
    Ok(ticket)
}

/// Takes a ticket from its assignee; it stays with its team.
pub fn unassign(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    let team = ticket.team;
    give(tx, cx, &mut ticket, team, None)?;
    Ok(ticket)
}

/// Moves a locked ticket and tells of it.
pub(crate) fn give(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    team: Option<TeamId>,
    assignee: Option<MemberId>,
) -> Result<()> {
    give_along(tx, cx, ticket, team, assignee, &[])
}

/// Moves a locked ticket, and tells of it together with what else is to be said.
pub(crate) fn give_along(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    team: Option<TeamId>,
    assignee: Option<MemberId>,
    also: &[Also],
) -> Result<()> {
    if (ticket.team, ticket.assignee) == (team, assignee) {
        return Ok(());
    }
    ticket.check_not_closed()?;
    let from = ticket.place();
    ticket.team = team;
    ticket.assignee = assignee;
    let seq = ticket.version + 1;
    ticket.version = seq + i64::try_from(also.len()).unwrap_or(0);
    tx.exec(
        "UPDATE ticket SET team_id = $1, assignee_id = $2, version = $3 WHERE workspace_id = $4 AND id = $5",
        &[&ticket.team, &ticket.assignee, &ticket.version, &cx.workspace(), &ticket.id],
    )?;
    let data = Moved { number: ticket.number, from, to: ticket.place() };
    let now = cx.env().now();
    let mut events = vec![NewEvent::new("ticket.assigned", ticket.id.uuid(), seq, now, ticket.audience(false), &data)];
    events.extend((seq + 1..).zip(also).map(|(seq, also)| also.event(ticket, seq, now)));
    record(tx, cx, &events)
}

/// Like `give_along`, and says the rest also when the ticket is there already.
pub(crate) fn give_or_say(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    team: Option<TeamId>,
    assignee: Option<MemberId>,
    also: &[Also],
) -> Result<()> {
    if (ticket.team, ticket.assignee) == (team, assignee) {
        return also.iter().try_for_each(|also| say(tx, cx, ticket, also));
    }
    give_along(tx, cx, ticket, team, assignee, also)
}

/// Says something of a locked ticket that changes nothing else of it.
pub(crate) fn say(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, also: &Also) -> Result<()> {
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET version = $1 WHERE workspace_id = $2 AND id = $3",
        &[&ticket.version, &cx.workspace(), &ticket.id],
    )?;
    record(tx, cx, &[also.event(ticket, ticket.version, cx.env().now())])
}

/// Refuses teams and members that are not there.
pub(crate) fn check_target(tx: &mut Tx<'_>, cx: &Cx, team: Option<TeamId>, assignee: Option<MemberId>) -> Result<()> {
    if let Some(team) = team {
        tx.first("SELECT 1 FROM team WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &team], |_| Ok(()))?
            .ok_or_else(|| UNKNOWN_TEAM.error().field("/team_id", "unknown", "is no team of this workspace"))?;
    }
    if let Some(assignee) = assignee {
        tx.first(
            "SELECT 1 FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1",
            &[&cx.workspace(), &assignee],
            |_| Ok(()),
        )?
        .ok_or_else(|| UNKNOWN_ASSIGNEE.error().field("/assignee_id", "unknown", "is no active member"))?;
    }
    Ok(())
}
