//! Thresholds are told when they pass: one timer for the house, one transaction for each ticket that is due.
//! Rule: the mark's key makes it once; its event carries the instant at which it really passed. A mark that is told is 1, one
//! that waits with a ticket that failed is 2.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Kind, Run, Timer};
use serde::Serialize;
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, House};

use super::pinned::Pinned;
use super::policies::Policies;
use super::words::{BREACH, Metric, PolicyId, Threshold};
use crate::tickets;

const RING: &str = "ring_clocks";
/// Tickets one run takes care of; the timer comes back at once for the rest.
const AT_ONCE: i64 = 200;
/// Seconds after which a ticket that failed is tried again, so that it does not hold up the others.
const REST_SECONDS: i64 = 300;

/// When.
pub(crate) static TIMERS: &[Timer] = &[Timer { kind: RING, next }];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: RING, tries: 8, run: Run::Outside(|house, _| Box::pin(ring_all(house))) }]
}

/// When the earliest threshold of all workspaces passes.
fn next(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    let running = "SELECT next_at, workspace_id FROM ticket_clock WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1";
    let untold = "SELECT passed_at, workspace_id FROM clock_mark WHERE is_told = 0 ORDER BY passed_at LIMIT 1";
    let running = tx.first(running, &[], |row| row.get::<Time>(0))?;
    let untold = tx.first(untold, &[], |row| row.get::<Time>(0))?;
    Ok(running.into_iter().chain(untold).min())
}

/// Tickets of any workspace with something to tell, a bounded number.
fn due(tx: &mut Tx<'_>, now: Time) -> Result<Vec<(WorkspaceId, TicketId)>> {
    let mut due = tx.all(
        "SELECT workspace_id, ticket_id FROM ticket_clock WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2",
        &[&now, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    due.extend(tx.all(
        "SELECT workspace_id, ticket_id FROM clock_mark WHERE is_told = 0 AND passed_at <= $1 ORDER BY passed_at LIMIT $2",
        &[&now, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?);
    due.sort_unstable();
    due.dedup();
    Ok(due)
}

async fn ring_all(house: Arc<House>) -> Result<()> {
    let mut outcome = Ok(());
    loop {
        let now = house.env.now();
        let due = house.db.read(uuid::Uuid::nil(), move |tx| due(tx, now)).await?;
        let is_last = due.is_empty();
        for (workspace, ticket) in due {
            let cx = Cx::of_house(&house, workspace, Via::Job);
            let Err(error) = cx.write(move |tx, cx| ring(tx, cx, ticket, now)).await else { continue };
            if error.kind() == base::Kind::Unavailable {
                outcome = Err(error);
                continue;
            }
            tracing::warn!(cause = ?error, %workspace, %ticket, "the clocks of a ticket failed; they are tried again");
            cx.write(move |tx, cx| postpone(tx, cx, ticket)).await?;
        }
        if is_last || outcome.is_err() {
            return outcome;
        }
    }
}

/// What a clock event carries.
#[derive(Serialize)]
struct Passed {
    number: i64,
    metric: Metric,
    instance: i64,
    /// Per cent of the target that are used up; 100 from the breach on.
    threshold: u8,
    /// Minutes after the breach.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes_after: Option<u32>,
    policy_id: PolicyId,
    policy_number: i64,
}

/// Moves a ticket's clocks to an instant and tells what they passed.
pub(crate) fn ring(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, now: Time) -> Result<()> {
    let telling = tickets::Telling::begin(tx, cx, ticket)?;
    let pinned = Pinned::find_locked(tx, cx.workspace(), ticket)?;
    let (Some(telling), Some(mut pinned)) = (telling, pinned) else { return rest(tx, cx, ticket) };
    let policies = Policies::of(tx, cx)?;
    let Some(plan) = policies.plan_of(tx, cx.workspace(), pinned.pin.of())? else { return rest(tx, cx, ticket) };
    let marks = pinned.clocks.advance(&plan, now);
    pinned.write(tx, cx.workspace(), &plan, &marks)?;
    tell(tx, cx, telling, &pinned)
}

/// A ticket that is gone, or whose policy cannot be read, rings no more until something happens to it.
fn rest(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    tx.exec(
        "UPDATE ticket_clock SET next_at = NULL WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket],
    )?;
    silence(tx, cx, ticket)
}

/// A ticket that failed waits, and with it what is to be told of it.
fn postpone(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    tx.exec(
        "UPDATE ticket_clock SET next_at = $1 WHERE workspace_id = $2 AND ticket_id = $3",
        &[&cx.env().now().plus_seconds(REST_SECONDS), &cx.workspace(), &ticket],
    )?;
    tx.exec(
        "UPDATE clock_mark SET is_told = 2 WHERE workspace_id = $1 AND ticket_id = $2 AND is_told = 0",
        &[&cx.workspace(), &ticket],
    )?;
    Ok(())
}

/// Tells every mark of a ticket that is not told yet, in the order in which they passed.
fn tell(tx: &mut Tx<'_>, cx: &Cx, mut telling: tickets::Telling, pinned: &Pinned) -> Result<()> {
    let untold = tx.all(
        "SELECT metric, instance, threshold, passed_at FROM clock_mark WHERE workspace_id = $1 AND ticket_id = $2 \
         AND is_told <> 1",
        &[&cx.workspace(), &pinned.ticket],
        |row| Ok((row.get::<Metric>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.get::<Time>(3)?)),
    )?;
    let parsed = |(metric, instance, threshold, at): (Metric, i64, String, Time)| {
        (at, metric, instance, threshold.parse().unwrap_or(BREACH))
    };
    let mut untold: Vec<_> = untold.into_iter().map(parsed).collect();
    untold.sort_unstable();
    for (at, metric, instance, threshold) in untold {
        let kind = if threshold == BREACH { "ticket.clock_breached" } else { "ticket.clock_warned" };
        let (threshold, minutes_after) = match threshold {
            Threshold::Percent(part) => (part, None),
            Threshold::Minutes(more) => (100, Some(more)),
        };
        let (policy_id, policy_number) = (pinned.pin.policy, pinned.pin.number);
        let number = telling.number();
        let passed = Passed { number, metric, instance, threshold, minutes_after, policy_id, policy_number };
        telling.tell(tx, cx, kind, at, &passed)?;
    }
    silence(tx, cx, pinned.ticket)
}

/// Nothing is left to tell of a ticket.
fn silence(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    tx.exec(
        "UPDATE clock_mark SET is_told = 1 WHERE workspace_id = $1 AND ticket_id = $2 AND is_told <> 1",
        &[&cx.workspace(), &ticket],
    )?;
    Ok(())
}
