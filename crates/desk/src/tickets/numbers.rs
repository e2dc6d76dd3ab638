//! Ticket numbers: unique in a workspace, handed out in blocks before the transaction, so that writers never queue for one.
//! Rule: a block that was taken is never given out again; numbers left over at a stop are gaps.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use base::Result;
use db::Tx;
use parking_lot::Mutex;
use trust::Cx;
use trust::nouns::WorkspaceId;

/// Numbers taken at once.
const BLOCK: i64 = 200;

/// The blocks of this process.
#[derive(Default)]
pub struct Numbers {
    blocks: Mutex<HashMap<WorkspaceId, Arc<Block>>>,
}

/// What is left of a workspace's block.
#[derive(Default)]
struct Block {
    left: Mutex<Range<i64>>,
    /// Held by whoever fetches the next one; the others wait for it instead of fetching more.
    turn: tokio::sync::Mutex<()>,
}

impl Numbers {
    /// The next number of the actor's workspace.
    pub async fn next(&self, cx: &Cx) -> Result<i64> {
        let block = self.blocks.lock().entry(cx.workspace()).or_default().clone();
        loop {
            if let Some(number) = block.left.lock().next() {
                return Ok(number);
            }
            let _turn = block.turn.lock().await;
            if block.left.lock().is_empty() {
                let first = cx.write(|tx, cx| reserve(tx, cx, BLOCK)).await?;
                *block.left.lock() = first..first + BLOCK;
            }
        }
    }
}

/// Takes a block of numbers and gives its first.
pub fn reserve(tx: &mut Tx<'_>, cx: &Cx, count: i64) -> Result<i64> {
    let cell = i64::from(cx.cell().get());
    let after: Option<i64> = tx.first(
        "INSERT INTO number_block (workspace_id, cell, next_number) VALUES ($1, $2, 1 + $3) \
         ON CONFLICT (workspace_id, cell) DO UPDATE SET next_number = number_block.next_number + $3 \
         RETURNING next_number",
        &[&cx.workspace(), &cell, &count],
        |row| row.get(0),
    )?;
    Ok(after.unwrap_or(1 + count) - count)
}
