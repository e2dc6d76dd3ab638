//! Tickets that say nearly the same: the newest thousand of the last week, by meaning, in memory; older rows are forgotten.
//! Rule: who may not see a ticket is not told of it: what is near is read again under the reader's reach.

use std::collections::{HashSet, VecDeque};

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

/// Seconds after which rows are looked at again: other processes add some too.
const FRESH_SECONDS: i64 = 1;
/// Seconds before that look from which rows are read: what was opened then may have been written later.
const OVERLAP_SECONDS: i64 = 30;
/// Rows forgotten in one go.
const FORGOTTEN: i64 = 500;

type Arrived = (TicketId, Time, Vector);

/// The newest tickets of a workspace, and when rows were looked at.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    kept: VecDeque<Arrived>,
    looked_at: Time,
}

impl Recent {
    /// Those that are read now: none before the first look.
    pub(crate) fn begin(now: Time) -> Recent {
        Recent { kept: VecDeque::new(), looked_at: now.plus_days(-DAYS) }
    }

    /// From when on rows are to be read; nothing while the last look is fresh.
    pub(crate) fn since(&self, now: Time) -> Option<Time> {
        let is_fresh = self.looked_at <= now && now < self.looked_at.plus_seconds(FRESH_SECONDS);
        (!is_fresh).then(|| self.looked_at.plus_seconds(-OVERLAP_SECONDS))
    }

    /// The newest rows from an instant on, oldest first.
    pub(crate) fn read(tx: &mut Tx<'_>, cx: &Cx, since: Time) -> Result<Vec<Arrived>> {
        let since = since.max(cx.env().now().plus_days(-DAYS));
        let limit = i64::try_from(REMEMBERED).unwrap_or(1);
        let found = tx.all(
            "SELECT ticket_id, opened_at, vector FROM ticket_meaning WHERE workspace_id = $1 AND opened_at > $2 \
             ORDER BY opened_at DESC LIMIT $3",
            &[&cx.workspace(), &since, &limit],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<Vec<u8>>(2)?)),
        )?;
        let read = |(ticket, at, bytes): (TicketId, Time, Vec<u8>)| Some((ticket, at, Vector::from_bytes(&bytes)?));
        Ok(found.into_iter().rev().filter_map(read).collect())
    }

    /// Takes in what was read at an instant; what is known already stays as it is.
    pub(crate) fn take_in(&mut self, read: Vec<Arrived>, at: Time) {
        let known: HashSet<TicketId> = self.kept.iter().map(|(ticket, ..)| *ticket).collect();
        for (ticket, opened_at, vector) in read.into_iter().filter(|(ticket, ..)| !known.contains(ticket)) {
            self.push(ticket, opened_at, vector);
        }
        self.looked_at = self.looked_at.max(at);
    }

    /// Adds one that arrived.
    pub(crate) fn add(&mut self, ticket: TicketId, at: Time, vector: Vector) {
        // Its row may have been read before it was told.
        if !self.kept.iter().rev().any(|(known, ..)| *known == ticket) {
            self.push(ticket, at, vector);
        }
    }

    fn push(&mut self, ticket: TicketId, at: Time, vector: Vector) {
        if self.kept.len() >= REMEMBERED {
            self.kept.pop_front();
        }
        self.kept.push_back((ticket, at, vector));
    }

    /// Those that say nearly the same, nearest first.
    pub(crate) fn near(&self, vector: &Vector, now: Time) -> Vec<Near> {
        let since = now.plus_days(-DAYS);
        let mut found: Vec<Near> = self
            .kept
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

/// Forgets meanings that are compared with nothing any more, some at a time; says whether there are more.
pub(crate) fn forget(tx: &mut Tx<'_>, cx: &Cx) -> Result<bool> {
    let before = cx.env().now().plus_days(-DAYS);
    let gone = tx.exec(
        "DELETE FROM ticket_meaning WHERE workspace_id = $1 AND ticket_id IN (SELECT ticket_id FROM ticket_meaning \
         WHERE workspace_id = $1 AND opened_at <= $2 ORDER BY opened_at LIMIT $3)",
        &[&cx.workspace(), &before, &FORGOTTEN],
    )?;
    Ok(i64::try_from(gone).is_ok_and(|gone| gone >= FORGOTTEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(number: u128, at: Time) -> Arrived {
        (TicketId::from_uuid(uuid::Uuid::from_u128(number)), at, Vector::from_bytes(&[1; 388]).unwrap())
    }

    #[test]
    fn what_another_process_wrote_is_noticed_a_second_later_and_nothing_is_there_twice() {
        let now = Time::from_micros(1_772_442_003_000_000);
        let mut recent = Recent::begin(now);
        assert_eq!(recent.since(now), Some(now.plus_days(-DAYS).plus_seconds(-OVERLAP_SECONDS)));
        recent.take_in(vec![arrived(1, now)], now);
        assert_eq!(recent.since(now), None);
        let (ticket, at, vector) = arrived(2, now);
        recent.add(ticket, at, vector);
        let later = now.plus_seconds(1);
        assert_eq!(recent.since(later), Some(now.plus_seconds(-OVERLAP_SECONDS)));
        recent.take_in(vec![arrived(1, now), arrived(2, now), arrived(3, now)], later);
        let (ticket, at, vector) = arrived(3, now);
        recent.add(ticket, at, vector);
        let kept: Vec<u128> = recent.kept.iter().map(|(ticket, ..)| ticket.uuid().as_u128()).collect();
        assert_eq!(kept, [1, 2, 3]);
    }
}
