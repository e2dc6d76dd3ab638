//! The language that a ticket's customer reads, and the workspace's own.

use base::Result;
use db::Tx;
use trust::Cx;

use crate::tickets::Ticket;

/// The ticket's language, and the one for those who speak none of ours.
pub(super) fn language(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<(Option<String>, String)> {
    Ok((ticket.language.clone(), knowledge::help::site::default_language(tx, cx)?))
}
