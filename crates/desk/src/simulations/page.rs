//! Tickets opened in a stretch of time, in that order, with their events: two queries a page.

use std::collections::HashMap;

use base::{Result, Time};
use db::{Query, Tx};
use trust::access::Reach;
use trust::log::{SealedEvent, of_subjects};
use trust::nouns::TicketId;

/// Tickets of one page.
pub(super) const PAGE: usize = 250;

/// One ticket's history.
pub(super) struct History {
    pub(super) ticket: TicketId,
    pub(super) number: i64,
    pub(super) opened_at: Time,
    pub(super) events: Vec<SealedEvent>,
}

impl History {
    /// Whether it begins with the first event: retention takes the oldest.
    pub(super) fn is_whole(&self) -> bool {
        trust::log::is_whole(&self.events)
    }
}

/// The tickets opened from an instant until before another, after a place: the index of all tickets in their order.
pub(super) fn query(reach: &Reach, from: Time, to: Time, after: Option<(i64, uuid::Uuid)>) -> Query {
    let mut query = Query::new("SELECT t.id, t.number, t.opened_at FROM ticket t WHERE t.workspace_id = ");
    query.bind(reach.workspace()).push(" AND t.deleted_at IS NULL AND t.opened_at < ").bind(to);
    let (key, id) = after.unwrap_or((from.micros(), uuid::Uuid::nil()));
    query.push(" AND (t.opened_at, t.id) > (").bind(key).push(", ").bind(id).push(")");
    query.push(" ORDER BY t.opened_at, t.id LIMIT ").bind(i64::try_from(PAGE).unwrap_or(1));
    query
}

/// How many there are.
pub(super) fn count(tx: &mut Tx<'_>, reach: &Reach, from: Time, to: Time) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM ticket t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND t.opened_at >= $2 \
        AND t.opened_at < $3";
    Ok(tx.first(sql, &[&reach.workspace(), &from, &to], |row| row.get(0))?.unwrap_or(0))
}

/// A page of histories.
pub(super) fn histories(
    tx: &mut Tx<'_>,
    reach: &Reach,
    from: Time,
    to: Time,
    after: Option<(i64, uuid::Uuid)>,
) -> Result<Vec<History>> {
    let tickets = tx.all_of(&query(reach, from, to, after), |row| {
        Ok((row.get::<TicketId>(0)?, row.get::<i64>(1)?, row.get::<Time>(2)?))
    })?;
    let ids: Vec<uuid::Uuid> = tickets.iter().map(|(id, _, _)| id.uuid()).collect();
    let mut events: HashMap<uuid::Uuid, Vec<SealedEvent>> = HashMap::with_capacity(ids.len());
    for event in of_subjects(tx, reach, &ids)? {
        events.entry(event.subject).or_default().push(event);
    }
    let history = |(ticket, number, opened_at): (TicketId, i64, Time)| {
        let events = events.remove(&ticket.uuid()).unwrap_or_default();
        History { ticket, number, opened_at, events }
    };
    Ok(tickets.into_iter().map(history).collect())
}
