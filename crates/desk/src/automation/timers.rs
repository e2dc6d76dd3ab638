//! Rules that wait: a row per rule and ticket says when it is due, and the condition is asked then.
//! Rule: a newer event of the same sort starts the wait anew; what was due is taken out in the transaction that acts.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Enqueued, Kind, Run, Timer};
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cause, Cx, House};

use super::RuleId;
use super::definition::When;
use super::listening::{Happened, Moment};
use super::rule::RuleRow;
use super::running::{self, Turns};

const FIRE: &str = "run_waiting_rules";
/// Rows that are looked at in one go.
const AT_ONCE: i64 = 200;
/// Seconds after which a row that failed is tried again, so that it does not hold up the others.
const REST_SECONDS: i64 = 300;

/// Wakes the worker when the first rule is due.
pub(crate) static TIMER: Timer = Timer { kind: FIRE, next };

/// The job behind the timer.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: FIRE, tries: 10, run: Run::Outside(|house, _| Box::pin(fire_due(house))) }
}

/// Starts the wait of a rule on a ticket, or starts it anew.
pub(super) fn arm(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, due: Time, since: &Happened) -> Result<()> {
    let cause = since.cause.filter(|cause| cause.subject == since.ticket.uuid());
    let (root, depth) = (cause.map(|cause| cause.seq), since.cause.map_or(0, |cause| i64::from(cause.depth)));
    tx.exec(
        "INSERT INTO automation_timer (workspace_id, rule_id, ticket_id, due_at, since_seq, root_seq, depth) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, rule_id, ticket_id) DO UPDATE SET \
         due_at = excluded.due_at, since_seq = excluded.since_seq, root_seq = excluded.root_seq, depth = excluded.depth",
        &[&cx.workspace(), &rule, &since.ticket, &due, &since.seq, &root, &depth],
    )?;
    Ok(())
}

fn next(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first("SELECT due_at, workspace_id FROM automation_timer ORDER BY due_at LIMIT 1", &[], |row| row.get(0))
}

/// What a rule waits after: an event, and the chain of rules that led to it.
struct Waited {
    seq: i64,
    root: Option<i64>,
    depth: Option<i64>,
}

impl Waited {
    fn happened(&self, ticket: TicketId) -> Happened {
        let depth = self.depth.and_then(|depth| u32::try_from(depth).ok()).unwrap_or(0);
        let cause = (depth > 0).then(|| Cause { subject: ticket.uuid(), seq: self.root.unwrap_or(self.seq), depth });
        Happened { ticket, seq: self.seq, cause }
    }
}

type Due = (WorkspaceId, RuleId, TicketId);

async fn fire_due(house: Arc<House>) -> Result<()> {
    loop {
        let now = house.env.now();
        let due: Vec<Due> = house.db.read(uuid::Uuid::nil(), move |tx| due(tx, now)).await?;
        let is_full = i64::try_from(due.len()).unwrap_or(0) == AT_ONCE;
        for (workspace, rule, ticket) in due {
            let cx = Cx::of_house(&house, workspace, Via::Job);
            if let Err(error) = cx.write(move |tx, cx| fire(tx, cx, rule, ticket, now)).await {
                tracing::warn!(cause = ?error, %rule, %ticket, "a waiting rule failed; it is tried again");
                cx.write(move |tx, cx| postpone(tx, cx, rule, ticket)).await?;
            }
        }
        if !is_full {
            return Ok(());
        }
    }
}

fn due(tx: &mut Tx<'_>, now: Time) -> Result<Vec<Due>> {
    tx.all(
        "SELECT workspace_id, rule_id, ticket_id FROM automation_timer WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
        &[&now, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Takes a row out and gives its rule its turn; a rule that waits longer by now goes on waiting.
fn fire(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, ticket: TicketId, now: Time) -> Result<()> {
    let waited = tx.first_locked(
        "SELECT due_at, since_seq, root_seq, depth FROM automation_timer \
         WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3",
        &[&cx.workspace(), &rule, &ticket],
        |row| Ok((row.get::<Time>(0)?, Waited { seq: row.get(1)?, root: row.get(2)?, depth: row.get(3)? })),
    )?;
    let Some((_, waited)) = waited.filter(|(due, _)| *due <= now) else { return Ok(()) };
    let happened = waited.happened(ticket);
    tx.exec(
        "DELETE FROM automation_timer WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3",
        &[&cx.workspace(), &rule, &ticket],
    )?;
    let Some(rule) = found(RuleRow::find(tx, cx, rule))?.filter(|rule| rule.is_enabled) else { return Ok(()) };
    let When::Later { after, minutes } = rule.definition.when else { return Ok(()) };
    let Some(event) = running::event(tx, cx, ticket, waited.seq)? else { return Ok(()) };
    if Moment::of(&event.kind, &event.data) != Some(after) {
        return Ok(());
    }
    let due = event.occurred_at.plus_seconds(minutes * 60);
    if due > now {
        tx.tell(Enqueued(due));
        return arm(tx, cx, rule.id, due, &happened);
    }
    let mut turns = Turns::new(cx, happened, Some(event));
    turns.take(tx, &rule, after).map(drop)
}

/// A rule that was removed is nothing to act on.
fn found(rule: Result<RuleRow>) -> Result<Option<RuleRow>> {
    match rule {
        Ok(rule) => Ok(Some(rule)),
        Err(error) if error.kind() == base::Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn postpone(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, ticket: TicketId) -> Result<()> {
    let later = cx.env().now().plus_seconds(REST_SECONDS);
    tx.exec(
        "UPDATE automation_timer SET due_at = $1 WHERE workspace_id = $2 AND rule_id = $3 AND ticket_id = $4",
        &[&later, &cx.workspace(), &rule, &ticket],
    )?;
    Ok(())
}
