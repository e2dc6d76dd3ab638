//! The tier's time: when it has passed, the ticket's timeline says so at that very instant, and the ticket may climb.
//! Rule: each escalation has one alarm, taken away in the transaction that tells of it.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Kind, Run, Timer};
use serde_json::json;
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, House};

use super::raised::Escalation;
use super::raising::{NO_TIER_ABOVE, NO_TIERS, escalate};
use super::tiers::Tier;
use super::words::EscalationCause;
use crate::tickets::{self, Also, Ticket};

const DUE: &str = "sound_escalation_alarms";
/// Seconds after which an alarm that failed is tried again, so that it does not hold up the others.
const REST_SECONDS: i64 = 300;

/// What runs when an escalation's time has passed.
pub(crate) const TIMER: Timer = Timer { kind: DUE, next: next_due };

pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: DUE, tries: 3, run: Run::Outside(|house, _| Box::pin(sound(house))) }]
}

fn next_due(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first("SELECT alarm_at FROM escalation WHERE alarm_at IS NOT NULL ORDER BY alarm_at LIMIT 1", &[], |row| {
        row.get(0)
    })
}

async fn sound(house: Arc<House>) -> Result<()> {
    let now = house.env.now();
    let due = house.db.read(uuid::Uuid::nil(), move |tx| due_before(tx, now)).await?;
    let mut outcome = Ok(());
    for (workspace, id) in due {
        let cx = Cx::of_house(&house, workspace, Via::Job);
        let Err(error) = cx.write(move |tx, cx| pass(tx, cx, id)).await else { continue };
        if error.kind() == base::Kind::Unavailable {
            outcome = Err(error);
            continue;
        }
        tracing::warn!(cause = ?error, %workspace, ticket = %id, "an alarm failed; it is tried again");
        cx.write(move |tx, cx| postpone(tx, cx, id)).await?;
    }
    outcome
}

/// An alarm that failed waits by itself.
fn postpone(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let now = cx.env().now();
    tx.exec(
        "UPDATE escalation SET alarm_at = $1 WHERE workspace_id = $2 AND ticket_id = $3 AND alarm_at <= $4",
        &[&now.plus_seconds(REST_SECONDS), &cx.workspace(), &id, &now],
    )?;
    Ok(())
}

fn due_before(tx: &mut Tx<'_>, now: Time) -> Result<Vec<(WorkspaceId, TicketId)>> {
    tx.all(
        "SELECT workspace_id, ticket_id FROM escalation WHERE alarm_at IS NOT NULL AND alarm_at <= $1 \
         ORDER BY alarm_at LIMIT 200",
        &[&now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Says that a tier's time has passed, and raises the ticket further where the tier is set so.
fn pass(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let ticket = Ticket::find_any_locked(tx, &cx.reach, id)?;
    let current = Escalation::current(tx, cx, id)?;
    let (Some(mut ticket), Some(current)) = (ticket, current) else { return forget(tx, cx, id) };
    forget(tx, cx, id)?;
    if current.overdue_at.is_some() || current.due_at > cx.env().now() {
        return Ok(());
    }
    tx.exec(
        "UPDATE escalation SET overdue_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&current.due_at, &cx.workspace(), &current.id],
    )?;
    let data = json!({"number": ticket.number, "escalation_id": current.id, "tier": current.tier});
    let told = Also::internal("ticket.escalation_overdue", &data).occurred_at(current.due_at);
    tickets::say(tx, cx, &mut ticket, &told)?;
    let climbs = Tier::all(tx, cx)?.iter().any(|tier| tier.number == current.tier && tier.climbs);
    if !climbs {
        return Ok(());
    }
    match escalate(tx, cx, id, None, "The tier below did not act in time.", EscalationCause::Overdue) {
        Err(error) if error.code() == &NO_TIER_ABOVE || error.code() == &NO_TIERS => Ok(()),
        other => other.map(drop),
    }
}

fn forget(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    tx.exec(
        "UPDATE escalation SET alarm_at = NULL WHERE workspace_id = $1 AND ticket_id = $2 AND alarm_at <= $3",
        &[&cx.workspace(), &id, &cx.env().now()],
    )?;
    Ok(())
}
