//! Checking the log: the chain is walked again, and compared with the heads signed outside the database.
//! Rule: it only reads, so it runs beside a server; it names the first thing that is wrong.

use std::sync::Arc;

use base::{Result, Time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use trust::House;
use trust::log::{Finding, Verified, Walked, verify, walk_accesses};
use trust::nouns::WorkspaceId;
use uuid::Uuid;

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A row of the chain.
    Chain(Finding),
    /// The log ends before an event whose head was signed.
    Truncated {
        /// The last event there is.
        last: i64,
        /// The event that was there.
        signed: i64,
        /// When its head was signed.
        at: Time,
    },
    /// The event with this number is not the one whose head was signed.
    Rewritten(i64),
    /// The log begins after this event, and the house's word for it does not hold.
    BadStart(i64),
    /// So many lines of the file of signed heads do not hold.
    BadHeads(usize),
    /// An entry of the access log was changed, or is not there.
    Access(i64),
}

/// What a check found in one workspace.
#[derive(Clone, Debug)]
pub struct Report {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Links walked.
    pub links: i64,
    /// The last event that retention took; 0 when the log is whole.
    pub taken: i64,
    /// Events whose details were erased with a receipt.
    pub erased: i64,
    /// Signed heads compared.
    pub heads: usize,
    /// The first fault.
    pub fault: Option<Fault>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Chain(Finding::Broken(seq)) => {
                write!(f, "event {seq} is not what was sealed: its row was changed")
            }
            Fault::Chain(Finding::Missing(seq)) => write!(f, "event {seq} is missing"),
            Fault::Chain(Finding::DetailsChanged(seq)) => {
                write!(f, "the details of event {seq} were changed")
            }
            Fault::Chain(Finding::DetailsGone(seq)) => {
                write!(f, "the details of event {seq} are gone, and no receipt says why")
            }
            Fault::Truncated { last, signed, at } => {
                write!(f, "the log ends at event {last}, but event {signed} was signed at {at}")
            }
            Fault::Rewritten(seq) => {
                write!(f, "event {seq} is not the one whose head was signed")
            }
            Fault::BadStart(seq) => {
                write!(f, "events up to {seq} are gone, and no signature of this house says that retention took them")
            }
            Fault::BadHeads(count) => {
                write!(f, "{count} lines of the file of signed heads do not hold")
            }
            Fault::Access(seq) => write!(f, "entry {seq} of the access log is not what was written, or is missing"),
        }
    }
}

/// Every workspace there is.
pub fn workspaces(house: &House) -> Result<Vec<WorkspaceId>> {
    house.db.read_now(Uuid::nil(), |tx| tx.all("SELECT id FROM workspace ORDER BY id", &[], |row| row.get(0)))
}

/// Walks the log of one workspace; blocks.
pub fn check(house: &House, workspace: WorkspaceId) -> Result<Report> {
    let (heads, bad) = house.heads.read(workspace)?;
    let mut wanted: Vec<i64> = heads.iter().map(|head| head.seq).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let walked = walk(house, workspace, wanted.into())?;
    let chain = walked.finding.clone().map(Fault::Chain);
    let truncated = heads.iter().find(|head| head.seq > walked.links);
    let truncated = truncated.map(|head| Fault::Truncated { last: walked.links, signed: head.seq, at: head.at });
    let rewritten = heads.iter().find(|head| {
        let place = walked.at.binary_search_by_key(&head.seq, |(seq, _)| *seq);
        let now = place.ok().and_then(|place| walked.at.get(place));
        now.is_some_and(|(_, hash)| STANDARD.encode(hash) != head.hash)
    });
    let cell = i64::from(house.cell.get());
    let made_up = walked.cut.as_ref().filter(|cut| !house.heads.holds_cut(workspace, cell, cut));
    let fault = chain
        .or(made_up.map(|cut| Fault::BadStart(cut.seq)))
        .or(truncated)
        .or(rewritten.map(|head| Fault::Rewritten(head.seq)))
        .or((bad > 0).then_some(Fault::BadHeads(bad)))
        .or(broken_access(house, workspace)?.map(Fault::Access));
    let taken = walked.cut.as_ref().map_or(0, |cut| cut.seq);
    Ok(Report { workspace, links: walked.links - taken, taken, erased: walked.erased, heads: heads.len(), fault })
}

/// Page by page, so that a long log does not hold a database thread.
fn walk(house: &House, workspace: WorkspaceId, wanted: Arc<[i64]>) -> Result<Verified> {
    let cell = i64::from(house.cell.get());
    let mut walked = Verified::default();
    // Kept beside the walk: years of signed heads are not copied at every page.
    let mut at = Vec::new();
    loop {
        let (before, wanted) = (walked.clone(), wanted.clone());
        let (after, more) = house.db.read_now(workspace.uuid(), move |tx| {
            let mut so_far = before.clone();
            let more = verify(tx, workspace, cell, &mut so_far, &wanted)?;
            Ok((so_far, more))
        })?;
        walked = after;
        at.append(&mut walked.at);
        if !more {
            return Ok(Verified { at, ..walked });
        }
    }
}

/// The first entry of the access log that does not hold.
fn broken_access(house: &House, workspace: WorkspaceId) -> Result<Option<i64>> {
    let mut walked = Walked::default();
    loop {
        let before = walked;
        let (after, more) = house.db.read_now(workspace.uuid(), move |tx| {
            let mut walked = before;
            let more = walk_accesses(tx, workspace, &mut walked)?;
            Ok((walked, more))
        })?;
        walked = after;
        if !more {
            return Ok(walked.broken);
        }
    }
}
