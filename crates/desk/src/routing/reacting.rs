//! What routing does in the transaction of an event: what members carry, which tickets wait, whose room is free.
//! Rule: it writes rows of its own and asks for jobs, and never touches the ticket, which its verb still holds.

use base::Result;
use db::Tx;
use serde::Deserialize;
use trust::Cx;
use trust::log::NewEvent;
use trust::members::Availability;
use trust::nouns::{MemberId, TeamId, TicketId};

use super::carrying::{carrier, hand};
use super::needs::Needs;
use super::settings::Settings;
use super::waiting::{self, Route, rank, teams_waiting_for};
use super::waking;
use super::words::Standing;
use crate::tickets::{Channel, Place, Priority, Status};

/// What routing reads of a ticket's event.
#[derive(Deserialize)]
struct Told {
    from: Option<Place>,
    to: Option<Place>,
    channel: Option<Channel>,
    priority: Option<Priority>,
    before: Option<Status>,
    #[serde(default)]
    changed: Vec<String>,
}

/// Reacts to an event.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    match event.kind {
        "ticket.opened"
        | "ticket.assigned"
        | "ticket.status_changed"
        | "ticket.updated"
        | "ticket.deleted"
        | "ticket.restored" => moved(tx, cx, event),
        "ticket.message_added" => acted(tx, cx, TicketId::from_uuid(event.subject)),
        "member.availability_changed" => stated(tx, cx, event),
        "member.updated" => changed(tx, cx, event),
        _ => Ok(()),
    }
}

fn moved(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    let Ok(told) = serde_json::from_str::<Told>(&event.data) else { return Ok(()) };
    let is_new = event.kind == "ticket.opened";
    let (from, to) = (carrier(told.from), carrier(told.to));
    if is_new && to.is_none() {
        return Ok(());
    }
    let settings = Settings::of(tx, cx)?;
    if !settings.is_on {
        return Ok(());
    }
    let ticket = TicketId::from_uuid(event.subject);
    if from != to {
        let to = to.map(|member| (member, told.channel));
        if let Some(freed) = hand(tx, cx, &settings, ticket, to, is_new)? {
            wake(tx, cx, &settings, freed)?;
        }
    }
    if !is_new {
        queue(tx, cx, &settings, ticket, &told)?;
        acted(tx, cx, ticket)?;
    }
    Ok(())
}

/// Whether a ticket in this place waits for somebody of an automatic team.
fn waits(settings: &Settings, place: Option<Place>) -> Option<TeamId> {
    let place = place.filter(|place| place.assignee.is_none())?;
    let is_at_work = matches!(place.status, Status::Open | Status::InProgress);
    place.team.filter(|team| is_at_work && settings.queue(*team).is_automatic())
}

/// Keeps the queue in step with where tickets are.
fn queue(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, ticket: TicketId, told: &Told) -> Result<()> {
    let (before, after) = (waits(settings, told.from), waits(settings, told.to));
    if told.from.is_some() || told.to.is_some() {
        match (after, told.to) {
            (Some(team), _) if before != after => enter(tx, cx, ticket, team)?,
            (None, Some(place)) if place.assignee.is_some() && place.status.is_open() => settle(tx, cx, ticket, told)?,
            (None, _) => waiting::leave(tx, cx, ticket)?,
            _ => {}
        }
    }
    let reranked = told.priority.filter(|_| told.changed.iter().any(|name| name == "priority"));
    if let Some(priority) = reranked {
        waiting::rank_again(tx, cx, ticket, priority)?;
    }
    let is_back = told.before.is_some_and(|status| matches!(status, Status::Resolved | Status::Pending));
    match told.to {
        Some(to) if is_back && to.status == Status::Open && to.assignee.is_some() => {
            come_back(tx, cx, settings, ticket, to)
        }
        _ => Ok(()),
    }
}

fn settle(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, told: &Told) -> Result<()> {
    let is_handed = told.from.and_then(|from| from.assignee) != told.to.and_then(|to| to.assignee);
    if is_handed { waiting::settle(tx, cx, ticket) } else { Ok(()) }
}

/// Puts a ticket into a team's queue, and has it drained.
pub(crate) fn enter(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, team: TeamId) -> Result<()> {
    let now = cx.env().now();
    let known = Route::find(tx, cx, ticket)?;
    let priority = tx.first(
        "SELECT priority FROM ticket WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &ticket],
        |row| row.get::<Priority>(0),
    )?;
    // Needs go with the ticket inside its team; another team's rule did not ask for them.
    let (needs, passed) = match known {
        Some(route) if route.team == team => (route.needs, route.passed),
        _ => (Vec::new(), Vec::new()),
    };
    let due_at = Needs { skills: &needs, queued_at: now, now }.next_relaxed();
    let rank = rank(priority.unwrap_or(Priority::Normal));
    let standing = Standing::Waiting;
    let route = Route { ticket, team, standing, rank, needs, passed, queued_at: now, due_at, offered_to: None };
    route.write(tx, cx)?;
    waking::drain(tx, cx, team)
}

/// A ticket that was done comes back to somebody: gone for long, they do not get it.
fn come_back(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, ticket: TicketId, to: Place) -> Result<()> {
    let automatic = to.team.is_some_and(|team| settings.queue(team).is_automatic());
    match to.assignee {
        Some(member) if automatic && is_gone(tx, cx, settings, member)? => waking::give_back_one(tx, cx, ticket),
        _ => Ok(()),
    }
}

/// Whether somebody has left, or has been and will be away for longer than a returning ticket waits.
pub(crate) fn is_gone(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, member: MemberId) -> Result<bool> {
    let now = cx.env().now();
    let found = tx.first(
        "SELECT m.is_active, m.availability, l.stated_at FROM member m LEFT JOIN member_load l \
         ON l.workspace_id = m.workspace_id AND l.member_id = m.id WHERE m.workspace_id = $1 AND m.id = $2",
        &[&cx.workspace(), &member],
        |row| Ok((row.get(0)?, row.get::<Availability>(1)?, row.get::<Option<base::Time>>(2)?)),
    )?;
    let Some((true, availability, stated_at)) = found else { return Ok(true) };
    let patience = settings.general.return_minutes * 60;
    let is_away_for_long =
        availability != Availability::Online && stated_at.unwrap_or_default().plus_seconds(patience) <= now;
    let shift = settings.shifts.get(&member).filter(|shift| !shift.is_on(now));
    let is_off_for_long =
        shift.is_some_and(|shift| shift.next_start(now).is_none_or(|start| start >= now.plus_seconds(patience)));
    Ok(is_away_for_long || is_off_for_long)
}

/// Somebody works on a ticket: what was offered to them is taken up.
fn acted(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    let Some(member) = cx.actor.member().map(|member| member.id) else { return Ok(()) };
    let settings = Settings::of(tx, cx)?;
    if settings.asks_for_acceptance() { waiting::take_up(tx, cx, ticket, member) } else { Ok(()) }
}

/// Somebody says whether they take work.
fn stated(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    #[derive(Deserialize)]
    struct Stated {
        availability: Availability,
    }
    let settings = Settings::of(tx, cx)?;
    let Ok(Stated { availability }) = serde_json::from_str(&event.data) else { return Ok(()) };
    if !settings.is_on {
        return Ok(());
    }
    let member = MemberId::from_uuid(event.subject);
    tx.exec(
        "INSERT INTO member_load (workspace_id, member_id, is_routed, carried, turns, taken_at, stated_at) \
         VALUES ($1, $2, 1, 0, 0, 0, $3) ON CONFLICT (workspace_id, member_id) DO UPDATE SET stated_at = excluded.stated_at",
        &[&cx.workspace(), &member, &event.occurred_at],
    )?;
    if availability == Availability::Online { wake(tx, cx, &settings, member) } else { Ok(()) }
}

/// Somebody changed teams or left.
fn changed(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    #[derive(Deserialize)]
    struct Changed {
        active: bool,
    }
    let settings = Settings::of(tx, cx)?;
    let Ok(Changed { active }) = serde_json::from_str(&event.data) else { return Ok(()) };
    let member = MemberId::from_uuid(event.subject);
    match (settings.is_on, active) {
        (false, _) => Ok(()),
        (true, true) => wake(tx, cx, &settings, member),
        (true, false) => waking::give_back(tx, cx, member),
    }
}

/// Somebody may take tickets: drains those of their teams in which something waits.
pub(crate) fn wake(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, member: MemberId) -> Result<()> {
    let teams = teams_waiting_for(tx, cx, member)?;
    teams
        .into_iter()
        .filter(|team| settings.queue(*team).is_automatic())
        .try_for_each(|team| waking::drain(tx, cx, team))
}
