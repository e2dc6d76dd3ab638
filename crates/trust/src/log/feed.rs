//! Reading the log: by cursor within a reach, and a subject's own timeline.

use base::{Code, Error, Kind, Result};
use db::{Query, Tx};
use uuid::Uuid;

use super::seal::{SealedEvent, columns};
use crate::access::Reach;

/// The cursor names events that retention has removed, or that a restored backup does not have.
pub static CURSOR_EXPIRED: Code = Code::new(
    Kind::Gone,
    "cursor_expired",
    "The events after this cursor are no longer kept.",
    "Start again from the cursor in `oldest`.",
);
/// The cursor was not made by this feed.
pub static BAD_CURSOR: Code = Code::new(
    Kind::Unprocessable,
    "bad_cursor",
    "The cursor was not made by this list.",
    "Use a cursor as the list gave it, or none.",
);

/// A place in a cell's log, shown as an opaque text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventCursor {
    /// The cell.
    pub cell: i64,
    /// The number of the last event that was read.
    pub seq: i64,
}

impl EventCursor {
    /// The opaque text.
    pub fn encode(self) -> String {
        format!("{}.{:x}", self.cell, self.seq)
    }

    /// Reads a cursor of this cell.
    pub fn decode(text: &str, cell: i64) -> Result<EventCursor> {
        let (of_cell, seq) = text.split_once('.').ok_or_else(bad)?;
        let of_cell: i64 = of_cell.parse().map_err(|_| bad())?;
        let seq = i64::from_str_radix(seq, 16).map_err(|_| bad())?;
        if of_cell == cell && seq >= 0 { Ok(EventCursor { cell, seq }) } else { Err(bad()) }
    }
}

fn bad() -> Error {
    BAD_CURSOR.error()
}

/// A stretch of the log.
#[derive(Debug)]
pub struct Feed {
    /// The events within the reach.
    pub events: Vec<SealedEvent>,
    /// The number up to which was looked.
    pub upto: i64,
}

/// The last number of a cell's log, and the oldest that is kept.
pub fn latest(tx: &mut Tx<'_>, reach: &Reach, cell: i64) -> Result<(i64, i64)> {
    let found = tx.first(
        "SELECT seq, oldest FROM log_head WHERE workspace_id = $1 AND cell = $2",
        &[&reach.workspace(), &cell],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.unwrap_or((0, 1)))
}

/// Events from the oldest on within which retention may take what a reader is about to read.
const CLOSE: i64 = 10_000;

/// Up to `limit` events after `cursor` within the reach; looks at a bounded stretch of the log at a time.
pub fn since(tx: &mut Tx<'_>, reach: &Reach, cursor: EventCursor, limit: usize) -> Result<Feed> {
    let (last, oldest) = latest(tx, reach, cursor.cell)?;
    if cursor.seq > last || cursor.seq.saturating_add(1) < oldest {
        return Err(expired(cursor, oldest, last));
    }
    let stretch = last.min(cursor.seq.saturating_add(10_000));
    let mut query = Query::new(&format!("SELECT {} FROM event e WHERE e.workspace_id = ", columns()));
    query.bind(reach.workspace()).push(" AND e.cell = ").bind(cursor.cell);
    query.push(" AND e.seq > ").bind(cursor.seq).push(" AND e.seq <= ").bind(stretch);
    reach.limit(&mut query, "e");
    query.push(" ORDER BY e.seq LIMIT ").bind(i64::try_from(limit).unwrap_or(100));
    let events = tx.all_of(&query, SealedEvent::read)?;
    // What retention took between the two statements is not passed over in silence.
    if cursor.seq < oldest.saturating_add(CLOSE) {
        let oldest = latest(tx, reach, cursor.cell)?.1;
        if cursor.seq.saturating_add(1) < oldest {
            return Err(expired(cursor, oldest, last));
        }
    }
    let is_full = events.len() >= limit;
    let upto = if is_full { events.last().map_or(stretch, |event| event.seq) } else { stretch };
    Ok(Feed { events, upto })
}

/// The refusal of a cursor that is not within the log.
fn expired(cursor: EventCursor, oldest: i64, last: i64) -> Error {
    let at = |seq: i64| EventCursor { cell: cursor.cell, seq }.encode().into();
    let expired = match cursor.seq > last {
        true => CURSOR_EXPIRED.because("The log ends before this cursor: it was restored from an older backup."),
        false => CURSOR_EXPIRED.error(),
    };
    expired.with("oldest", at(oldest - 1)).with("newest", at(last))
}

/// A subject's own events after version `after`, sealed or not, in the subject's order.
pub fn of_subject(tx: &mut Tx<'_>, reach: &Reach, subject: Uuid, after: i64, limit: usize) -> Result<Vec<SealedEvent>> {
    let mut query = Query::new(&format!("SELECT {} FROM event e WHERE e.workspace_id = ", columns()));
    query.bind(reach.workspace()).push(" AND e.subject_id = ").bind(subject);
    query.push(" AND e.subject_seq > ").bind(after);
    query.push(" ORDER BY e.subject_seq LIMIT ").bind(i64::try_from(limit).unwrap_or(100));
    tx.all_of(&query, SealedEvent::read)
}

/// The events of several subjects, sealed or not, each subject's in its order: for replaying history by pages.
pub fn of_subjects(tx: &mut Tx<'_>, reach: &Reach, subjects: &[Uuid]) -> Result<Vec<SealedEvent>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(&format!("SELECT {} FROM event e WHERE e.workspace_id = ", columns()));
    query.bind(reach.workspace()).push(" AND e.subject_id IN (").bind_list(subjects).push(")");
    query.push(" ORDER BY e.subject_id, e.subject_seq");
    tx.all_of(&query, SealedEvent::read)
}
