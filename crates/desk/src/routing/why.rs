//! Why a ticket is where it is: its last routing with everybody who was looked at, and what it waits for now.
//! And what routing would do with a ticket as things are, without doing it.

use base::{Result, Time};
use db::{Query, Tx};
use serde::Serialize;
use trust::Cx;
use trust::nouns::{MemberId, TeamId, TicketId};
use utoipa::ToSchema;

use super::draining::{ask, take_back};
use super::needs::NeededSkill;
use super::placing::{Considered, Routed, preview};
use super::settings::Settings;
use super::waiting::{Route, rank, take_up};
use super::words::{RoutingCause, RoutingOutcome, RoutingReason, RoutingRuleId, Standing, Strategy};
use crate::tickets::{self, Ticket};

/// Nothing is offered to the caller.
pub static NOT_OFFERED: base::Code = base::Code::new(
    base::Kind::Conflict,
    "not_offered",
    "This ticket is not offered to you, or no longer.",
    "Look at who has it now.",
);

/// How a ticket was routed, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TicketRoutingOut {
    /// The last decision; absent when it was never routed.
    pub decision: Option<DecisionOut>,
    /// What it waits for; absent when it does not.
    pub waiting: Option<WaitingOut>,
    /// To whom it is offered; absent when to nobody.
    pub offer: Option<OfferOut>,
}

/// A decision of routing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecisionOut {
    /// When; absent in a preview.
    pub at: Option<Time>,
    pub outcome: RoutingOutcome,
    pub cause: RoutingCause,
    pub team_id: Option<TeamId>,
    pub strategy: Strategy,
    pub rule_id: Option<RoutingRuleId>,
    pub reason: Option<RoutingReason>,
    pub assignee_id: Option<MemberId>,
    /// How many members the team had.
    pub looked_at: usize,
    /// At most 50 of them, the chosen one first.
    pub candidates: Vec<Considered>,
}

/// What a ticket waits for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WaitingOut {
    pub team_id: TeamId,
    pub since: Time,
    pub needs: Vec<NeededSkill>,
    /// When something about it changes by itself.
    pub due_at: Option<Time>,
}

/// An offer that has yet to be taken up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferOut {
    pub member_id: MemberId,
    pub until: Option<Time>,
}

/// How a ticket was routed.
pub(crate) fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<TicketRoutingOut> {
    Ticket::find(tx, &cx.reach, id)?;
    let decision = last(tx, cx, id)?;
    let route = Route::find(tx, cx, id)?;
    let waiting = route.as_ref().filter(|route| route.standing == Standing::Waiting).map(|route| WaitingOut {
        team_id: route.team,
        since: route.queued_at,
        needs: route.needs.clone(),
        due_at: route.due_at,
    });
    let offer = route.filter(|route| route.standing == Standing::Offered);
    let offer = offer.and_then(|route| route.offered_to.map(|member_id| OfferOut { member_id, until: route.due_at }));
    Ok(TicketRoutingOut { decision, waiting, offer })
}

/// The last time it was routed: among its events, newest first.
fn last(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<DecisionOut>> {
    let mut query = Query::new("SELECT e.occurred_at, e.data FROM event e WHERE e.workspace_id = ");
    query.bind(cx.workspace()).push(" AND e.subject_id = ").bind(id.uuid()).push(" AND e.kind = 'ticket.routed'");
    cx.reach.limit(&mut query, "e");
    query.push(" ORDER BY e.subject_seq DESC LIMIT 1");
    let found = tx.all_of(&query, |row| Ok((row.get::<Time>(0)?, row.get::<String>(1)?)))?.pop();
    Ok(found
        .and_then(|(at, data)| serde_json::from_str::<Routed>(&data).ok().map(|routed| decision_out(Some(at), routed))))
}

fn decision_out(at: Option<Time>, routed: Routed) -> DecisionOut {
    DecisionOut {
        at,
        outcome: routed.outcome,
        cause: routed.cause,
        team_id: routed.team_id,
        strategy: routed.strategy,
        rule_id: routed.rule_id,
        reason: routed.reason,
        assignee_id: routed.assignee_id,
        looked_at: routed.looked_at,
        candidates: routed.candidates,
    }
}

/// Who would get a ticket of this team now.
pub(crate) fn would_go_to(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, team: Option<TeamId>) -> Result<Option<DecisionOut>> {
    let settings = Settings::of(tx, cx)?;
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let Some(team) = team.or(ticket.team) else { return Ok(None) };
    let now = cx.env().now();
    let known = Route::find(tx, cx, id)?.filter(|route| route.team == team);
    let route = known.unwrap_or(Route {
        ticket: id,
        team,
        standing: Standing::Waiting,
        rank: rank(ticket.priority),
        needs: Vec::new(),
        passed: Vec::new(),
        queued_at: now,
        due_at: None,
        offered_to: None,
    });
    let decision = preview(tx, cx, &settings, &ask(&settings, &ticket, &route, now))?;
    Ok(Some(decision_out(None, decision.routed(ticket.number, RoutingCause::Queue, None))))
}

/// The acting member takes up what is offered to them, or declines it.
pub(crate) fn answer(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, accept: bool) -> Result<TicketRoutingOut> {
    let me = cx.actor.member().ok_or_else(|| web::NOT_FOUND.error())?.id;
    tickets::Ticket::find_locked(tx, &cx.reach, id)?;
    let offered = Route::find(tx, cx, id)?.and_then(|route| route.offered_to);
    if offered != Some(me) {
        return Err(NOT_OFFERED.error());
    }
    if accept {
        take_up(tx, cx, id, me)?;
    } else {
        // As the house: who declines may not see it any more once it is somebody else's.
        let house = Cx::of_house(cx.house(), cx.workspace(), cx.actor.via);
        take_back(tx, &house, id, me)?;
        return of_ticket(tx, &house, id);
    }
    of_ticket(tx, cx, id)
}
