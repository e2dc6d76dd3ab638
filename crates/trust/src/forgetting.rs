//! What is forgotten because its time is over: sessions, links, attempts to sign in, idempotency keys, accesses.
//! Rule: some rows at a time, each a short transaction, until nothing is left.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Kind, Run, Schedule};
use uuid::Uuid;

use crate::house::House;
use crate::nouns::WorkspaceId;
use crate::{accounts, idempotency, log, members};

/// Rows that one transaction forgets.
pub(crate) const AT_ONCE: i64 = 500;

const SIGN_INS: &str = "forget_ended_sign_ins";
const KEYS: &str = "forget_idempotency_keys";
const ACCESSES: &str = "forget_accesses";

/// When.
pub(crate) static SCHEDULES: &[Schedule] = &[
    Schedule { kind: SIGN_INS, every_seconds: 3600 },
    Schedule { kind: KEYS, every_seconds: 60 },
    Schedule { kind: ACCESSES, every_seconds: 86_400 },
];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![
        Kind { name: SIGN_INS, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_sign_ins(house))) },
        Kind {
            name: KEYS,
            tries: 3,
            run: Run::Outside(|house, _| Box::pin(until_none(house, idempotency::forget_old))),
        },
        Kind { name: ACCESSES, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_accesses(house))) },
    ]
}

async fn forget_sign_ins(house: Arc<House>) -> Result<()> {
    for forget in [accounts::forget_ended, accounts::forget_attempts, members::forget_ended_links] {
        until_none(house.clone(), forget).await?;
    }
    Ok(())
}

/// Forgets accesses that are older than is kept, workspace by workspace.
async fn forget_accesses(house: Arc<House>) -> Result<()> {
    let before = house.env.now().plus_days(-house.retention.access_log_days);
    let all = |tx: &mut Tx<'_>| tx.all("SELECT id FROM workspace", &[], |row| row.get::<WorkspaceId>(0));
    for workspace in house.db.read(Uuid::nil(), all).await? {
        let forget = move |tx: &mut Tx<'_>| log::forget_accesses(tx, workspace, before);
        while house.db.write(workspace.uuid(), forget).await? > 0 {}
    }
    Ok(())
}

/// Forgets some at a time until nothing was left.
async fn until_none(house: Arc<House>, forget: fn(&mut Tx<'_>, Time) -> Result<u64>) -> Result<()> {
    let now = house.env.now();
    while house.db.write(Uuid::nil(), move |tx| forget(tx, now)).await? > 0 {}
    Ok(())
}
