//! What each member carries: the weights of their tickets that are being worked on, kept in the transaction of each event.
//! Rule: what a member carries changes only together with the row of a ticket, so that it always equals a recount.

use base::Result;
use db::{Tx, Unless};
use trust::Cx;
use trust::nouns::{MemberId, TicketId};

use super::settings::Settings;
use crate::tickets::{Channel, Place, Status};

/// Who carries a ticket in this place: its assignee, while somebody of ours has to act.
pub(crate) fn carrier(place: Option<Place>) -> Option<MemberId> {
    place.filter(|place| matches!(place.status, Status::Open | Status::InProgress)).and_then(|place| place.assignee)
}

/// Moves a ticket from whoever carries it to `to`; says whether somebody has room now who had less before.
pub(crate) fn hand(
    tx: &mut Tx<'_>,
    cx: &Cx,
    settings: &Settings,
    ticket: TicketId,
    to: Option<(MemberId, Option<Channel>)>,
    is_new: bool,
) -> Result<Option<MemberId>> {
    let carried = if is_new { None } else { carried(tx, cx, ticket)? };
    let to = match to {
        Some((member, channel)) => Some((member, weight(tx, cx, settings, ticket, channel)?)),
        None => None,
    };
    if carried == to || carried.map(|(member, _)| member) == to.map(|(member, _)| member) {
        return Ok(None);
    }
    match to {
        Some((member, weight)) => tx.exec_later(
            "INSERT INTO ticket_load (workspace_id, ticket_id, member_id, weight) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET member_id = excluded.member_id, weight = excluded.weight",
            &[&cx.workspace(), &ticket, &member, &weight],
            Unless::ANY,
        )?,
        None => tx.exec_later(
            "DELETE FROM ticket_load WHERE workspace_id = $1 AND ticket_id = $2",
            &[&cx.workspace(), &ticket],
            Unless::ANY,
        )?,
    }
    // In the order of members, so that two that hand to each other do not wait in a circle.
    let mut changes = [carried.map(|(member, weight)| (member, -weight)), to];
    changes.sort_unstable();
    for (member, change) in changes.into_iter().flatten() {
        add(tx, cx, member, change)?;
    }
    Ok(carried.map(|(member, _)| member))
}

fn carried(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<Option<(MemberId, i64)>> {
    tx.first(
        "SELECT member_id, weight FROM ticket_load WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn weight(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, ticket: TicketId, channel: Option<Channel>) -> Result<i64> {
    let channel = match channel {
        Some(channel) => Some(channel),
        None => tx.first(
            "SELECT channel FROM ticket WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &ticket],
            |row| row.get(0),
        )?,
    };
    Ok(channel.map_or(1, |channel| settings.general.weights.of(channel)))
}

fn add(tx: &mut Tx<'_>, cx: &Cx, member: MemberId, change: i64) -> Result<()> {
    tx.exec_later(
        "INSERT INTO member_load (workspace_id, member_id, is_routed, carried, turns, taken_at) VALUES ($1, $2, 1, $3, 0, 0) \
         ON CONFLICT (workspace_id, member_id) DO UPDATE SET carried = member_load.carried + excluded.carried",
        &[&cx.workspace(), &member, &change],
        Unless::ANY,
    )
}

/// Takes into account a ticket that was there before routing was set up.
pub(crate) fn count_in(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, id: TicketId) -> Result<()> {
    let Some(ticket) = crate::tickets::Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(()) };
    let carrier = carrier(Some(ticket.place())).filter(|_| ticket.deleted_at.is_none());
    let to = carrier.map(|member| (member, Some(ticket.channel)));
    hand(tx, cx, settings, id, to, false).map(drop)
}

/// Members whose figure is not the sum of their tickets, each with figure and sum: none, or something is wrong.
pub fn miscounted(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<(MemberId, i64, i64)>> {
    tx.all(
        "SELECT l.member_id, l.carried, CAST(COALESCE((SELECT SUM(t.weight) FROM ticket_load t WHERE t.workspace_id = $1 \
         AND t.member_id = l.member_id), 0) AS BIGINT) AS held FROM member_load l WHERE l.workspace_id = $1 \
         AND l.carried <> COALESCE((SELECT SUM(t.weight) FROM ticket_load t WHERE t.workspace_id = $1 \
         AND t.member_id = l.member_id), 0)",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}
