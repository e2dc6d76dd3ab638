//! Raising a ticket to a tier: by hand with a reason, or by a rule or a clock that calls `escalate`.
//! Rule: the ticket moves, the card is drawn and the tier's time begins in one transaction; it goes up, never twice at once.

use base::{Code, Kind, Personal, Result};
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::nouns::{MemberId, TeamId, TicketId};

use super::card;
use super::raised::Escalation;
use super::rota::Rota;
use super::tiers::Tier;
use super::words::{Ended, EscalationCause, EscalationId};
use crate::tickets::{self, Also, Ticket};

/// Nothing is set.
pub static NO_TIERS: Code = Code::new(
    Kind::Conflict,
    "no_tiers",
    "No tiers of escalation are set.",
    "Ask an administrator to set them under Settings, Escalation.",
);
/// There is nothing above.
pub static NO_TIER_ABOVE: Code = Code::new(
    Kind::Conflict,
    "no_tier_above",
    "There is no such tier above the one this ticket is at.",
    "Look at the tiers; a ticket goes up only.",
);

/// What the timeline says; the reason is in its details.
#[derive(Serialize)]
struct Escalated {
    number: i64,
    escalation_id: EscalationId,
    tier: i64,
    cause: EscalationCause,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_team_id: Option<TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_assignee_id: Option<MemberId>,
    to_team_id: TeamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_assignee_id: Option<MemberId>,
    due_at: base::Time,
}

/// Raises a ticket to a tier, to the next one when none is named.
pub fn escalate(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: TicketId,
    tier: Option<i64>,
    reason: &str,
    cause: EscalationCause,
) -> Result<Escalation> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.check_not_closed()?;
    let current = Escalation::current(tx, cx, id)?;
    let tier = next_tier(tx, cx, current.as_ref(), tier)?;
    let assignee = on_call(tx, cx, &tier)?;
    let now = cx.env().now();
    let (by_kind, by_id) = cx.actor.named();
    let drawn = serde_json::to_string(&card::draw(tx, cx, &ticket)?).unwrap_or_default();
    // What came from further below goes back there, not to the tier between.
    let from = current.as_ref().map_or((ticket.team, ticket.assignee), |current| current.from);
    if let Some(current) = &current {
        current.end(tx, cx, Ended::WentOn, None)?;
    }
    let escalation = Escalation {
        id: cx.new_id(),
        ticket: id,
        tier: tier.number,
        tier_name: tier.name,
        cause,
        reason: Personal::new(reason.to_owned()),
        by: (by_kind.to_owned(), by_id),
        from,
        to: (tier.team, assignee),
        card: Personal::new(drawn),
        escalated_at: now,
        due_at: now.plus_seconds(tier.due_minutes * 60),
        overdue_at: None,
        ended_at: None,
        result: None,
        note: None,
    };
    escalation.insert(tx, cx)?;
    let told = told(&ticket, &escalation, reason);
    tickets::give_or_say(tx, cx, &mut ticket, Some(tier.team), assignee, &[told])?;
    Ok(escalation)
}

fn told(ticket: &Ticket, escalation: &Escalation, reason: &str) -> Also {
    let data = Escalated {
        number: ticket.number,
        escalation_id: escalation.id,
        tier: escalation.tier,
        cause: escalation.cause,
        from_team_id: escalation.from.0,
        from_assignee_id: escalation.from.1,
        to_team_id: escalation.to.0,
        to_assignee_id: escalation.to.1,
        due_at: escalation.due_at,
    };
    Also::internal("ticket.escalated", &data).details(&serde_json::json!({"reason": reason}))
}

fn next_tier(tx: &mut Tx<'_>, cx: &Cx, current: Option<&Escalation>, asked: Option<i64>) -> Result<Tier> {
    let tiers = Tier::all(tx, cx)?;
    if tiers.is_empty() {
        return Err(NO_TIERS.error());
    }
    let at = current.map_or(0, |current| current.tier);
    let wanted = asked.unwrap_or(at + 1);
    let found = tiers.into_iter().find(|tier| tier.number == wanted && tier.number > at);
    found.ok_or_else(|| NO_TIER_ABOVE.error().with("at_tier", at.into()))
}

/// Who gets it at once; the team's own way decides when nobody does.
fn on_call(tx: &mut Tx<'_>, cx: &Cx, tier: &Tier) -> Result<Option<MemberId>> {
    match Rota::find(tx, cx)? {
        Some(rota) if tier.on_call => rota.on_call(tx, cx),
        _ => Ok(None),
    }
}
