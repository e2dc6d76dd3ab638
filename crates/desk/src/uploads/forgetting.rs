//! Forgetting uploads: those nobody attached, and those of an erased person.
//! Rule: rows go in the transaction, files after the commit, and only when no other row names the same bytes.

use std::sync::Arc;

use base::{Result, Time};
use db::{Query, Row, Tx};
use jobs::{Kind, Run, Schedule};
use trust::nouns::{CustomerId, TicketId};
use trust::{Cx, House};

use super::blobs::BlobKey;
use crate::tickets::MessageId;

/// Seconds an upload may wait to be attached.
const UNUSED_SECONDS: i64 = 24 * 3600;
/// Uploads forgotten in one transaction.
const AT_ONCE: i64 = 200;

/// Blobs that lost a row, told after the commit; whoever hears it asks whether another row names them.
pub struct Unreferenced(pub(crate) Vec<BlobKey>);

const FORGET: &str = "forget_unused_uploads";

/// When.
pub(crate) static SCHEDULES: &[Schedule] = &[Schedule { kind: FORGET, every_seconds: 3600 }];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: FORGET, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_all_unused(house))) }]
}

/// Forgets uploads that nobody attached within a day; their blobs follow.
async fn forget_all_unused(house: Arc<House>) -> Result<()> {
    let before = house.env.now().plus_seconds(-UNUSED_SECONDS);
    while house.db.write(uuid::Uuid::nil(), move |tx| forget_unused(tx, before)).await? > 0 {}
    Ok(())
}

/// Forgets uploads that were never attached and were sent before a moment, some at a time; says how many.
fn forget_unused(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    // Across workspaces on purpose: a schedule of the house.
    let keys = tx.all(
        "DELETE FROM upload WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM upload \
         WHERE message_id IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2) AND message_id IS NULL \
         RETURNING workspace_id, sha256",
        &[&before, &AT_ONCE],
        key,
    )?;
    Ok(tell(tx, keys))
}

/// Forgets what hangs on messages that go for good.
pub(crate) fn forget_of_messages(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, messages: &[MessageId]) -> Result<u64> {
    let mut query = Query::new("DELETE FROM upload WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND ticket_id = ").bind(ticket);
    query.push(" AND message_id IN (").bind_list(messages.iter()).push(") RETURNING workspace_id, sha256");
    let keys = tx.all_of(&query, key)?;
    Ok(tell(tx, keys))
}

/// Forgets some of what a customer sent, attached or not; says how many.
pub(crate) fn forget_sent_by(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<u64> {
    let keys = tx.all(
        "DELETE FROM upload WHERE workspace_id = $1 AND id IN (SELECT id FROM upload WHERE workspace_id = $1 \
         AND owner_id = $2 AND owner_kind = 'customer' LIMIT $3) RETURNING workspace_id, sha256",
        &[&cx.workspace(), &customer, &AT_ONCE],
        key,
    )?;
    Ok(tell(tx, keys))
}

fn key(row: &Row<'_>) -> Result<BlobKey> {
    Ok(BlobKey { workspace: row.get(0)?, sha256: row.get(1)? })
}

fn tell(tx: &mut Tx<'_>, keys: Vec<BlobKey>) -> u64 {
    let count = keys.len() as u64;
    if count > 0 {
        tx.tell(Unreferenced(keys));
    }
    count
}

/// Whether a row names a blob.
pub(crate) fn is_named(tx: &mut Tx<'_>, blob: BlobKey) -> Result<bool> {
    let named = tx.first(
        "SELECT 1 FROM upload WHERE workspace_id = $1 AND sha256 = $2 LIMIT 1",
        &[&blob.workspace, &blob.sha256],
        |_| Ok(()),
    )?;
    Ok(named.is_some())
}
