//! Walking the chain: every link is computed again, beside a running server.

use base::Result;
use db::Tx;
use uuid::Uuid;

use super::chain::{COVERED, COVERED_WIDTH, GENESIS, covered, link};
use super::cutting::{Cut, cut};
use super::event::hash_details;
use crate::nouns::WorkspaceId;

/// Links looked at in one statement.
const PAGE: i64 = 2000;

/// The first thing that is wrong in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The event with this number was changed, or the one before it.
    Broken(i64),
    /// The event with this number is missing.
    Missing(i64),
    /// The details of this event were changed.
    DetailsChanged(i64),
    /// The details of this event are gone without a receipt.
    DetailsGone(i64),
}

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The number of the last link that was walked.
    pub links: i64,
    /// Where the log begins, when retention took what came before.
    pub cut: Option<Cut>,
    /// The last hash.
    pub head: Vec<u8>,
    /// How many events had their details erased by a receipt.
    pub erased: i64,
    /// The first broken link.
    pub finding: Option<Finding>,
    /// Hashes at the numbers that were asked for, in their order.
    pub at: Vec<(i64, Vec<u8>)>,
}

/// Walks one page of a cell's log, going on from `so_far`; says whether there is more. `wanted` is in ascending order.
pub fn verify(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    cell: i64,
    so_far: &mut Verified,
    wanted: &[i64],
) -> Result<bool> {
    let sql = format!(
        "SELECT seq, {COVERED}, hash, salt, details, erased_by FROM event WHERE workspace_id = $1 AND cell = $2 \
         AND seq > $3 ORDER BY seq LIMIT {PAGE}"
    );
    if so_far.head.is_empty() {
        so_far.head = GENESIS.to_vec();
    }
    begin_after_cut(tx, workspace, cell, so_far, wanted)?;
    let mut walked = 0;
    let from = so_far.links;
    tx.each(&sql, &[&workspace, &cell, &from], |row| {
        walked += 1;
        let seq: i64 = row.get(0)?;
        let expected = so_far.links + 1;
        if seq != expected {
            so_far.finding = Some(Finding::Missing(expected));
            return Ok(false);
        }
        let hash = link(&so_far.head, seq, covered(row, 1)?.iter()).to_vec();
        let after = 1 + COVERED_WIDTH;
        if row.get::<Option<Vec<u8>>>(after)?.as_ref() != Some(&hash) {
            so_far.finding = Some(Finding::Broken(seq));
            return Ok(false);
        }
        so_far.finding = details(row, seq, after + 1, &mut so_far.erased)?;
        so_far.links = seq;
        so_far.head = hash;
        if wanted.binary_search(&seq).is_ok() {
            so_far.at.push((seq, so_far.head.clone()));
        }
        Ok(so_far.finding.is_none())
    })?;
    if let Some(Finding::Missing(missing)) = so_far.finding
        && missing == so_far.links + 1
        && is_cut_beyond(tx, workspace, cell, so_far)?
    {
        // Retention took it while this walked: what is left begins later.
        so_far.finding = None;
        return Ok(true);
    }
    if so_far.finding.is_none() && walked < PAGE {
        let last: Option<i64> =
            tx.first("SELECT seq FROM log_head WHERE workspace_id = $1 AND cell = $2", &[&workspace, &cell], |row| {
                row.get(0)
            })?;
        if last.is_some_and(|last| last > so_far.links) && walked == 0 && !is_cut_beyond(tx, workspace, cell, so_far)? {
            so_far.finding = Some(Finding::Missing(so_far.links + 1));
        }
        return Ok(last.is_some_and(|last| last > so_far.links) && so_far.finding.is_none());
    }
    Ok(so_far.finding.is_none())
}

/// Whether retention took more than was walked, since this page began.
fn is_cut_beyond(tx: &mut Tx<'_>, workspace: WorkspaceId, cell: i64, so_far: &Verified) -> Result<bool> {
    Ok(cut(tx, workspace, cell)?.is_some_and(|cut| cut.seq > so_far.links))
}

/// Goes on after what retention took, when the walk has not come as far.
fn begin_after_cut(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    cell: i64,
    so_far: &mut Verified,
    wanted: &[i64],
) -> Result<()> {
    let Some(cut) = cut(tx, workspace, cell)?.filter(|cut| cut.seq > so_far.links) else { return Ok(()) };
    so_far.links = cut.seq;
    so_far.head = cut.hash.to_vec();
    if wanted.binary_search(&cut.seq).is_ok() {
        so_far.at.push((cut.seq, so_far.head.clone()));
    }
    so_far.cut = Some(cut);
    Ok(())
}

fn details(row: &db::Row<'_>, seq: i64, first: usize, erased: &mut i64) -> Result<Option<Finding>> {
    let known: Option<Vec<u8>> = row.get(1 + 12)?;
    let salt: Option<Vec<u8>> = row.get(first)?;
    let text: Option<String> = row.get(first + 1)?;
    let receipt: Option<Uuid> = row.get(first + 2)?;
    let Some(known) = known else {
        return Ok(text.map(|_| Finding::DetailsChanged(seq)));
    };
    match (salt, text, receipt) {
        (Some(salt), Some(text), _) if hash_details(&salt, &text).as_slice() == known => Ok(None),
        (_, Some(_), _) => Ok(Some(Finding::DetailsChanged(seq))),
        (_, None, Some(_)) => {
            *erased += 1;
            Ok(None)
        }
        (_, None, None) => Ok(Some(Finding::DetailsGone(seq))),
    }
}
