//! What the house does to tickets by itself: closing those resolved long ago, removing those deleted long ago.
//! Rule: each ticket has transactions of its own, and one that fails does not hold up the others.

use std::sync::Arc;

use base::Result;
use jobs::{Kind, Run, Schedule};
use trust::access::Via;
use trust::{Cx, House};

use super::purging::{due_to_purge, purge};
use super::status::{close_resolved, due_to_close};

const CLOSE: &str = "close_resolved_tickets";
const PURGE: &str = "purge_deleted_tickets";

/// When.
pub(crate) static SCHEDULES: &[Schedule] =
    &[Schedule { kind: CLOSE, every_seconds: 60 }, Schedule { kind: PURGE, every_seconds: 300 }];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![
        super::snoozing::kind(),
        Kind { name: CLOSE, tries: 3, run: Run::Outside(|house, _| Box::pin(close_all(house))) },
        Kind { name: PURGE, tries: 3, run: Run::Outside(|house, _| Box::pin(purge_all(house))) },
    ]
}

/// Closes what was resolved for long enough; a later run takes what is more than a run may.
async fn close_all(house: Arc<House>) -> Result<()> {
    let (now, after) = (house.env.now(), house.retention.resolved_tickets_days);
    let due = house.db.read(uuid::Uuid::nil(), move |tx| due_to_close(tx, now, after)).await?;
    let mut outcome = Ok(());
    for (workspace, id) in due {
        let cx = Cx::of_house(&house, workspace, Via::Job);
        outcome = cx.write(move |tx, cx| close_resolved(tx, cx, id)).await.and(outcome);
    }
    outcome
}

/// Removes for good what nobody can restore any more; a later run takes what is more than a run may.
async fn purge_all(house: Arc<House>) -> Result<()> {
    let (now, kept) = (house.env.now(), house.retention.deleted_tickets_days);
    let due = house.db.read(uuid::Uuid::nil(), move |tx| due_to_purge(tx, now, kept)).await?;
    let mut outcome = Ok(());
    for (workspace, id) in due {
        let cx = Cx::of_house(&house, workspace, Via::Job);
        let purged = async {
            while cx.write(move |tx, cx| purge(tx, cx, id)).await? {}
            Ok(())
        };
        outcome = purged.await.and(outcome);
    }
    outcome
}
