//! Vectors nobody uses any more are forgotten: those of words that were changed, taken back or deleted.
//! Rule: a vector that is forgotten too early is only made again; one that describes deleted words must not stay.

use std::collections::HashSet;
use std::sync::Arc;

use base::Result;
use db::{Query, Tx};
use jobs::{Job, Run, Schedule};
use trust::access::Via;
use trust::nouns::WorkspaceId;
use trust::{Cx, House};
use uuid::Uuid;

use super::indexer::index_problem;
use super::meaning::{published_after, texts_of};
use crate::articles::{Sight, live_all};
use crate::nouns::ArticleId;

/// Vectors looked at, and deleted, in one go.
const PAGE: i64 = 500;

/// Once a day what no published article is made of goes.
pub(crate) static FORGET: (jobs::Kind<Arc<House>>, Schedule) = (
    jobs::Kind { name: "knowledge.forget_vectors", tries: 3, run: Run::Outside(everywhere) },
    Schedule { kind: "knowledge.forget_vectors", every_seconds: 86_400 },
);

/// What names the text a vector was made of.
type Key = [u8; 32];

fn everywhere(house: Arc<House>, _: Job) -> crate::Running {
    Box::pin(async move {
        let workspaces: Vec<WorkspaceId> = house.db.read(Uuid::nil(), with_vectors).await?;
        for workspace in workspaces {
            forget_unused(&Cx::of_house(&house, workspace, Via::Job)).await?;
        }
        Ok(())
    })
}

/// Forgets the vectors of a workspace that belong to no published words.
pub async fn forget_unused(cx: &Cx) -> Result<()> {
    let used = used(cx).await?;
    forget_others(cx, &used).await
}

fn with_vectors(tx: &mut Tx<'_>) -> Result<Vec<WorkspaceId>> {
    tx.all("SELECT DISTINCT workspace_id FROM embedding LIMIT 10000", &[], |row| row.get(0))
}

/// The keys of everything that readers can find.
async fn used(cx: &Cx) -> Result<HashSet<Key>> {
    let (mut used, mut last) = (HashSet::new(), ArticleId::from_uuid(Uuid::nil()));
    loop {
        let ids = cx.read(move |tx, cx| published_after(tx, cx, last)).await?;
        let Some(end) = ids.last().copied() else { return Ok(used) };
        let live = cx.read(move |tx, cx| live_all(tx, cx, Sight::Staff, &ids)).await?;
        let split = tokio::task::spawn_blocking(move || {
            live.into_iter().flat_map(|live| texts_of(live).keys).collect::<Vec<Key>>()
        });
        used.extend(split.await.map_err(index_problem)?);
        last = end;
    }
}

async fn forget_others(cx: &Cx, used: &HashSet<Key>) -> Result<()> {
    let mut last = Vec::new();
    loop {
        let after = last.clone();
        let page = cx.read(move |tx, cx| keys_after(tx, cx, &after)).await?;
        let Some(end) = page.last() else { return Ok(()) };
        last = end.to_vec();
        let unused: Vec<Key> = page.into_iter().filter(|key| !used.contains(key)).collect();
        if !unused.is_empty() {
            cx.write(move |tx, cx| forget(tx, cx, &unused)).await?;
        }
    }
}

fn keys_after(tx: &mut Tx<'_>, cx: &Cx, last: &[u8]) -> Result<Vec<Key>> {
    tx.all(
        "SELECT text_key FROM embedding WHERE workspace_id = $1 AND text_key > $2 ORDER BY text_key LIMIT $3",
        &[&cx.workspace(), &last.to_vec(), &PAGE],
        |row| row.get(0),
    )
}

fn forget(tx: &mut Tx<'_>, cx: &Cx, keys: &[Key]) -> Result<()> {
    let mut query = Query::new("DELETE FROM embedding WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND text_key IN (").bind_list(keys.iter()).push(")");
    tx.exec_of(&query).map(drop)
}
