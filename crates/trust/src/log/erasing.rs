//! What a person typed beside the events about them: read for an export, erased under a receipt.
//! Rule: the chain covers the salted hash alone, so that it still verifies when the words are gone.

use base::{Result, Time};
use db::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::nouns::{CustomerId, WorkspaceId};

/// The events about a customer with what was typed beside them.
pub fn details_of(tx: &mut Tx<'_>, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<Value>> {
    tx.all(
        "SELECT kind, occurred_at, data, details FROM event WHERE workspace_id = $1 AND customer_id = $2 \
         AND details IS NOT NULL ORDER BY occurred_at, subject_id, subject_seq",
        &[&workspace, &customer],
        |row| {
            let parsed = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
            Ok(json!({
                "kind": row.get::<String>(0)?, "occurred_at": row.get::<Time>(1)?,
                "data": parsed(row.get(2)?), "details": parsed(row.get(3)?),
            }))
        },
    )
}

/// Erases salt and details of some events about a customer, naming the receipt; says of how many, 0 when none is left.
pub fn erase_details(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    customer: CustomerId,
    receipt: Uuid,
    most: u64,
) -> Result<u64> {
    let most = i64::try_from(most).unwrap_or(1);
    let about = tx.exec(
        "UPDATE event SET salt = NULL, details = NULL, erased_by = $1 WHERE workspace_id = $2 \
         AND (subject_id, subject_seq) IN (SELECT subject_id, subject_seq FROM event WHERE workspace_id = $2 \
         AND customer_id = $3 AND details IS NOT NULL LIMIT $4)",
        &[&receipt, &workspace, &customer, &most],
    )?;
    match about {
        0 => forget_details(tx, workspace, customer.uuid(), receipt, most),
        some => Ok(some),
    }
}

/// Erases salt and details of some events of a subject that goes for good, naming a receipt; says of how many.
pub fn forget_details(tx: &mut Tx<'_>, workspace: WorkspaceId, subject: Uuid, receipt: Uuid, most: i64) -> Result<u64> {
    tx.exec(
        "UPDATE event SET salt = NULL, details = NULL, erased_by = $1 WHERE workspace_id = $2 AND subject_id = $3 \
         AND subject_seq IN (SELECT subject_seq FROM event WHERE workspace_id = $2 AND subject_id = $3 \
         AND details IS NOT NULL ORDER BY subject_seq LIMIT $4)",
        &[&receipt, &workspace, &subject, &most],
    )
}
