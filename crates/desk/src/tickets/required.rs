//! What a ticket must have before it is resolved, as the workspace and its categories ask for.

use base::Result;
use db::Tx;
use taxonomy::resolving::requirements;
use trust::Cx;

use super::fields;
use super::ticket::Ticket;

/// Refuses to resolve a ticket that lacks what is asked for, and names it. Costs nothing where nothing is asked for.
pub(super) fn check(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<()> {
    let asked = requirements(tx, cx)?;
    if asked.is_nothing() {
        return Ok(());
    }
    let values = fields::fields_of(tx, cx.workspace(), &[ticket.id])?.remove(&ticket.id).unwrap_or_default();
    asked.missing(ticket.category, |key| values.contains_key(key)).check()
}
