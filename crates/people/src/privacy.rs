//! Exporting and erasing a person: over everything that the domains declare as personal data.
//! Rule: an export is in the access log before it is read; an erasure leaves a receipt, which names nobody.

use base::{Result, Time};
use db::Tx;
use serde::Serialize;
use serde_json::{Map, Value, json};
use trust::access::Right;
use trust::log::details_of;
use trust::nouns::{Customer as Noun, CustomerId, WorkspaceId};
use trust::{Cx, PersonalData};
use web::{Access, Class, Created, Method, Op, PathId, Reply};

use crate::customers::{Customer, merged_ids};
use crate::erasure;
use crate::nouns::ReceiptId;

const ERASE: Access = Access::Member("customers:erase");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/customers/{id}/export", "exportCustomer", ERASE, get_export)
            .about("Everything held about a person, in every domain, with links to their files.")
            .class(Class::Search)
            .gives::<ExportOut>(200),
        Op::new(Method::Post, "/api/v1/customers/{id}/erasure", "eraseCustomer", ERASE, post_erasure)
            .about("Erases a person in every domain and answers with the receipt. There is no way back.")
            .gives::<ErasureOut>(201),
    ]
}

/// Everything held about a person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ExportOut {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The person; the kept customer after merges.
    pub customer_id: CustomerId,
    /// When it was read.
    pub exported_at: Time,
    /// One entry for each customer that was merged into one person, with what each domain holds. Attachments are named
    /// with type, size and hash, the place they have beside an export that was written to a folder, and a link for an hour.
    #[schema(value_type = Vec<Object>)]
    pub records: Vec<Value>,
}

/// The receipt of an erasure.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErasureOut {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The person.
    pub customer_id: CustomerId,
    /// When.
    pub at: Time,
    /// How many rows of each kind were touched.
    #[schema(value_type = Object)]
    pub erased: Map<String, Value>,
}

/// Every customer row of one person, the kept one first; refuses what is outside the reach.
pub(crate) fn person(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Vec<CustomerId>> {
    cx.require(Right::CustomersErase)?;
    let found = Customer::find(tx, cx, customer)?;
    merged_ids(tx, cx.workspace(), found.kept())
}

/// Notes in the access log that a person is about to be exported; called and committed before `export`.
pub fn announce_export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<()> {
    person(tx, cx, customer)?;
    cx.house().access_log.write_now(tx, &cx.actor, "exportCustomer", Some(customer.uuid()))
}

/// Everything that the declared personal data holds about a person; reads long, so call it on the long lane.
pub fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, personal: &[PersonalData]) -> Result<ExportOut> {
    let ids = person(tx, cx, customer)?;
    let mut records = Vec::with_capacity(ids.len());
    for id in &ids {
        let mut record = Map::new();
        for part in personal {
            record.insert(part.name.to_owned(), (part.export)(tx, cx, *id)?);
        }
        record.insert("events".to_owned(), json!(details_of(tx, cx.workspace(), *id)?));
        records.push(Value::Object(record));
    }
    let kept = ids.first().copied().unwrap_or(customer);
    Ok(ExportOut { workspace_id: cx.workspace(), customer_id: kept, exported_at: cx.env().now(), records })
}

async fn get_export(cx: Cx, PathId(id): PathId<Noun>) -> web::Result<Reply<ExportOut>> {
    cx.write(move |tx, cx| announce_export(tx, cx, id)).await?;
    let (house, workspace) = (cx.house().clone(), cx.workspace());
    let exported = house.db.read_long(workspace.uuid(), move |tx| export(tx, &cx, id, &cx.house().personal));
    Ok(Reply::new(exported.await?))
}

async fn post_erasure(cx: Cx, PathId(id): PathId<Noun>) -> web::Result<Created<ErasureOut>> {
    Ok(Created(Reply::new(erasure::erase(&cx, id).await?)))
}
