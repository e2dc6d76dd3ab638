//! The stored clocks of a ticket: a row that says what comes next, and the pins that say by which policy.
//! Rule: only the functions of `clocks` change what is in it, so that replaying the ticket's events gives the same.

use base::{Result, Time};
use db::{Row, Tx, Unless};
use trust::nouns::{TicketId, WorkspaceId};

use super::clocks::{Clocks, Mark};
use super::plan::Plan;
use super::words::{BREACH, Metric, PolicyId};

/// By which policy version a ticket is measured, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) policy: PolicyId,
    pub(crate) number: i64,
    pub(crate) at: Time,
}

impl Pin {
    /// Its policy, the version, and the instant.
    pub(crate) fn of(self) -> (PolicyId, i64, Time) {
        (self.policy, self.number, self.at)
    }
}

/// A ticket's clocks as they are stored.
#[derive(Clone, Debug)]
pub(crate) struct Pinned {
    pub(crate) ticket: TicketId,
    pub(crate) pin: Pin,
    pub(crate) seen: i64,
    pub(crate) clocks: Clocks,
}

const COLUMNS: &str = "ticket_id, policy_id, policy_number, pinned_at, seen, clocks";

fn read(row: &Row<'_>) -> Result<Pinned> {
    let text: String = row.get(5)?;
    let clocks = serde_json::from_str(&text).map_err(|error| db::CORRUPT_ROW.error().caused_by(error))?;
    let pin = Pin { policy: row.get(1)?, number: row.get(2)?, at: row.get(3)? };
    Ok(Pinned { ticket: row.get(0)?, pin, seen: row.get(4)?, clocks })
}

impl Pinned {
    /// The clocks of a ticket.
    pub(crate) fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<Pinned>> {
        let sql = format!("SELECT {COLUMNS} FROM ticket_clock WHERE workspace_id = $1 AND ticket_id = $2");
        tx.first(&sql, &[&workspace, &ticket], read)
    }

    /// The same, locked until the commit.
    pub(crate) fn find_locked(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<Pinned>> {
        let sql = format!("SELECT {COLUMNS} FROM ticket_clock WHERE workspace_id = $1 AND ticket_id = $2");
        tx.first_locked(&sql, &[&workspace, &ticket], read)
    }

    /// Writes a ticket's first clocks, or those that take their place, and the marks that go with them.
    pub(crate) fn write(&self, tx: &mut Tx<'_>, workspace: WorkspaceId, plan: &Plan, marks: &[Mark]) -> Result<()> {
        let nearest = self.clocks.nearest(plan);
        let next_at = self.clocks.next_at(plan);
        let text = serde_json::to_string(&self.clocks).unwrap_or_default();
        tx.exec_later(
            "INSERT INTO ticket_clock (workspace_id, ticket_id, policy_id, policy_number, pinned_at, seen, clocks, next_at, \
             due_at, due_metric, is_breached, is_paused, presses_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET policy_id = excluded.policy_id, \
             policy_number = excluded.policy_number, pinned_at = excluded.pinned_at, seen = excluded.seen, \
             clocks = excluded.clocks, next_at = excluded.next_at, due_at = excluded.due_at, \
             due_metric = excluded.due_metric, is_breached = excluded.is_breached, is_paused = excluded.is_paused, \
             presses_at = excluded.presses_at",
            &[
                &workspace, &self.ticket, &self.pin.policy, &self.pin.number, &self.pin.at, &self.seen, &text, &next_at,
                &nearest.map(|(at, _)| at), &nearest.map(|(_, metric)| metric), &self.clocks.is_breached(),
                &self.clocks.is_paused(plan), &self.clocks.presses_at(plan),
            ],
            Unless::ANY,
        )?;
        write_marks(tx, workspace, self.ticket, marks)?;
        let earliest = marks.first().map(|mark| mark.at).into_iter().chain(next_at).min();
        if let Some(at) = earliest {
            tx.tell(jobs::Enqueued(at));
        }
        Ok(())
    }
}

/// Notes a pin, so that the clocks can be replayed.
pub(crate) fn write_pin(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId, pin: Pin, seen: i64) -> Result<()> {
    tx.exec_later(
        "INSERT INTO ticket_pin (workspace_id, ticket_id, pinned_at, policy_id, policy_number, seen) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, ticket_id, pinned_at) DO NOTHING",
        &[&workspace, &ticket, &pin.at, &pin.policy, &pin.number, &seen],
        Unless::ANY,
    )
}

/// The pins of a ticket in their order, each with the event it came after.
pub(crate) fn pins(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<(Pin, i64)>> {
    tx.all(
        "SELECT policy_id, policy_number, pinned_at, seen FROM ticket_pin WHERE workspace_id = $1 AND ticket_id = $2 \
         ORDER BY pinned_at",
        &[&workspace, &ticket],
        |row| Ok((Pin { policy: row.get(0)?, number: row.get(1)?, at: row.get(2)? }, row.get(3)?)),
    )
}

/// The thresholds a ticket passed, in no order.
pub(crate) fn marks(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<Mark>> {
    tx.all(
        "SELECT metric, instance, threshold, passed_at FROM clock_mark WHERE workspace_id = $1 AND ticket_id = $2",
        &[&workspace, &ticket],
        |row| {
            let threshold = row.get::<String>(2)?.parse().unwrap_or(BREACH);
            Ok(Mark { at: row.get(3)?, metric: row.get(0)?, instance: row.get(1)?, threshold })
        },
    )
}

/// Notes thresholds that were passed; each is told once, because its key is there once.
fn write_marks(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId, marks: &[Mark]) -> Result<()> {
    for mark in marks {
        tx.exec_later(
            "INSERT INTO clock_mark (workspace_id, ticket_id, metric, instance, threshold, passed_at, is_told) \
             VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (workspace_id, ticket_id, metric, instance, threshold) DO NOTHING",
            &[&workspace, &ticket, &mark.metric, &mark.instance, &mark.threshold.to_string(), &mark.at],
            Unless::ANY,
        )?;
    }
    Ok(())
}

/// Forgets the clocks of a ticket that is removed for good.
pub(crate) fn forget(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<()> {
    for sql in [
        "DELETE FROM ticket_clock WHERE workspace_id = $1 AND ticket_id = $2",
        "DELETE FROM ticket_pin WHERE workspace_id = $1 AND ticket_id = $2",
        "DELETE FROM clock_mark WHERE workspace_id = $1 AND ticket_id = $2",
    ] {
        tx.exec(sql, &[&workspace, &ticket])?;
    }
    Ok(())
}

/// How a ticket stands to its promises, in one line of a list.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) ticket: TicketId,
    pub(crate) due_at: Option<Time>,
    pub(crate) metric: Option<Metric>,
    pub(crate) is_breached: bool,
    pub(crate) is_paused: bool,
}

/// How these tickets stand, in one query; those without clocks are left out.
pub(crate) fn due_of(tx: &mut Tx<'_>, workspace: WorkspaceId, tickets: &[TicketId]) -> Result<Vec<Due>> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = db::Query::new(
        "SELECT ticket_id, due_at, due_metric, is_breached, is_paused FROM ticket_clock WHERE workspace_id = ",
    );
    query.bind(workspace).push(" AND ticket_id IN (").bind_list(tickets).push(")");
    tx.all_of(&query, |row| {
        Ok(Due {
            ticket: row.get(0)?,
            due_at: row.get(1)?,
            metric: row.get(2)?,
            is_breached: row.get(3)?,
            is_paused: row.get(4)?,
        })
    })
}
