//! What retention takes from the start of a log: without gaps, oldest first, some events at a time.
//! Rule: where the log begins is written in the transaction that takes, with the hash of the last event that went and the
//! house's signature over both, so that what is left is as checkable as it was, and a start that somebody made up shows.

use base::{Result, Time};
use db::Tx;

use super::head::HeadFile;
use crate::nouns::WorkspaceId;

/// Events that go in one transaction.
const AT_ONCE: i64 = 500;

/// Where a log begins: after this event, which went with all before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Its number.
    pub seq: i64,
    /// Its hash, over which the next one goes.
    pub hash: [u8; 32],
    /// When it went.
    pub at: Time,
    /// The house's word for it.
    pub(super) signature: Vec<u8>,
}

/// Where a cell's log begins; nothing when it is whole.
pub(super) fn cut(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64) -> Result<Option<Cut>> {
    tx.first(
        "SELECT seq, hash, at, signature FROM log_cut WHERE workspace_id = $1 AND cell = $2",
        &[&workspace, &cell],
        |row| Ok(Cut { seq: row.get(0)?, hash: row.get(1)?, at: row.get(2)?, signature: row.get(3)? }),
    )
}

/// Takes some of the oldest events of a cell that were written before a moment; says how many, 0 when none is left.
/// The newest event stays whatever its age, so that the head has what it speaks of.
pub(crate) fn forget_events(
    tx: &mut Tx<'_>,
    heads: &HeadFile,
    (workspace, cell): (WorkspaceId, i64),
    now: Time,
    before: Time,
) -> Result<u64> {
    // The lock of the head: one process at a time moves an end of the log.
    let head = tx.first_locked(
        "SELECT seq, oldest FROM log_head WHERE workspace_id = $1 AND cell = $2",
        &[&workspace, &cell],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
    )?;
    let Some((newest, oldest)) = head else { return Ok(0) };
    let rows = tx.all(
        "SELECT seq, recorded_at, hash FROM event WHERE workspace_id = $1 AND cell = $2 AND seq >= $3 ORDER BY seq LIMIT $4",
        &[&workspace, &cell, &oldest, &AT_ONCE],
        |row| Ok((row.get::<i64>(0)?, row.get::<Time>(1)?, row.get::<[u8; 32]>(2)?)),
    )?;
    let is_old = |(seq, written, _): &&(i64, Time, [u8; 32])| *written < before && *seq < newest;
    let Some((last, _, hash)) = rows.iter().take_while(is_old).last() else { return Ok(0) };
    let signature = heads.sign_cut(workspace, cell, *last, hash, now);
    tx.exec(
        "INSERT INTO log_cut (workspace_id, cell, seq, hash, at, signature) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (workspace_id, cell) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, \
         signature = excluded.signature",
        &[&workspace, &cell, last, hash, &now, &signature],
    )?;
    tx.exec(
        "UPDATE log_head SET oldest = $1 WHERE workspace_id = $2 AND cell = $3",
        &[&(last + 1), &workspace, &cell],
    )?;
    tx.exec(
        "DELETE FROM event WHERE workspace_id = $1 AND cell = $2 AND seq >= $3 AND seq <= $4",
        &[&workspace, &cell, &oldest, last],
    )
}
