//! Giving out what waits: one ticket at a time, each in a transaction of its own, in the order of the queue.
//! Rule: the ticket's row is locked first and its place in the queue is read again, so that two processes never give it twice.

use base::{Result, Time};
use db::Tx;
use trust::Cx;
use trust::access::Audience;
use trust::nouns::{MemberId, TeamId, TicketId};

use super::candidates::Wanted;
use super::needs::Needs;
use super::placing::{Ask, Decision, place};
use super::reacting::{enter, is_gone};
use super::settings::Settings;
use super::waiting::{self, Place, Route, next_of};
use super::waking;
use super::words::{RoutingCause, Standing};
use crate::tickets::{self, Status, Ticket};

/// Seconds for which somebody who declined a ticket, or let its time pass, is not asked again.
const COOL_DOWN_SECONDS: i64 = 900;

/// What became of one step along a queue.
pub(crate) enum Step {
    /// Go on after this place.
    On(Place),
    /// Nothing waits, or nobody of the team can take anything now.
    End { is_empty: bool },
}

/// Gives out the next ticket of a queue after a place.
pub(crate) fn step(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, after: Option<Place>) -> Result<Step> {
    let settings = Settings::of(tx, cx)?;
    if !settings.queue(team).is_automatic() {
        return Ok(Step::End { is_empty: true });
    }
    let Some(next) = next_of(tx, cx, team, after)? else { return Ok(Step::End { is_empty: after.is_none() }) };
    match give_waiting(tx, cx, &settings, next.2, RoutingCause::Queue)? {
        Some(decision) if decision.chosen.is_none() && !decision.is_about_ticket() => Ok(Step::End { is_empty: false }),
        _ => Ok(Step::On(next)),
    }
}

/// When a queue in which something is left is looked at next: in a minute, or when a shift begins before.
pub(crate) fn look_again(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<()> {
    let settings = Settings::of(tx, cx)?;
    let now = cx.env().now();
    let members: Vec<MemberId> = tx.all(
        "SELECT member_id FROM team_member WHERE workspace_id = $1 AND team_id = $2",
        &[&cx.workspace(), &team],
        |row| row.get(0),
    )?;
    let starts = members.iter().filter_map(|member| settings.shifts.get(member)?.next_start(now));
    let at = starts.chain([now.plus_seconds(waking::AGAIN_SECONDS)]).min().unwrap_or(now);
    waking::drain_at(tx, cx, team, at)
}

/// Gives a waiting ticket to somebody, if anybody can take it; `None` when it does not wait any more.
pub(crate) fn give_waiting(
    tx: &mut Tx<'_>,
    cx: &Cx,
    settings: &Settings,
    id: TicketId,
    cause: RoutingCause,
) -> Result<Option<Decision>> {
    let ticket = Ticket::find_any_locked(tx, &cx.reach, id)?;
    let route = Route::find(tx, cx, id)?.filter(|route| route.standing == Standing::Waiting);
    let (Some(mut ticket), Some(mut route)) = (ticket, route) else { return Ok(None) };
    if !is_to_be_given(&ticket) {
        waiting::leave(tx, cx, id)?;
        return Ok(None);
    }
    let now = cx.env().now();
    let ask = ask(settings, &ticket, &route, now);
    let due_at = ask.wanted.needs.next_relaxed().into_iter().chain(route.passed.iter().map(|(_, until)| *until));
    let due_at = due_at.filter(|at| *at > now).min();
    let decision = place(tx, cx, settings, &ask)?;
    let Some((member, _)) = decision.chosen else {
        if route.due_at != due_at {
            route.due_at = due_at;
            route.write(tx, cx)?;
        }
        return Ok(Some(decision));
    };
    let told = decision.told(ticket.number, cause, None);
    tickets::give_along(tx, cx, &mut ticket, Some(decision.team), Some(member), &[told])?;
    if let Some(seconds) = decision.queue.accept_seconds {
        route.offered(member, now.plus_seconds(seconds)).write(tx, cx)?;
    }
    Ok(Some(decision))
}

fn is_to_be_given(ticket: &Ticket) -> bool {
    is_at_work(ticket) && ticket.assignee.is_none()
}

/// Whether somebody should be working on a ticket.
pub(super) fn is_at_work(ticket: &Ticket) -> bool {
    matches!(ticket.status, Status::Open | Status::InProgress) && ticket.deleted_at.is_none()
}

/// What a ticket that waits asks of its team.
pub(crate) fn ask<'a>(settings: &Settings, ticket: &Ticket, route: &'a Route, now: Time) -> Ask<'a> {
    let wanted = Wanted {
        team: route.team,
        weight: settings.general.weights.of(ticket.channel),
        needs: Needs { skills: &route.needs, queued_at: route.queued_at, now },
        audience: Audience { team: Some(route.team), ..ticket.audience(true) },
        passed: &route.passed,
    };
    Ask { wanted, ticket: Some(ticket.id), customer: Some(ticket.customer), company: ticket.company }
}

/// Takes back what was offered to somebody who declined it or let its time pass; it waits again and goes to the next.
pub(crate) fn take_back(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, member: MemberId) -> Result<()> {
    let settings = Settings::of(tx, cx)?;
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(()) };
    let Some(mut route) = Route::find(tx, cx, id)? else { return Ok(()) };
    if route.offered_to != Some(member) {
        return Ok(());
    }
    if ticket.assignee != Some(member) {
        // Somebody else has it: nothing of the offer comes due any more.
        return waiting::settle(tx, cx, id);
    }
    let now = cx.env().now();
    route.passed.retain(|(who, until)| *who != member && now < *until);
    route.passed.push((member, now.plus_seconds(COOL_DOWN_SECONDS)));
    let queued_at = route.queued_at;
    Route { standing: Standing::Placed, offered_to: None, due_at: None, ..route }.write(tx, cx)?;
    let team = ticket.team;
    tickets::give_along(tx, cx, &mut ticket, team, None, &[])?;
    // It keeps the place it had before it was offered.
    tx.exec(
        "UPDATE ticket_route SET queued_at = $1 WHERE workspace_id = $2 AND ticket_id = $3",
        &[&queued_at, &cx.workspace(), &id],
    )?;
    give_waiting(tx, cx, &settings, id, RoutingCause::Time).map(drop)
}

/// Does what has come due for a ticket: an offer that was not taken, a skill that is no longer insisted on.
pub(crate) fn come_due(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let now = cx.env().now();
    let Some(route) = Route::find(tx, cx, id)?.filter(|route| route.due_at.is_some_and(|due| due <= now)) else {
        return Ok(());
    };
    if Ticket::find_any_locked(tx, &cx.reach, id)?.is_none() {
        return waiting::leave(tx, cx, id);
    }
    match (route.standing, route.offered_to) {
        (Standing::Offered, Some(member)) => take_back(tx, cx, id, member),
        (Standing::Waiting, _) => {
            let settings = Settings::of(tx, cx)?;
            give_waiting(tx, cx, &settings, id, RoutingCause::Time).map(drop)
        }
        _ => waiting::settle(tx, cx, id),
    }
}

/// Gives a ticket back to its team because whoever has it is gone; says whether it did.
pub(crate) fn give_back(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<bool> {
    let settings = Settings::of(tx, cx)?;
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)? else { return Ok(false) };
    let Some(member) = ticket.assignee.filter(|_| ticket.deleted_at.is_none() && ticket.status.is_open()) else {
        return Ok(false);
    };
    if !is_gone(tx, cx, &settings, member)? {
        return Ok(false);
    }
    let team = ticket.team;
    tickets::give_along(tx, cx, &mut ticket, team, None, &[])?;
    Ok(true)
}

/// Open tickets of a team without an assignee, oldest first, a page after a place.
pub(crate) fn without_somebody(
    tx: &mut Tx<'_>,
    cx: &Cx,
    team: TeamId,
    after: Option<(Time, TicketId)>,
) -> Result<Vec<(Time, TicketId)>> {
    let (opened_at, id) = after.unwrap_or((Time::from_micros(i64::MIN), TicketId::from_uuid(uuid::Uuid::nil())));
    tx.all(
        "SELECT opened_at, id FROM ticket WHERE workspace_id = $1 AND team_id = $2 AND is_open = 1 AND deleted_at IS NULL \
         AND (opened_at, id) > ($3, $4) AND assignee_id IS NULL ORDER BY opened_at, id LIMIT 200",
        &[&cx.workspace(), &team, &opened_at, &id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Queues a ticket that waits for somebody and is in no queue.
pub(crate) fn gather_one(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let settings = Settings::of(tx, cx)?;
    let Some(ticket) = Ticket::find_any_locked(tx, &cx.reach, id)?.filter(is_to_be_given) else { return Ok(()) };
    let team = ticket.team.filter(|team| settings.queue(*team).is_automatic());
    let is_queued = Route::find(tx, cx, id)?.is_some_and(|route| route.standing == Standing::Waiting);
    match team {
        Some(team) if !is_queued => enter(tx, cx, id, team),
        _ => Ok(()),
    }
}

/// Open tickets of somebody who left, a bounded number.
pub(crate) fn held_by(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<Vec<TicketId>> {
    tx.all(
        "SELECT id FROM ticket WHERE workspace_id = $1 AND assignee_id = $2 AND is_open = 1 AND deleted_at IS NULL \
         ORDER BY opened_at, id LIMIT 200",
        &[&cx.workspace(), &member],
        |row| row.get(0),
    )
}
