//! Forgetting notices that are older than ninety days, some at a time.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Kind, Run, Schedule};
use trust::House;
use trust::nouns::{MemberId, WorkspaceId};

use super::NotificationId;

const FORGET: &str = "forget_notifications";
const KEPT_DAYS: i64 = 90;
/// Rows of one transaction.
const AT_ONCE: i64 = 500;

/// When.
pub(crate) static SCHEDULES: &[Schedule] = &[Schedule { kind: FORGET, every_seconds: 3600 }];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: FORGET, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_all(house))) }]
}

async fn forget_all(house: Arc<House>) -> Result<()> {
    let before = house.env.now().plus_days(-KEPT_DAYS);
    while house.db.write(uuid::Uuid::nil(), move |tx| forget(tx, before)).await? {}
    Ok(())
}

/// Forgets some; says whether there may be more.
fn forget(tx: &mut Tx<'_>, before: Time) -> Result<bool> {
    let old: Vec<(WorkspaceId, MemberId, NotificationId)> = tx.all(
        "SELECT workspace_id, member_id, id FROM notification WHERE told_at < $1 ORDER BY told_at LIMIT $2",
        &[&before, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (workspace, member, id) in &old {
        tx.exec(
            "DELETE FROM notification WHERE workspace_id = $1 AND member_id = $2 AND id = $3",
            &[workspace, member, id],
        )?;
    }
    Ok(i64::try_from(old.len()).unwrap_or(0) == AT_ONCE)
}
