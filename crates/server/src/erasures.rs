//! Receipts of erasures in a file outside the database, so that an older backup does not bring people back.
//! Rule: a line names a workspace, a customer and a receipt by their ids, and nothing else.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use base::{Code, Error, Kind, Result};
use desk::uploads::{Blobs, Sweeper};
use people::erasure;
use people::nouns::ReceiptId;
use serde::{Deserialize, Serialize};
use trust::access::Via;
use trust::log::{Origin, SealedBatch};
use trust::nouns::{CustomerId, WorkspaceId};
use trust::{Cx, House};

/// The file in the data folder.
pub const FILE: &str = "erasures.jsonl";

static UNREADABLE: Code = Code::new(
    Kind::Unavailable,
    "erasures_file",
    "The file of erasures cannot be used.",
    "See that the data folder is writable, and that the file was not changed.",
);

/// A receipt as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    workspace_id: WorkspaceId,
    customer_id: CustomerId,
    receipt_id: ReceiptId,
}

/// What the event says; its other facts are not needed.
#[derive(Deserialize)]
struct Facts {
    customer_id: CustomerId,
    receipt_id: ReceiptId,
}

fn failed(error: impl std::fmt::Display) -> Error {
    UNREADABLE.error().caused_by(error)
}

/// Keeps the receipts among sealed events; says whether there were any.
pub fn keep(data: &Path, batch: &SealedBatch) -> bool {
    let mut any = false;
    for event in batch.events.iter().filter(|event| event.kind == "customer.erased") {
        any = true;
        if let Err(error) = append(data, batch.workspace, &event.data) {
            tracing::error!(cause = ?error, "a receipt of an erasure was not kept outside the database");
        }
    }
    any
}

/// Deletes the files of attachments that no row names any more; blocks.
pub fn sweep_blobs(house: &Arc<House>, data: &Path) -> Result<()> {
    Sweeper::new(house.clone(), Blobs::beside(&data.join("blobs"))?).sweep_now()
}

/// Takes what was erased out of the database's own files, on a thread of its own because it is slow.
pub fn scrub(house: &Arc<House>) {
    let db = house.db.clone();
    let thread = std::thread::Builder::new().name("scrub".to_owned());
    let started = thread.spawn(move || {
        if let Err(error) = db.scrub() {
            tracing::warn!(cause = ?error, "the database keeps the space of erased rows until its own clean-up");
        }
    });
    if let Err(error) = started {
        tracing::warn!(%error, "the scrubbing thread did not start");
    }
}

fn append(data: &Path, workspace: WorkspaceId, facts: &str) -> Result<()> {
    let facts: Facts = serde_json::from_str(facts).map_err(failed)?;
    let kept = Kept { workspace_id: workspace, customer_id: facts.customer_id, receipt_id: facts.receipt_id };
    let line = serde_json::to_string(&kept).map_err(failed)?;
    let mut file = std::fs::File::options().create(true).append(true).open(data.join(FILE)).map_err(failed)?;
    file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Erases again who was erased after a backup was taken; says how many.
pub fn again(house: &Arc<House>, file: &Path) -> Result<usize> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed(error)),
    };
    let mut erased = 0;
    for line in text.lines() {
        let kept: Kept = serde_json::from_str(line).map_err(failed)?;
        erased += usize::from(erase(house, &kept)?);
    }
    Ok(erased)
}

fn erase(house: &Arc<House>, kept: &Kept) -> Result<bool> {
    let cx = Cx::of_house(house, kept.workspace_id, Via::Command).with_origin(Origin::Restore);
    let (customer, receipt, workspace) = (kept.customer_id, kept.receipt_id, kept.workspace_id);
    let known = house.db.read_now(workspace.uuid(), move |tx| {
        tx.first(
            "SELECT 1 FROM erasure_receipt WHERE workspace_id = $1 AND (id = $2 OR customer_id = $3)",
            &[&workspace, &receipt, &customer],
            |_| Ok(()),
        )
    })?;
    if known.is_some() {
        return Ok(false);
    }
    match erasure::erase_now(&cx, customer) {
        // Whoever came after the backup is not in it.
        Err(error) if error.kind() == Kind::NotFound => Ok(false),
        outcome => outcome.map(|_| true),
    }
}
