//! The next best ticket: a member asks, and gets the one that presses most and has waited longest of those they may take.
//! Rule: what another member is being given at the same moment is passed over, so that two never get one ticket.

use base::Result;
use db::{Query, Tx};
use trust::Cx;
use trust::access::{Reach, Right};
use trust::nouns::{TeamId, TicketId};

use super::needs::Needs;
use super::settings::Settings;
use super::waiting::Route;
use super::words::{RoutingCause, RoutingOutcome, RoutingReason, Strategy};
use crate::tickets::{self, Also, Priority, Ticket};

/// Tickets of a team and a priority that are looked at for one.
const LOOKED_AT: i64 = 100;
/// What presses most comes first.
const PRESSING: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];

/// What the timeline says of a ticket that somebody asked for.
#[derive(serde::Serialize)]
struct Pulled {
    number: i64,
    outcome: RoutingOutcome,
    cause: RoutingCause,
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<TeamId>,
    strategy: Strategy,
    reason: RoutingReason,
    assignee_id: trust::nouns::MemberId,
    looked_at: usize,
    candidates: [(); 0],
}

/// Gives the acting member the next ticket of their teams, or of one team; `None` when there is none.
pub(crate) fn pull(tx: &mut Tx<'_>, cx: &Cx, team: Option<TeamId>) -> Result<Option<Ticket>> {
    cx.require(Right::TicketsReply)?;
    let me = cx.actor.member().ok_or_else(|| web::NOT_FOUND.error())?;
    let settings = Settings::of(tx, cx)?;
    let teams: Vec<TeamId> = team.map_or_else(|| me.teams.to_vec(), |team| vec![team]);
    let mut looked_at = 0;
    for priority in PRESSING {
        let mut found = Vec::new();
        for team in &teams {
            found.extend(unassigned(tx, cx, *team, priority)?);
        }
        found.sort_unstable();
        looked_at += found.len();
        for (_, id) in found {
            if let Some(ticket) = take(tx, cx, &settings, id, looked_at)? {
                return Ok(Some(ticket));
            }
        }
    }
    Ok(None)
}

/// The oldest tickets of a team and a priority that nobody has, as far as the member may see them.
fn unassigned(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, priority: Priority) -> Result<Vec<(base::Time, TicketId)>> {
    tx.all_of(&unassigned_query(&cx.reach, team, priority), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The query of a team's tickets of a priority that nobody has, for running and for explaining.
pub fn unassigned_query(reach: &Reach, team: TeamId, priority: Priority) -> Query {
    let mut query = Query::new("SELECT t.opened_at, t.id FROM ticket t WHERE t.workspace_id = ");
    query.bind(reach.workspace()).push(" AND t.team_id = ").bind(team).push(" AND t.priority = ").bind(priority);
    query.push(
        " AND t.is_open = 1 AND t.deleted_at IS NULL AND t.assignee_id IS NULL AND t.status IN ('open', 'in_progress')",
    );
    reach.limit(&mut query, "t");
    query.push(" ORDER BY t.opened_at, t.id LIMIT ").bind(LOOKED_AT);
    query
}

/// Takes a ticket, unless somebody else is taking it or the member lacks what it needs.
fn take(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, id: TicketId, looked_at: usize) -> Result<Option<Ticket>> {
    let Some(me) = cx.actor.member().map(|me| me.id) else { return Ok(None) };
    let now = cx.env().now();
    if let Some(route) = Route::find(tx, cx, id)? {
        let needs = Needs { skills: &route.needs, queued_at: route.queued_at, now };
        if !needs.allow(settings.skills_of(me)) {
            return Ok(None);
        }
    }
    let free = tx.claim(
        "SELECT id FROM ticket WHERE workspace_id = $1 AND id = $2 AND assignee_id IS NULL AND is_open = 1",
        &[&cx.workspace(), &id],
        |row| row.get::<TicketId>(0),
    )?;
    if free.is_empty() {
        return Ok(None);
    }
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    let told = Pulled {
        number: ticket.number,
        outcome: RoutingOutcome::Assigned,
        cause: RoutingCause::Pull,
        team_id: ticket.team,
        strategy: ticket.team.map_or(Strategy::Manual, |team| settings.queue(team).strategy),
        reason: RoutingReason::Pulled,
        assignee_id: me,
        looked_at,
        candidates: [],
    };
    let team = ticket.team;
    tickets::give_along(tx, cx, &mut ticket, team, Some(me), &[Also::internal("ticket.routed", &told)])?;
    Ok(Some(ticket))
}
