//! The access log: sign-ins, denials, reads of customer data; batched within a second into a chain of its own.
//! Rule: what must be known before an answer (exports, reveals) is written with `write_now`.

use base::{Env, Result, Time};
use db::{Db, Tx};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::{Actor, Via};
use crate::nouns::WorkspaceId;

/// Entries that may wait; beyond that the oldest reads are counted, not kept.
const WAITING: usize = 20_000;
/// Of those, entries of nobody in particular: whoever hammers at a door does not fill the log.
const WAITING_OF_NOBODY: usize = 200;
/// Entries written in one transaction.
const AT_ONCE: usize = 500;
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

/// Entries on their way to the database.
pub struct AccessLog {
    env: Env,
    waiting: Mutex<Vec<Entry>>,
}

impl AccessLog {
    /// An empty log.
    pub fn new(env: Env) -> AccessLog {
        AccessLog { env, waiting: Mutex::default() }
    }

    /// Notes an access; it is on disk within a second.
    pub fn note(&self, actor: &Actor, action: &'static str, object: Option<Uuid>, outcome: Outcome) {
        let mut waiting = self.waiting.lock();
        if waiting.len() < WAITING {
            waiting.push(self.entry(actor, action, object, outcome));
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
        hash = link(&hash, seq, entry);
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

fn link(before: &[u8; 32], seq: i64, entry: &Entry) -> [u8; 32] {
    let text = format!(
        "{seq}|{}|{}|{:?}|{}|{:?}|{}|{}",
        entry.at.micros(),
        entry.actor_kind,
        entry.actor,
        entry.action,
        entry.object,
        entry.outcome,
        entry.via
    );
    Sha256::new().chain_update(before).chain_update(text).finalize().into()
}
