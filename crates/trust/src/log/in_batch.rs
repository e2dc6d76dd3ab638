//! Sealing on the single writer: an event gets its number and its place in the chain while it is inserted, because
//! whoever inserts the next one runs after it. The head is written once, at the end of the batch.
//! Rule: a unit of work that is undone gives its numbers back, so that the log has no gaps.

use std::collections::BTreeMap;

use base::{Result, Time, Value};
use db::{Carry, Tx};

use super::chain::link;
use super::event::{NewEvent, covered};
use super::seal::{self, Fold, SealedBatch, SealedEvent};
use crate::house::Cx;
use crate::nouns::WorkspaceId;

/// The heads that the batch has moved so far.
#[derive(Default)]
struct Heads(BTreeMap<WorkspaceId, Head>);

/// A head, and how far the units that stay have moved it.
struct Head {
    cell: i64,
    seq: i64,
    hash: [u8; 32],
    events: Vec<SealedEvent>,
    /// An earlier process left events unsealed: they come first, so the end of the batch seals them all.
    is_behind: bool,
    kept: Option<(i64, [u8; 32])>,
}

impl Carry for Heads {
    fn keep(&mut self) {
        for head in self.0.values_mut() {
            head.kept = Some((head.seq, head.hash));
        }
    }

    fn undo(&mut self) {
        // A head that no unit kept was read, or made, in the one that is undone.
        self.0.retain(|_, head| head.kept.is_some());
        for head in self.0.values_mut() {
            let Some((seq, hash)) = head.kept else { continue };
            (head.seq, head.hash) = (seq, hash);
            head.events.retain(|event| event.seq <= seq);
        }
    }
}

/// The number and the hash of an event that is about to be inserted; `None` where the sealer comes later.
pub(super) fn seal(
    tx: &mut Tx<'_>,
    cx: &Cx,
    event: &NewEvent,
    recorded_at: Time,
    row: &[Value<'_>],
) -> Result<Option<[Value<'static>; 2]>> {
    let (workspace, cell) = (cx.workspace(), i64::from(cx.cell().get()));
    match tx.carried::<Heads>() {
        None => return Ok(None),
        Some(heads) if heads.0.contains_key(&workspace) => {}
        Some(_) => open(tx, workspace, cell)?,
    }
    let Some(head) = tx.carried::<Heads>().and_then(|heads| heads.0.get_mut(&workspace)) else {
        return Ok(None);
    };
    if head.is_behind {
        return Ok(None);
    }
    head.seq += 1;
    head.hash = link(&head.hash, head.seq, covered(row));
    head.events.push(sealed(cx, event, head.seq, recorded_at));
    Ok(Some([Value::Int(head.seq), Value::Bytes(head.hash.to_vec().into())]))
}

/// Reads the head of a workspace, and whether something waits before it.
fn open(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64) -> Result<()> {
    let (seq, hash) = seal::head(tx, workspace, cell)?;
    let is_behind = seal::is_waiting(tx, workspace, cell)?;
    if let Some(heads) = tx.carried::<Heads>() {
        heads.0.insert(workspace, Head { cell, seq, hash, events: Vec::new(), is_behind, kept: None });
    }
    Ok(())
}

fn sealed(cx: &Cx, event: &NewEvent, seq: i64, recorded_at: Time) -> SealedEvent {
    let (actor_kind, actor) = cx.actor.named();
    SealedEvent {
        seq,
        kind: event.kind.to_owned(),
        version: event.version,
        subject: event.subject,
        subject_seq: event.subject_seq,
        occurred_at: event.occurred_at,
        recorded_at,
        origin: cx.origin,
        actor_kind: actor_kind.to_owned(),
        actor,
        on_behalf_of: event.on_behalf_of,
        via: cx.actor.via.word().to_owned(),
        data: event.data.clone(),
        audience: event.audience,
    }
}

/// Ends a batch: writes the heads that moved, folds what was sealed, and tells of it after the commit.
pub fn end_batch(tx: &mut Tx<'_>, folds: &[Fold]) -> Result<()> {
    let Some(heads) = tx.carried::<Heads>().map(|heads| std::mem::take(&mut heads.0)) else {
        return Ok(());
    };
    for (workspace, head) in heads {
        if head.is_behind {
            while seal::seal(tx, workspace, head.cell, folds)? {}
            continue;
        }
        if head.events.is_empty() {
            continue;
        }
        seal::move_head(tx, workspace, head.cell, head.seq, &head.hash)?;
        for fold in folds {
            fold(tx, workspace, &head.events)?;
        }
        tx.tell(SealedBatch { workspace, cell: head.cell, events: head.events.into() });
    }
    Ok(())
}
