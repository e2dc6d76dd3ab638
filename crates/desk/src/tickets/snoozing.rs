//! Snoozing: a ticket sleeps until a time, and wakes then, when its customer writes, or when somebody wakes it.
//! Rule: it wakes at its exact time; whoever has it keeps it; a ticket that was solved meanwhile wakes nobody.

use std::sync::Arc;

use base::{Code, Kind, Result, Time};
use db::Tx;
use jobs::{Enqueued, Run, Timer};
use serde::Serialize;
use trust::access::Via;
use trust::nouns::{MemberId, TicketId, WorkspaceId};
use trust::{Cx, House};

use super::events::tell_next;
use super::ticket::Ticket;

const WAKE: &str = "wake_snoozed_tickets";
/// Days a ticket sleeps at most.
const MOST_DAYS: i64 = 366;
/// Tickets that one run wakes before it looks again.
const AT_ONCE: i64 = 200;

/// The time is not one to sleep until.
pub static BAD_SNOOZE: Code = Code::new(
    Kind::Unprocessable,
    "bad_snooze",
    "A ticket sleeps until a time that is to come, at most a year away.",
    "Send `until` as a time in the future.",
);
/// Only open tickets sleep.
pub static NOT_OPEN: Code = Code::new(
    Kind::Conflict,
    "not_open",
    "A ticket that is resolved or closed has nothing to wake for.",
    "Open it again first.",
);

base::words! {
    /// Why a ticket woke.
    pub enum WokenBy {
        /// Its time came.
        Time = "time",
        /// The customer wrote.
        Customer = "customer",
        /// Somebody woke it.
        Hand = "hand",
    }
}

/// Wakes tickets when their time comes.
pub(crate) static TIMER: Timer = Timer { kind: WAKE, next };

/// The job behind the timer.
pub(crate) fn kind() -> jobs::Kind<Arc<House>> {
    jobs::Kind { name: WAKE, tries: 10, run: Run::Outside(|house, _| Box::pin(wake_due(house))) }
}

/// A ticket fell asleep.
#[derive(Serialize)]
struct Snoozed {
    number: i64,
    until: Time,
}

/// A ticket woke.
#[derive(Serialize)]
struct Woken {
    number: i64,
    by: WokenBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_by: Option<MemberId>,
}

/// Lets a ticket sleep until a time; a later word replaces an earlier one.
pub fn snooze(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, until: Time) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    let now = cx.env().now();
    if until <= now || until > now.plus_days(MOST_DAYS) {
        return Err(BAD_SNOOZE.error().field("/until", "out_of_range", "is not a time within the next 366 days"));
    }
    if !ticket.status.is_open() {
        return Err(NOT_OPEN.error());
    }
    let by = cx.actor.member().map(|member| member.id);
    let changed = tx.exec(
        "INSERT INTO ticket_snooze (workspace_id, ticket_id, until_at, snoozed_by, snoozed_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET until_at = excluded.until_at, \
         snoozed_by = excluded.snoozed_by, snoozed_at = excluded.snoozed_at \
         WHERE ticket_snooze.until_at <> excluded.until_at",
        &[&cx.workspace(), &id, &until, &by, &now],
    )?;
    if changed == 0 {
        return Ok(ticket);
    }
    tx.tell(Enqueued(until));
    let data = Snoozed { number: ticket.number, until };
    tell_next(tx, cx, &mut ticket, "ticket.snoozed", &data)?;
    Ok(ticket)
}

/// Wakes a ticket by hand; one that is awake stays so.
pub fn wake(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    rouse(tx, cx, &mut ticket, WokenBy::Hand)?;
    Ok(ticket)
}

/// Wakes a locked ticket if it sleeps.
pub(crate) fn rouse(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, by: WokenBy) -> Result<()> {
    let Some((_, snoozed_by)) = sleeping(tx, cx, ticket.id)? else { return Ok(()) };
    tx.exec("DELETE FROM ticket_snooze WHERE workspace_id = $1 AND ticket_id = $2", &[&cx.workspace(), &ticket.id])?;
    if !ticket.status.is_open() && by == WokenBy::Time {
        return Ok(());
    }
    let data = Woken { number: ticket.number, by, snoozed_by };
    tell_next(tx, cx, ticket, "ticket.woken", &data)
}

/// Until when a ticket sleeps, and who let it.
fn sleeping(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<(Time, Option<MemberId>)>> {
    tx.first(
        "SELECT until_at, snoozed_by FROM ticket_snooze WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Until when tickets sleep, in one query.
pub(crate) fn snoozes_of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    tickets: &[TicketId],
) -> Result<std::collections::HashMap<TicketId, Time>> {
    let mut query = db::Query::new("SELECT ticket_id, until_at FROM ticket_snooze WHERE workspace_id = ");
    query.bind(workspace).push(" AND ticket_id IN (").bind_list(tickets.iter()).push(")");
    Ok(tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// When the first ticket of all workspaces wakes.
fn next(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first("SELECT until_at, workspace_id FROM ticket_snooze ORDER BY until_at LIMIT 1", &[], |row| row.get(0))
}

/// Wakes what is due; each ticket has a transaction of its own.
async fn wake_due(house: Arc<House>) -> Result<()> {
    loop {
        let now = house.env.now();
        let due = house.db.read(uuid::Uuid::nil(), move |tx| due(tx, now)).await?;
        let is_full = i64::try_from(due.len()).unwrap_or(0) == AT_ONCE;
        for (workspace, id) in due {
            let cx = Cx::of_house(&house, workspace, Via::Job);
            cx.write(move |tx, cx| wake_in_time(tx, cx, id, now)).await?;
        }
        if !is_full {
            return Ok(());
        }
    }
}

fn due(tx: &mut Tx<'_>, now: Time) -> Result<Vec<(WorkspaceId, TicketId)>> {
    tx.all(
        "SELECT workspace_id, ticket_id FROM ticket_snooze WHERE until_at <= $1 ORDER BY until_at LIMIT $2",
        &[&now, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Wakes a ticket whose time has come, unless somebody let it sleep on meanwhile.
fn wake_in_time(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, now: Time) -> Result<()> {
    let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, id)?.filter(|ticket| ticket.deleted_at.is_none())
    else {
        tx.exec("DELETE FROM ticket_snooze WHERE workspace_id = $1 AND ticket_id = $2", &[&cx.workspace(), &id])?;
        return Ok(());
    };
    match sleeping(tx, cx, id)? {
        Some((until, _)) if until <= now => rouse(tx, cx, &mut ticket, WokenBy::Time),
        _ => Ok(()),
    }
}
