//! Telling what else happened to a ticket, for rooms that stand above it: the ticket's version grows, its timeline shows it.

use base::{Result, Time};
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::nouns::TicketId;

use super::events::{Happening, tell};
use super::ticket::Ticket;

/// A locked ticket that something is told of.
pub struct Telling(Ticket);

impl Telling {
    /// Locks a ticket; `None` when it is gone or deleted.
    pub fn begin(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Telling>> {
        let found = Ticket::find_any_locked(tx, &cx.reach, id)?;
        Ok(found.filter(|ticket| ticket.deleted_at.is_none()).map(Telling))
    }

    /// The number people say.
    pub fn number(&self) -> i64 {
        self.0.number
    }

    /// Records that something happened at an instant, for staff only.
    pub fn tell(
        &mut self,
        tx: &mut Tx<'_>,
        cx: &Cx,
        kind: &'static str,
        at: Time,
        data: &impl Serialize,
    ) -> Result<()> {
        self.0.version += 1;
        tx.exec(
            "UPDATE ticket SET version = $1 WHERE workspace_id = $2 AND id = $3",
            &[&self.0.version, &cx.workspace(), &self.0.id],
        )?;
        tell(tx, cx, &self.0, Happening::with_reach(kind, at, true), data)
    }
}
