//! How macros fare: how often they ran, and how many of those tickets were opened again within seven days.

use base::{Result, Time};
use db::Tx;
use serde::Deserialize;
use trust::Cx;
use trust::log::NewEvent;
use trust::nouns::TicketId;

use super::MacroId;
use super::kept::Macro;
use crate::tickets::Status;

/// Days in which opening again counts.
const DAYS: i64 = 7;

/// Counts a run.
pub(super) fn count(tx: &mut Tx<'_>, cx: &Cx, ran: &Macro, ticket: TicketId) -> Result<()> {
    let now = cx.env().now();
    tx.exec(
        "INSERT INTO macro_run (workspace_id, ticket_id, id, macro_id, macro_version, ran_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&cx.workspace(), &ticket, &cx.new_id::<super::MacroNoun>(), &ran.id, &ran.version, &now],
    )?;
    tx.exec(
        "UPDATE macro SET runs = runs + 1, last_run_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&now, &cx.workspace(), &ran.id],
    )
    .map(drop)
}

#[derive(Deserialize)]
struct Changed {
    before: Status,
    after: Status,
}

/// Notes that a ticket was opened again, for the macros that ran on it lately.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    if event.kind != "ticket.status_changed" {
        return Ok(());
    }
    match serde_json::from_str::<Changed>(&event.data) {
        Ok(changed) if !changed.before.is_open() && changed.after.is_open() => reopened(tx, cx, event),
        _ => Ok(()),
    }
}

fn reopened(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    let now: Time = event.occurred_at;
    let ran: Vec<MacroId> = tx.all(
        "SELECT DISTINCT macro_id FROM macro_run WHERE workspace_id = $1 AND ticket_id = $2 AND ran_at >= $3 \
         AND reopened_at IS NULL ORDER BY macro_id",
        &[&cx.workspace(), &event.subject, &now.plus_days(-DAYS)],
        |row| row.get(0),
    )?;
    for id in ran {
        let noted = tx.exec(
            "UPDATE macro_run SET reopened_at = $1 WHERE workspace_id = $2 AND ticket_id = $3 AND macro_id = $4 \
             AND ran_at >= $5 AND reopened_at IS NULL",
            &[&now, &cx.workspace(), &event.subject, &id, &now.plus_days(-DAYS)],
        )?;
        tx.exec(
            "UPDATE macro SET reopened = reopened + $1 WHERE workspace_id = $2 AND id = $3",
            &[&i64::try_from(noted).unwrap_or(0), &cx.workspace(), &id],
        )?;
    }
    Ok(())
}
