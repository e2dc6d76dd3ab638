//! The workspace's own name of a ticket's status.
//! Rule: a ticket has a row only while it has a name that is not the default of its status, so that workspaces without
//! names of their own pay nothing.

use std::collections::HashMap;

use base::Result;
use db::{Query, Tx};
use taxonomy::StatusNameId;
use taxonomy::statuses::{StatusName, status_names};
use trust::Cx;
use trust::nouns::TicketId;

use super::ticket::Ticket;

/// The names that tickets show, in one query; none when the workspace has no names.
pub(crate) fn names_of(tx: &mut Tx<'_>, cx: &Cx, tickets: &[Ticket]) -> Result<HashMap<TicketId, StatusName>> {
    let names = status_names(tx, cx)?;
    if names.is_empty() || tickets.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::new("SELECT ticket_id, status_id FROM ticket_status_name WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND ticket_id IN (").bind_list(tickets.iter().map(|ticket| ticket.id)).push(")");
    let given: Vec<(TicketId, StatusNameId)> = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let given: HashMap<TicketId, StatusNameId> = given.into_iter().collect();
    let shown = |ticket: &Ticket| {
        let name = names.shown(ticket.status, given.get(&ticket.id).copied())?;
        Some((ticket.id, name.clone()))
    };
    Ok(tickets.iter().filter_map(shown).collect())
}

/// The name that a ticket was given.
pub(super) fn given(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Option<StatusNameId>> {
    if status_names(tx, cx)?.is_empty() {
        return Ok(None);
    }
    tx.first(
        "SELECT status_id FROM ticket_status_name WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket.id],
        |row| row.get(0),
    )
}

/// Gives a ticket a name, or takes its name away.
pub(super) fn give(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, name: Option<StatusNameId>) -> Result<()> {
    let Some(name) = name else {
        if !status_names(tx, cx)?.is_empty() {
            clear(tx, cx, ticket.id)?;
        }
        return Ok(());
    };
    tx.exec(
        "INSERT INTO ticket_status_name (workspace_id, ticket_id, status_id, opened_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET status_id = $5",
        &[&cx.workspace(), &ticket.id, &name, &ticket.opened_at, &name],
    )
    .map(drop)
}

/// Takes the name of a ticket away.
pub(super) fn clear(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    let sql = "DELETE FROM ticket_status_name WHERE workspace_id = $1 AND ticket_id = $2";
    tx.exec(sql, &[&cx.workspace(), &ticket]).map(drop)
}
