//! What goes by itself after its time, and what goes with a customer.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Kind, Run, Schedule};
use trust::access::Via;
use trust::nouns::{CustomerId, TicketId, WorkspaceId};
use trust::{Cx, Erased, House, PersonalData};

use super::entry::{find_locked, of_customers, remove};

const PURGE: &str = "desk.purge_quarantine";
/// Entries of one run, and of one step of an erasure.
const AT_ONCE: usize = 50;

pub(crate) static SCHEDULES: &[Schedule] = &[Schedule { kind: PURGE, every_seconds: 900 }];

pub(crate) static PERSONAL: PersonalData = PersonalData { name: "quarantine", export, erase };

pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: PURGE, tries: 3, run: Run::Outside(|house, _| Box::pin(purge(house))) }]
}

/// Removes what nobody recovered in time; a later run takes what is more than a run may.
async fn purge(house: Arc<House>) -> Result<()> {
    let now = house.env.now();
    let due: Vec<(WorkspaceId, TicketId)> = house
        .db
        .read(uuid::Uuid::nil(), move |tx| {
            tx.all(
                "SELECT workspace_id, id FROM quarantined WHERE purge_at <= $1 ORDER BY purge_at LIMIT 500",
                &[&now],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
        .await?;
    let mut outcome = Ok(());
    for (workspace, id) in due {
        let cx = Cx::of_house(&house, workspace, Via::Job);
        let purged = cx.write(move |tx, cx| match find_locked(tx, cx, id)? {
            Some(entry) if entry.purge_at <= cx.env().now() => remove(tx, cx, &entry, false),
            _ => Ok(()),
        });
        outcome = purged.await.and(outcome);
    }
    outcome
}

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<serde_json::Value> {
    let held = of_customers(tx, cx, &[customer], 1_000)?;
    let shown = held.iter().map(|entry| {
        serde_json::json!({
            "subject": entry.subject.reveal(), "body": entry.text(), "received_at": entry.received_at,
            "address": entry.address.as_ref().map(|address| address.reveal()),
        })
    });
    Ok(shown.collect())
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let some = of_customers(tx, cx, &[customer], AT_ONCE)?;
    for entry in &some {
        remove(tx, cx, entry, false)?;
    }
    let mut rows = some.len() as u64;
    rows += tx.exec(
        "DELETE FROM sender_rule WHERE workspace_id = $1 AND kind = 'visitor' AND value = $2",
        &[&cx.workspace(), &customer.to_string()],
    )?;
    rows += tx.exec(
        "DELETE FROM automatic_reply WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &customer],
    )?;
    Ok(Erased { rows, next: (some.len() == AT_ONCE).then(|| "more".to_owned()) })
}
