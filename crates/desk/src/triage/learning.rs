//! What agents say of triage: a category or priority they changed afterwards is a correction, kept for training and for
//! the acceptance rate. Rule: it happens in the transaction of the change, and costs other events one comparison.

use base::{Result, Time};
use db::Tx;
use serde::Deserialize;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Who;
use trust::log::NewEvent;

use crate::tickets::Priority;

/// What of an update matters here.
#[derive(Deserialize)]
struct Update {
    changed: Vec<String>,
    priority: Priority,
    category_id: Option<CategoryId>,
}

/// Listens to changes of tickets.
pub(crate) fn listen(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    match event.kind {
        "ticket.updated" if matches!(cx.actor.who, Who::Member(_) | Who::Token(_)) => correct(tx, cx, event),
        "ticket.purged" => forget(tx, cx, event),
        _ => Ok(()),
    }
}

fn correct(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    let Ok(update) = serde_json::from_str::<Update>(&event.data) else { return Ok(()) };
    let has = |name: &str| update.changed.iter().any(|changed| changed == name);
    let now = event.occurred_at;
    if has("category_id") {
        tx.exec(
            "UPDATE ticket_triage SET corrected_category_id = $1, corrected_at = $2 WHERE workspace_id = $3 AND ticket_id = $4",
            &[&update.category_id, &now, &cx.workspace(), &event.subject],
        )?;
    }
    if has("priority") {
        tx.exec(
            "UPDATE ticket_triage SET corrected_priority = $1, corrected_at = $2 WHERE workspace_id = $3 AND ticket_id = $4",
            &[&update.priority, &now, &cx.workspace(), &event.subject],
        )?;
    }
    Ok(())
}

fn forget(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    let key: [&dyn base::ToValue; 2] = [&cx.workspace(), &event.subject];
    tx.exec("DELETE FROM ticket_triage WHERE workspace_id = $1 AND ticket_id = $2", &key)?;
    tx.exec("DELETE FROM ticket_meaning WHERE workspace_id = $1 AND ticket_id = $2", &key)?;
    Ok(())
}

/// How often agents left things as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acceptance {
    /// Tickets that got a category.
    pub applied: i64,
    /// Of those, tickets whose category was changed to another.
    pub corrected: i64,
    /// Tickets the model did not know.
    pub unknown: i64,
    /// Tickets it looked at.
    pub triaged: i64,
}

/// The acceptance since a time.
pub(crate) fn acceptance(tx: &mut Tx<'_>, cx: &Cx, since: Time) -> Result<Acceptance> {
    let found = tx.first(
        "SELECT COUNT(*), CAST(COALESCE(SUM(is_applied), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN is_applied = 1 \
         AND corrected_at IS NOT NULL AND corrected_category_id IS NOT NULL AND corrected_category_id <> category_id \
         THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(1 - is_known), 0) AS BIGINT) FROM ticket_triage \
         WHERE workspace_id = $1 AND triaged_at > $2 AND model_id IS NOT NULL",
        &[&cx.workspace(), &since],
        |row| {
            Ok(Acceptance { triaged: row.get(0)?, applied: row.get(1)?, corrected: row.get(2)?, unknown: row.get(3)? })
        },
    )?;
    Ok(found.unwrap_or_default())
}
