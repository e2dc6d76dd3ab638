//! The access log: sign-ins, denials, reads of customer data; batched within a second into a chain of its own.
//! Rule: what must be known before an answer (exports, reveals) is written with `write_now`.

use std::collections::HashMap;

use base::{Env, Result, Time};
use db::{Db, Tx};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::{Actor, Via, Who};
use crate::nouns::WorkspaceId;

/// Entries that may wait; beyond that the oldest reads are counted, not kept.
const WAITING: usize = 20_000;
/// Of those, entries of nobody in particular: whoever hammers at a door does not fill the log.
const WAITING_OF_NOBODY: usize = 200;
/// Entries written in one transaction.
const AT_ONCE: usize = 500;
/// Entries that are checked, and forgotten, in one transaction.
const WALKED_AT_ONCE: i64 = 2000;
const AT_ONCE_FORGOTTEN: i64 = 500;
/// How long one reader's reads of one thing are one entry.
const ONE_READ: i64 = 10 * 60 * 1_000_000;
/// Reads that are remembered for it; beyond that all of them are forgotten, and written once more.
const REMEMBERED: usize = 50_000;
/// Who was refused before anybody was known.
const NOBODY: &str = "nobody";

base::words! {
    /// How an access ended.
    pub enum Outcome {
        /// It was allowed.
        Allowed = "allowed",
        /// It was refused.
        Denied = "denied",
    }
}

/// One access.
#[derive(Clone, Debug)]
struct Entry {
    workspace: WorkspaceId,
    at: Time,
    actor_kind: &'static str,
    actor: Option<Uuid>,
    action: &'static str,
    object: Option<Uuid>,
    outcome: Outcome,
    via: &'static str,
}

/// Who read what.
type Reading = (WorkspaceId, Option<Uuid>, &'static str, Option<Uuid>);

/// Entries on their way to the database.
pub struct AccessLog {
    env: Env,
    waiting: Mutex<Vec<Entry>>,
    lately: Mutex<HashMap<Reading, Time>>,
}

impl AccessLog {
    /// An empty log.
    pub fn new(env: Env) -> AccessLog {
        AccessLog { env, waiting: Mutex::default(), lately: Mutex::default() }
    }

    /// Notes an access; it is on disk within a second.
    pub fn note(&self, actor: &Actor, action: &'static str, object: Option<Uuid>, outcome: Outcome) {
        let mut waiting = self.waiting.lock();
        if waiting.len() < WAITING {
            waiting.push(self.entry(actor, action, object, outcome));
        }
    }

    /// Notes that staff or a token read something of a customer; again within ten minutes is the same reading.
    pub fn read(&self, actor: &Actor, action: &'static str, object: Option<Uuid>) {
        if !matches!(actor.who, Who::Member(_) | Who::Token(_)) {
            return;
        }
        let now = self.env.now();
        let reading = (actor.workspace, actor.named().1, action, object);
        let mut lately = self.lately.lock();
        if lately.len() >= REMEMBERED {
            lately.clear();
        }
        let before = lately.insert(reading, now);
        if before.is_none_or(|before| now.micros_since(before) >= ONE_READ) {
            self.note(actor, action, object, Outcome::Allowed);
        } else if let Some(before) = before {
            lately.insert(reading, before);
        }
    }

    /// Notes that somebody was refused before it was known who they are; of a flood only the first in a second are kept.
    pub fn refused(&self, workspace: WorkspaceId, via: Via, action: &'static str, object: Option<Uuid>) {
        let mut waiting = self.waiting.lock();
        let of_nobody =
            waiting.iter().filter(|entry| entry.actor_kind == NOBODY && entry.workspace == workspace).count();
        if of_nobody >= WAITING_OF_NOBODY || waiting.len() >= WAITING {
            return;
        }
        waiting.push(Entry {
            workspace,
            at: self.env.now(),
            actor_kind: NOBODY,
            actor: None,
            action,
            object,
            outcome: Outcome::Denied,
            via: via.word(),
        });
    }

    /// Writes an access in the caller's transaction, before its answer.
    pub fn write_now(&self, tx: &mut Tx<'_>, actor: &Actor, action: &'static str, object: Option<Uuid>) -> Result<()> {
        append(tx, actor.workspace, &[self.entry(actor, action, object, Outcome::Allowed)])
    }

    fn entry(&self, actor: &Actor, action: &'static str, object: Option<Uuid>, outcome: Outcome) -> Entry {
        let (actor_kind, actor_id) = actor.named();
        Entry {
            workspace: actor.workspace,
            at: self.env.now(),
            actor_kind,
            actor: actor_id,
            action,
            object,
            outcome,
            via: actor.via.word(),
        }
    }

    /// Writes what waits; called every second and at shutdown. What could not be written waits for the next time.
    pub async fn flush(&self, db: &Db) -> Result<()> {
        let mut taken = std::mem::take(&mut *self.waiting.lock());
        taken.sort_by_key(|entry| entry.workspace);
        let mut rest: Vec<Vec<Entry>> = taken
            .chunk_by(|a, b| a.workspace == b.workspace)
            .flat_map(|own| own.chunks(AT_ONCE))
            .map(<[Entry]>::to_vec)
            .collect();
        // Taken from the end, so that each workspace's entries are written in their order.
        rest.reverse();
        while let Some(group) = rest.pop() {
            let Some(workspace) = group.first().map(|entry| entry.workspace) else {
                continue;
            };
            let entries = group.clone();
            let written = db.write(workspace.uuid(), move |tx| append(tx, workspace, &entries)).await;
            if let Err(error) = written {
                let mut waiting = self.waiting.lock();
                waiting.extend(group);
                waiting.extend(rest.into_iter().flatten());
                return Err(error);
            }
        }
        Ok(())
    }
}

fn append(tx: &mut Tx<'_>, workspace: WorkspaceId, entries: &[Entry]) -> Result<()> {
    tx.exec(
        "INSERT INTO access_head (workspace_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (workspace_id) DO NOTHING",
        &[&workspace, &[0_u8; 32]],
    )?;
    let head = tx.first_locked("SELECT seq, hash FROM access_head WHERE workspace_id = $1", &[&workspace], |row| {
        Ok((row.get::<i64>(0)?, row.get::<[u8; 32]>(1)?))
    })?;
    let (mut seq, mut hash) = head.unwrap_or((0, [0; 32]));
    for entry in entries {
        seq += 1;
        let said = Said {
            at: entry.at,
            actor_kind: entry.actor_kind,
            actor: entry.actor,
            action: entry.action,
            object: entry.object,
            outcome: entry.outcome,
            via: entry.via,
        };
        hash = link(&hash, seq, &said);
        tx.exec(
            "INSERT INTO access_log (workspace_id, seq, at, actor_kind, actor_id, action, object_id, outcome, via, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                &workspace, &seq, &entry.at, &entry.actor_kind, &entry.actor, &entry.action, &entry.object,
                &entry.outcome, &entry.via, &hash,
            ],
        )?;
    }
    tx.exec("UPDATE access_head SET seq = $1, hash = $2 WHERE workspace_id = $3", &[&seq, &hash, &workspace])?;
    Ok(())
}

/// What an entry says, as its link covers it.
struct Said<'e> {
    at: Time,
    actor_kind: &'e str,
    actor: Option<Uuid>,
    action: &'e str,
    object: Option<Uuid>,
    outcome: Outcome,
    via: &'e str,
}

fn link(before: &[u8; 32], seq: i64, said: &Said<'_>) -> [u8; 32] {
    let text = format!(
        "{seq}|{}|{}|{:?}|{}|{:?}|{}|{}",
        said.at.micros(),
        said.actor_kind,
        said.actor,
        said.action,
        said.object,
        said.outcome,
        said.via
    );
    Sha256::new().chain_update(before).chain_update(text).finalize().into()
}

/// How far a walk along the chain has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walked {
    /// The last entry that holds, with its hash.
    last: Option<(i64, [u8; 32])>,
    /// The first that does not: changed, or not there.
    pub broken: Option<i64>,
}

/// Walks one page on; says whether there is more. What is older than is kept is gone, so the first entry there is begins
/// the chain; the last one is what the head says.
pub fn walk_accesses(tx: &mut Tx<'_>, workspace: WorkspaceId, walked: &mut Walked) -> Result<bool> {
    let after = walked.last.map_or(0, |(seq, _)| seq);
    let rows = tx.all(
        "SELECT seq, at, actor_kind, actor_id, action, object_id, outcome, via, hash FROM access_log \
         WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        &[&workspace, &after, &WALKED_AT_ONCE],
        |row| {
            let seq: i64 = row.get(0)?;
            let before = walked.last;
            let (kind, action, via): (String, String, String) = (row.get(2)?, row.get(4)?, row.get(7)?);
            let said = Said {
                at: row.get(1)?,
                actor_kind: &kind,
                actor: row.get(3)?,
                action: &action,
                object: row.get(5)?,
                outcome: row.get(6)?,
                via: &via,
            };
            let hash: [u8; 32] = row.get(8)?;
            let holds = before.is_none_or(|(last, before)| seq == last + 1 && link(&before, seq, &said) == hash);
            if !holds && walked.broken.is_none() {
                walked.broken = Some(before.map_or(seq, |(last, _)| last + 1));
            }
            walked.last = Some((seq, hash));
            Ok(())
        },
    )?;
    if walked.broken.is_some() {
        return Ok(false);
    }
    if i64::try_from(rows.len()).unwrap_or(0) == WALKED_AT_ONCE {
        return Ok(true);
    }
    let head = tx.first("SELECT seq, hash FROM access_head WHERE workspace_id = $1", &[&workspace], |row| {
        Ok((row.get::<i64>(0)?, row.get::<[u8; 32]>(1)?))
    })?;
    match (head, walked.last) {
        // Written while this walked.
        (Some((seq, _)), Some((last, _))) if seq > last && !rows.is_empty() => return Ok(true),
        (Some((seq, hash)), last) if seq > 0 && last != Some((seq, hash)) => {
            walked.broken = Some(last.map_or(seq, |(last, _)| last.min(seq)));
        }
        _ => {}
    }
    Ok(false)
}

/// Forgets some of the oldest entries of a workspace that are older than is kept; says how many.
pub(crate) fn forget_accesses(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Time) -> Result<u64> {
    let oldest: Vec<(i64, Time)> = tx.all(
        "SELECT seq, at FROM access_log WHERE workspace_id = $1 ORDER BY seq LIMIT $2",
        &[&workspace, &AT_ONCE_FORGOTTEN],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    // The newest entry stays, so that the head has what it speaks of.
    let head =
        tx.first("SELECT seq FROM access_head WHERE workspace_id = $1", &[&workspace], |row| row.get::<i64>(0))?;
    let is_old = |(seq, at): &&(i64, Time)| *at < before && Some(*seq) != head;
    let Some((last, _)) = oldest.iter().take_while(is_old).last() else { return Ok(0) };
    tx.exec("DELETE FROM access_log WHERE workspace_id = $1 AND seq <= $2", &[&workspace, last])
}
