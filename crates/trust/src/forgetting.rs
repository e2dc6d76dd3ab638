//! What is forgotten because its time is over: sessions, links, attempts to sign in, idempotency keys, accesses, events.
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
const EVENTS: &str = "forget_events";

/// When.
pub(crate) static SCHEDULES: &[Schedule] = &[
    Schedule { kind: SIGN_INS, every_seconds: 3600 },
    Schedule { kind: KEYS, every_seconds: 60 },
    Schedule { kind: ACCESSES, every_seconds: 86_400 },
    Schedule { kind: EVENTS, every_seconds: 86_400 },
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
        Kind { name: EVENTS, tries: 3, run: Run::Outside(|house, _| Box::pin(forget_events(house))) },
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
    for workspace in workspaces(&house).await? {
        let forget = move |tx: &mut Tx<'_>| log::forget_accesses(tx, workspace, before);
        while house.db.write(workspace.uuid(), forget).await? > 0 {}
    }
    Ok(())
}

/// Forgets events that are older than is kept, workspace by workspace; nothing where they are kept for ever.
async fn forget_events(house: Arc<House>) -> Result<()> {
    if house.retention.events_days == 0 {
        return Ok(());
    }
    let now = house.env.now();
    let before = now.plus_days(-house.retention.events_days);
    let cell = i64::from(house.cell.get());
    for workspace in workspaces(&house).await? {
        loop {
            let own = house.clone();
            let forget = move |tx: &mut Tx<'_>| log::forget_events(tx, &own.heads, (workspace, cell), now, before);
            if house.db.write(workspace.uuid(), forget).await? == 0 {
                break;
            }
        }
    }
    Ok(())
}

async fn workspaces(house: &House) -> Result<Vec<WorkspaceId>> {
    let all = |tx: &mut Tx<'_>| tx.all("SELECT id FROM workspace", &[], |row| row.get::<WorkspaceId>(0));
    house.db.read(Uuid::nil(), all).await
}

/// Forgets some at a time until nothing was left.
async fn until_none(house: Arc<House>, forget: fn(&mut Tx<'_>, Time) -> Result<u64>) -> Result<()> {
    let now = house.env.now();
    while house.db.write(Uuid::nil(), move |tx| forget(tx, now)).await? > 0 {}
    Ok(())
}
