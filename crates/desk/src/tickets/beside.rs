//! What else happened to a ticket beside what its own verbs tell: a macro ran, a rule looked at it.

use base::Result;
use db::Tx;
use trust::Cx;
use trust::log::record;
use trust::nouns::TicketId;

use super::opening::Also;
use super::ticket::Ticket;

/// Records something about a ticket, with its next version as the place.
pub(crate) fn tell_also(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, also: &Also) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET version = $1 WHERE workspace_id = $2 AND id = $3",
        &[&ticket.version, &cx.workspace(), &ticket.id],
    )?;
    record(tx, cx, &[also.event(&ticket, ticket.version, cx.env().now())])?;
    Ok(ticket)
}
