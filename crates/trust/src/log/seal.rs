//! Sealing: unsealed events of a cell get gapless numbers and their place in the chain, in batches.
//! Rule: events of one subject keep that subject's order, and what is folded is folded in the same transaction.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Result, Time, Value};
use db::{Query, Row, Tx};
use uuid::Uuid;

use super::chain::{COVERED, GENESIS, covered, link};
use super::event::Origin;
use crate::access::Audience;
use crate::nouns::WorkspaceId;

/// Events sealed in one go.
const BATCH: usize = 500;

/// The note a verb leaves: there is something to seal.
#[derive(Debug)]
pub struct Recorded {
    /// What somebody may do may have changed.
    pub is_about_actors: bool,
}

impl Recorded {
    pub(super) fn of(kinds: impl Iterator<Item = &'static str>) -> Recorded {
        const ACTORS: [&str; 4] = ["member.", "token.", "team.", "territory."];
        let mut kinds = kinds;
        Recorded { is_about_actors: kinds.any(|kind| ACTORS.iter().any(|actors| kind.starts_with(actors))) }
    }
}

/// Whether some events of one subject begin with its first: retention takes the oldest.
pub fn is_whole(events: &[SealedEvent]) -> bool {
    events.first().is_some_and(|first| first.subject_seq == 1)
}

/// An event with its place in the log.
#[derive(Clone, Debug)]
pub struct SealedEvent {
    /// Its number in the cell's log; 0 while it is not sealed.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// The version of `data`.
    pub version: i64,
    /// What it happened to.
    pub subject: Uuid,
    /// The subject's version after it.
    pub subject_seq: i64,
    /// When it happened.
    pub occurred_at: Time,
    /// When it was written.
    pub recorded_at: Time,
    /// Where it comes from.
    pub origin: Origin,
    /// What kind of actor did it.
    pub actor_kind: String,
    /// Who did it.
    pub actor: Option<Uuid>,
    /// For whom.
    pub on_behalf_of: Option<Uuid>,
    /// Through which door.
    pub via: String,
    /// The facts, as JSON.
    pub data: String,
    /// Who may see it.
    pub audience: Audience,
}

/// What one sealing gave, told to whoever listens.
#[derive(Clone, Debug)]
pub struct SealedBatch {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The cell.
    pub cell: i64,
    /// The events, in order.
    pub events: Arc<[SealedEvent]>,
}

/// Keeps a figure or table current from sealed events, in the sealing transaction.
pub type Fold = fn(&mut Tx<'_>, WorkspaceId, &[SealedEvent]) -> Result<()>;

/// The columns of an event as they are read, in the order of `SealedEvent::read`.
pub(super) fn columns() -> String {
    format!("COALESCE(seq, 0), {COVERED}")
}

impl SealedEvent {
    pub(super) fn read(row: &Row<'_>) -> Result<SealedEvent> {
        Ok(SealedEvent {
            seq: row.get(0)?,
            subject: row.get(1)?,
            subject_seq: row.get(2)?,
            kind: row.get(3)?,
            version: row.get(4)?,
            occurred_at: row.get(5)?,
            recorded_at: row.get(6)?,
            origin: row.get(7)?,
            actor_kind: row.get(8)?,
            actor: row.get(9)?,
            on_behalf_of: row.get(10)?,
            via: row.get(11)?,
            data: row.get(12)?,
            audience: Audience::read(row, 14)?,
        })
    }
}

struct Link {
    event: SealedEvent,
    covered: Vec<Value<'static>>,
}

/// Seals what waits in a cell and says whether more waits.
pub fn seal(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64, folds: &[Fold]) -> Result<bool> {
    // Locking the head first keeps a second sealer from reading the same events.
    let (mut seq, mut hash) = head(tx, workspace, cell)?;
    let waiting = waiting(tx, workspace, cell)?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let more = waiting.len() == BATCH;
    let mut sealed = Vec::with_capacity(waiting.len());
    let mut rows = Vec::with_capacity(waiting.len());
    for mut waits in in_subject_order(waiting) {
        seq += 1;
        hash = link(&hash, seq, waits.covered.iter());
        waits.event.seq = seq;
        rows.push(vec![
            Value::Int(seq),
            Value::Bytes(hash.to_vec().into()),
            Value::Uuid(workspace.uuid()),
            Value::Uuid(waits.event.subject),
            Value::Int(waits.event.subject_seq),
        ]);
        sealed.push(waits.event);
    }
    tx.exec_many(
        "UPDATE event SET seq = $1, hash = $2 WHERE workspace_id = $3 AND subject_id = $4 AND subject_seq = $5",
        &rows,
    )?;
    move_head(tx, workspace, cell, seq, &hash)?;
    for fold in folds {
        fold(tx, workspace, &sealed)?;
    }
    tx.tell(SealedBatch { workspace, cell, events: sealed.into() });
    Ok(more)
}

pub(super) fn move_head(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64, seq: i64, hash: &[u8; 32]) -> Result<()> {
    tx.exec(
        "UPDATE log_head SET seq = $1, hash = $2 WHERE workspace_id = $3 AND cell = $4",
        &[&seq, hash, &workspace, &cell],
    )?;
    Ok(())
}

/// The head of a cell's log, locked: on many writers only one sealer moves it at a time.
pub(super) fn head(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64) -> Result<(i64, [u8; 32])> {
    let read = |tx: &mut Tx<'_>| {
        tx.first_locked(
            "SELECT seq, hash FROM log_head WHERE workspace_id = $1 AND cell = $2",
            &[&workspace, &cell],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    };
    if let Some(head) = read(tx)? {
        return Ok(head);
    }
    tx.exec(
        "INSERT INTO log_head (workspace_id, cell, seq, hash, oldest) VALUES ($1, $2, 0, $3, 1) \
         ON CONFLICT (workspace_id, cell) DO NOTHING",
        &[&workspace, &cell, &GENESIS],
    )?;
    Ok(read(tx)?.unwrap_or((0, GENESIS)))
}

fn waiting(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64) -> Result<Vec<Link>> {
    let sql = format!(
        "SELECT {} FROM event WHERE workspace_id = $1 AND cell = $2 AND seq IS NULL \
         ORDER BY recorded_at, subject_id, subject_seq LIMIT {BATCH}",
        columns()
    );
    tx.all(&sql, &[&workspace, &cell], |row| Ok(Link { event: SealedEvent::read(row)?, covered: covered(row, 1)? }))
}

/// Puts the events of each subject into that subject's order, leaving the places of the others alone.
fn in_subject_order(mut links: Vec<Link>) -> Vec<Link> {
    let mut places: HashMap<Uuid, Vec<usize>> = HashMap::new();
    for (place, link) in links.iter().enumerate() {
        places.entry(link.event.subject).or_default().push(place);
    }
    if places.len() == links.len() {
        return links;
    }
    let mut order: Vec<(usize, i64)> = Vec::with_capacity(links.len());
    for own in places.values() {
        let mut seqs: Vec<i64> =
            own.iter().filter_map(|place| links.get(*place)).map(|link| link.event.subject_seq).collect();
        seqs.sort_unstable();
        order.extend(own.iter().copied().zip(seqs));
    }
    let target: HashMap<(Uuid, i64), usize> = order
        .iter()
        .filter_map(|(place, seq)| links.get(*place).map(|link| ((link.event.subject, *seq), *place)))
        .collect();
    links.sort_by_key(|link| target.get(&(link.event.subject, link.event.subject_seq)).copied());
    links
}

/// The workspaces with unsealed events of a cell, for the start after a crash.
pub fn unsealed_workspaces(tx: &mut Tx<'_>, cell: i64) -> Result<Vec<WorkspaceId>> {
    let workspaces: Vec<WorkspaceId> = tx.all("SELECT id FROM workspace", &[], |row| row.get(0))?;
    let mut found = Vec::new();
    for workspace in workspaces {
        if is_waiting(tx, workspace, cell)? {
            found.push(workspace);
        }
    }
    Ok(found)
}

/// How far sealing is behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lag {
    /// Events that wait, counted to 10,000.
    pub waiting: i64,
    /// The age of the oldest of those counted.
    pub seconds: i64,
}

/// How far sealing is behind in the whole house.
pub fn lag(tx: &mut Tx<'_>, now: Time) -> Result<Lag> {
    let mut found = tx.all_of(&lag_query(), |row| {
        let oldest: Option<Time> = row.get(1)?;
        let seconds = oldest.map_or(0, |oldest| now.micros_since(oldest).max(0) / 1_000_000);
        Ok(Lag { waiting: row.get(0)?, seconds })
    })?;
    Ok(found.pop().unwrap_or_default())
}

/// The query of `lag`, for running and for explaining.
pub fn lag_query() -> Query {
    Query::new(
        "SELECT COUNT(*), MIN(w.recorded_at) FROM (SELECT recorded_at FROM event WHERE seq IS NULL LIMIT 10000) w",
    )
}

/// Whether a cell has unsealed events.
pub(super) fn is_waiting(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64) -> Result<bool> {
    let waits = tx.first(
        "SELECT 1 FROM event WHERE workspace_id = $1 AND cell = $2 AND seq IS NULL LIMIT 1",
        &[&workspace, &cell],
        |_| Ok(()),
    )?;
    Ok(waits.is_some())
}
