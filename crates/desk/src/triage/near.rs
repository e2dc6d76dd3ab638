//! Tickets that say nearly the same: the newest thousand of the last week, by meaning, in memory.
//! Rule: who may not see a ticket is not told of it: what is near is read again under the reader's reach.

use std::collections::VecDeque;

use base::{Result, Time};
use db::Tx;
use ml::Vector;
use trust::Cx;
use trust::nouns::TicketId;

use super::report::Near;

/// Tickets that are remembered.
const REMEMBERED: usize = 1_000;
/// Days they are compared with.
const DAYS: i64 = 7;
/// The cosine from which two say the same.
const SAME: f32 = 0.85;
/// Those that are named.
const NAMED: usize = 5;

/// The newest tickets of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<(TicketId, Time, Vector)>);

impl Recent {
    /// Reads them from their rows.
    pub(crate) fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<Recent> {
        let since = cx.env().now().plus_days(-DAYS);
        let limit = i64::try_from(REMEMBERED).unwrap_or(1);
        let found = tx.all(
            "SELECT ticket_id, opened_at, vector FROM ticket_meaning WHERE workspace_id = $1 AND opened_at > $2 \
             ORDER BY opened_at DESC LIMIT $3",
            &[&cx.workspace(), &since, &limit],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<Vec<u8>>(2)?)),
        )?;
        let read = |(ticket, at, bytes): (TicketId, Time, Vec<u8>)| Some((ticket, at, Vector::from_bytes(&bytes)?));
        Ok(Recent(found.into_iter().rev().filter_map(read).collect()))
    }

    /// Adds one that arrived.
    pub(crate) fn add(&mut self, ticket: TicketId, at: Time, vector: Vector) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((ticket, at, vector));
    }

    /// Those that say nearly the same, nearest first.
    pub(crate) fn near(&self, vector: &Vector, now: Time) -> Vec<Near> {
        let since = now.plus_days(-DAYS);
        let mut found: Vec<Near> = self
            .0
            .iter()
            .filter(|(_, at, _)| *at > since)
            .map(|(ticket, _, other)| (ticket, other.cosine(vector)))
            .filter(|(_, cosine)| *cosine >= SAME)
            .map(|(ticket, cosine)| Near { ticket: *ticket, cosine: f64::from(cosine) })
            .collect();
        found.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
        found.truncate(NAMED);
        found
    }
}

/// Keeps the meaning of a ticket.
pub(crate) fn keep(tx: &mut Tx<'_>, cx: &Cx, ticket: &crate::tickets::Ticket, vector: &Vector) -> Result<()> {
    tx.exec_later(
        "INSERT INTO ticket_meaning (workspace_id, ticket_id, customer_id, opened_at, vector) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &ticket.id, &ticket.customer, &ticket.opened_at, &vector.to_bytes().to_vec()],
        db::Unless::ANY,
    )
}
