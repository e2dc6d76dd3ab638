//! Erasing a person, however much there is of them: a step at a time, each a short transaction, and a receipt at the end.
//! Rule: what is left to do is a row, so that a crash loses nothing; a job goes on with what nobody finished. The person
//! is marked first and their keys go first, so that nothing new can be written on them meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Job, Kind, NewJob, Run};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use trust::access::Via;
use trust::log::{erase_details, record};
use trust::nouns::{CustomerId, WorkspaceId};
use trust::{Cx, House};

use crate::customers;
use crate::nouns::ReceiptId;
use crate::privacy::{ErasureOut, person};

/// Events whose details one step erases.
const AT_ONCE: u64 = 200;
/// Seconds after which a job looks whether an erasure was finished.
const LOOKS_AFTER_SECONDS: i64 = 60;
const KIND: &str = "finish_erasure";

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: KIND, tries: 20, run: Run::Outside(|house, job| Box::pin(finish(house, job))) }]
}

/// How far an erasure is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    /// The customers that are the person, the kept one first.
    ids: Vec<CustomerId>,
    /// Which of them is being erased.
    at: usize,
    /// Which part of them: of those declared, then the details of events.
    part: usize,
    /// Where in that part it goes on.
    place: Option<String>,
    /// Rows touched so far.
    counts: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    receipt_id: ReceiptId,
}

#[derive(Serialize)]
struct Erased {
    customer_id: CustomerId,
    receipt_id: ReceiptId,
}

/// Erases a person and answers with the receipt.
pub async fn erase(cx: &Cx, customer: CustomerId) -> Result<ErasureOut> {
    let receipt = cx.write(move |tx, cx| begin(tx, cx, customer)).await?;
    go_on(cx, receipt).await
}

/// `erase` for a thread that may block.
pub fn erase_now(cx: &Cx, customer: CustomerId) -> Result<ErasureOut> {
    let (db, workspace, own) = (&cx.house().db, cx.workspace().uuid(), cx.clone());
    let receipt = db.write_now(workspace, move |tx| begin(tx, &own, customer))?;
    loop {
        let own = cx.clone();
        if let Some(done) = db.write_now(workspace, move |tx| step(tx, &own, receipt))? {
            return Ok(done);
        }
    }
}

async fn go_on(cx: &Cx, receipt: ReceiptId) -> Result<ErasureOut> {
    loop {
        if let Some(done) = cx.write(move |tx, cx| step(tx, cx, receipt)).await? {
            return Ok(done);
        }
    }
}

/// Finishes what a crash, or a caller who went away, left.
async fn finish(house: Arc<House>, job: Job) -> Result<()> {
    let Payload { receipt_id } = job.payload()?;
    let cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    go_on(&cx, receipt_id).await.map(drop)
}

/// Marks the person and writes down what is to be done; an erasure that began before goes on under its receipt.
pub fn begin(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<ReceiptId> {
    let ids = person(tx, cx, customer)?;
    let kept = ids.first().copied().unwrap_or(customer);
    customers::hold(tx, cx, kept)?;
    cx.house().access_log.write_now(tx, &cx.actor, "eraseCustomer", Some(customer.uuid()))?;
    let begun = tx.first(
        "SELECT id FROM erasure_run WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &kept],
        |row| row.get(0),
    )?;
    if let Some(receipt) = begun {
        return Ok(receipt);
    }
    let receipt: ReceiptId = cx.new_id();
    customers::mark_erased(tx, cx.workspace(), &ids, receipt)?;
    let parts = cx.house().personal.iter().map(|part| (part.name.to_owned(), 0));
    let counts = parts.chain([("events".to_owned(), 0)]).collect();
    let (by_kind, by) = cx.actor.named();
    tx.exec(
        "INSERT INTO erasure_run (workspace_id, id, customer_id, actor_kind, actor_id, state) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&cx.workspace(), &receipt, &kept, &by_kind, &by, &text(&State { ids, at: 0, part: 0, place: None, counts })],
    )?;
    let later = cx.env().now().plus_seconds(LOOKS_AFTER_SECONDS);
    let job = NewJob::new(KIND, &Payload { receipt_id: receipt }).at(later);
    jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &job)?;
    Ok(receipt)
}

/// Erases some more of a person; gives the receipt when nothing is left.
pub fn step(tx: &mut Tx<'_>, cx: &Cx, receipt: ReceiptId) -> Result<Option<ErasureOut>> {
    let Some((customer, mut state)) = state(tx, cx, receipt)? else { return kept(tx, cx, receipt).map(Some) };
    let Some(id) = state.ids.get(state.at).copied() else { return end(tx, cx, receipt, customer, &state).map(Some) };
    // The lowest floor first: without their keys nobody writes on them any more.
    let (name, rows, next) = match cx.house().personal.iter().rev().nth(state.part) {
        Some(part) => {
            let erased = (part.erase)(tx, cx, id, state.place.as_deref())?;
            (part.name, erased.rows, erased.next)
        }
        None => {
            let rows = erase_details(tx, cx.workspace(), id, receipt.uuid(), AT_ONCE)?;
            ("events", rows, (rows > 0).then(String::new))
        }
    };
    *state.counts.entry(name.to_owned()).or_default() += rows;
    if next.is_none() {
        let is_last = state.part == cx.house().personal.len();
        (state.at, state.part) = if is_last { (state.at + 1, 0) } else { (state.at, state.part + 1) };
    }
    state.place = next;
    tx.exec(
        "UPDATE erasure_run SET state = $1 WHERE workspace_id = $2 AND id = $3",
        &[&text(&state), &cx.workspace(), &receipt],
    )?;
    Ok(None)
}

fn text(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

/// How far an erasure is, locked; nothing when it is finished.
fn state(tx: &mut Tx<'_>, cx: &Cx, receipt: ReceiptId) -> Result<Option<(CustomerId, State)>> {
    let found = tx.first_locked(
        "SELECT customer_id, state FROM erasure_run WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &receipt],
        |row| Ok((row.get(0)?, row.get::<String>(1)?)),
    )?;
    let read = |(customer, state): (CustomerId, String)| {
        serde_json::from_str(&state)
            .map(|state| (customer, state))
            .map_err(|error| web::INTERNAL.error().caused_by(error))
    };
    found.map(read).transpose()
}

/// The receipt, and an event for each customer.
fn end(tx: &mut Tx<'_>, cx: &Cx, receipt: ReceiptId, customer: CustomerId, state: &State) -> Result<ErasureOut> {
    let counts: Map<String, Value> = state.counts.iter().map(|(name, count)| (name.clone(), (*count).into())).collect();
    let at = cx.env().now();
    tx.exec(
        "INSERT INTO erasure_receipt (workspace_id, id, customer_id, at, actor_kind, actor_id, counts) \
         SELECT workspace_id, id, customer_id, $1, actor_kind, actor_id, $2 FROM erasure_run \
         WHERE workspace_id = $3 AND id = $4",
        &[&at, &Value::Object(counts.clone()).to_string(), &cx.workspace(), &receipt],
    )?;
    tx.exec("DELETE FROM erasure_run WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &receipt])?;
    for id in &state.ids {
        let version = customers::erased(tx, cx, *id, receipt)?;
        let data = Erased { customer_id: *id, receipt_id: receipt };
        record(tx, cx, &[customers::event(cx, "customer.erased", *id, version, None, &data)])?;
    }
    Ok(ErasureOut { receipt, customer_id: customer, at, erased: counts })
}

/// The receipt of an erasure that somebody else finished.
fn kept(tx: &mut Tx<'_>, cx: &Cx, receipt: ReceiptId) -> Result<ErasureOut> {
    let found = tx.first(
        "SELECT customer_id, at, counts FROM erasure_receipt WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &receipt],
        |row| {
            let erased = serde_json::from_str(&row.get::<String>(2)?).unwrap_or_default();
            Ok(ErasureOut { receipt, customer_id: row.get(0)?, at: row.get::<Time>(1)?, erased })
        },
    )?;
    found.ok_or_else(|| web::NOT_FOUND.error())
}
