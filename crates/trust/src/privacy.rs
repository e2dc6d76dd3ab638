//! A person's data: exported whole, or erased with a receipt, across every domain that declares some.
//! Rule: the log keeps its chain; the salted details go, and the receipt says so.

use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::access::{Audience, Right};
use crate::domain::PersonalData;
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::CustomerId;

base::noun! {
    /// A receipt of an erasure.
    Receipt, ReceiptId, "rcp"
}

/// What an erasure did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Erasure {
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Whose data it was.
    pub customer_id: CustomerId,
    /// When it was erased.
    pub erased_at: Time,
    /// Rows touched by domain.
    pub counts: Map<String, Value>,
}

/// Everything held about a customer, by domain; written to the access log before the answer.
pub fn export_person(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    personal: &[PersonalData],
) -> Result<Value> {
    cx.require(Right::CustomersErase)?;
    let log = &cx.house().access_log;
    log.write_now(tx, &cx.actor, "privacy.export", Some(customer.uuid()))?;
    let mut held = Map::new();
    for part in personal {
        held.insert(part.name.to_owned(), (part.export)(tx, cx, customer)?);
    }
    held.insert("events".to_owned(), events(tx, cx, customer)?);
    Ok(Value::Object(held))
}

/// What the log's details say of the customer.
fn events(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Value> {
    let found = tx.all(
        "SELECT kind, occurred_at, details FROM event WHERE workspace_id = $1 AND (customer_id = $2 OR subject_id = $2) \
         AND details IS NOT NULL ORDER BY occurred_at",
        &[&cx.workspace(), &customer],
        |row| {
            let details: String = row.get(2)?;
            let details: Value = serde_json::from_str(&details).unwrap_or(Value::Null);
            Ok(json!({"kind": row.get::<String>(0)?, "occurred_at": row.get::<Time>(1)?, "details": details}))
        },
    );
    found.map(Value::Array)
}

/// Erases a customer's data in every domain and leaves a receipt.
pub fn erase_person(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    personal: &[PersonalData],
) -> Result<Erasure> {
    cx.require(Right::CustomersErase)?;
    let (receipt, now): (ReceiptId, Time) = (cx.new_id(), cx.env().now());
    let mut counts = Map::new();
    for part in personal {
        counts.insert(part.name.to_owned(), (part.erase)(tx, cx, customer)?.into());
    }
    counts.insert("events".to_owned(), erase_details(tx, cx, customer, receipt)?.into());
    let (actor_kind, actor) = cx.actor.named();
    let text = Value::Object(counts.clone()).to_string();
    tx.exec(
        "INSERT INTO erasure_receipt (workspace_id, id, customer_id, at, actor_kind, actor_id, counts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&cx.workspace(), &receipt, &customer, &now, &actor_kind, &actor, &text],
    )?;
    let log = &cx.house().access_log;
    log.write_now(tx, &cx.actor, "privacy.erase", Some(customer.uuid()))?;
    let data = json!({"customer_id": customer, "receipt_id": receipt, "counts": counts});
    let event = NewEvent::new("customer.erased", receipt.uuid(), 1, now, Audience::default(), &data);
    record(tx, cx, &[event])?;
    Ok(Erasure {
        receipt_id: receipt,
        customer_id: customer,
        erased_at: now,
        counts,
    })
}

fn erase_details(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    receipt: ReceiptId,
) -> Result<u64> {
    tx.exec(
        "UPDATE event SET details = NULL, salt = NULL, erased_by = $1 WHERE workspace_id = $2 \
         AND (customer_id = $3 OR subject_id = $3) AND details IS NOT NULL",
        &[&receipt, &cx.workspace(), &customer],
    )
}

/// Whether a receipt is among the workspace's rows.
pub fn has_receipt(tx: &mut Tx<'_>, cx: &Cx, receipt: ReceiptId) -> Result<bool> {
    let found = tx.first(
        "SELECT 1 FROM erasure_receipt WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &receipt],
        |_| Ok(()),
    );
    found.map(|row| row.is_some())
}
