//! Ticket numbers: unique in a workspace, handed out in blocks before the transaction, so that writers never queue for one.
//! Rule: a block that was taken is never given out again; numbers left over at a stop are gaps.

use std::collections::HashMap;

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
    blocks: Mutex<HashMap<WorkspaceId, (i64, i64)>>,
}

impl Numbers {
    /// The next number of the actor's workspace.
    pub async fn next(&self, cx: &Cx) -> Result<i64> {
        loop {
            if let Some(number) = self.take(cx.workspace()) {
                return Ok(number);
            }
            let first = cx.write(|tx, cx| reserve(tx, cx, BLOCK)).await?;
            self.put(cx.workspace(), first);
        }
    }

    fn take(&self, workspace: WorkspaceId) -> Option<i64> {
        let mut blocks = self.blocks.lock();
        let (next, end) = blocks.get_mut(&workspace)?;
        let number = (*next < *end).then_some(*next)?;
        *next += 1;
        Some(number)
    }

    /// Keeps a block unless somebody was faster; the slower one's numbers become gaps.
    fn put(&self, workspace: WorkspaceId, first: i64) {
        let mut blocks = self.blocks.lock();
        let block = blocks.entry(workspace).or_insert((0, 0));
        if block.0 >= block.1 {
            *block = (first, first + BLOCK);
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
