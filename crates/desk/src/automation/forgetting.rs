//! Forgetting what rules did more than 400 days ago, some at a time.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Kind, Run, Schedule};
use trust::House;
use trust::nouns::{TicketId, WorkspaceId};

use super::RuleId;

const FORGET: &str = "forget_rule_runs";
const KEPT_DAYS: i64 = 400;
/// Rows of one transaction.
const AT_ONCE: i64 = 500;

/// When.
pub(super) static SCHEDULES: &[Schedule] = &[Schedule { kind: FORGET, every_seconds: 3600 }];

/// What.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: FORGET, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_all(house))) }
}

async fn forget_all(house: Arc<House>) -> Result<()> {
    let before = house.env.now().plus_days(-KEPT_DAYS);
    while house.db.write(uuid::Uuid::nil(), move |tx| forget(tx, before)).await? {}
    Ok(())
}

/// Forgets some; says whether there may be more.
fn forget(tx: &mut Tx<'_>, before: Time) -> Result<bool> {
    let old: Vec<(WorkspaceId, RuleId, TicketId, i64)> = tx.all(
        "SELECT workspace_id, rule_id, ticket_id, root_seq FROM automation_run WHERE ran_at < $1 ORDER BY ran_at LIMIT $2",
        &[&before, &AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    for (workspace, rule, ticket, root) in &old {
        tx.exec(
            "DELETE FROM automation_run WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3 AND root_seq = $4",
            &[workspace, rule, ticket, root],
        )?;
    }
    Ok(i64::try_from(old.len()).unwrap_or(0) == AT_ONCE)
}
