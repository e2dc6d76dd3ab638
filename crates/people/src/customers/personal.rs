//! The personal data in customers: what is exported about one, and what erasing removes.
//! Rule: the row stays with its id and times, so that what names it still leads somewhere; nothing else of it does.

use base::Result;
use db::{Query, Tx};
use serde_json::{Value, json};
use trust::nouns::{CustomerId, WorkspaceId};
use trust::{Cx, Erased, PersonalData};

use super::customer::Customer;
use super::shapes::out;
use crate::nouns::ReceiptId;

/// What this slice declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "customer", export, erase };

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Value> {
    let customer = Customer::find_self(tx, cx, customer)?;
    Ok(json!(out(tx, cx.workspace(), customer)?))
}

/// Companies that one step leaves, and addresses that it forgets.
const AT_ONCE: i64 = 200;

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let (workspace, id) = (cx.workspace(), customer);
    let mut touched = tx.exec(
        "DELETE FROM customer_address WHERE (workspace_id, kind, value_folded) IN (SELECT workspace_id, kind, value_folded \
         FROM customer_address WHERE workspace_id = $1 AND customer_id = $2 LIMIT $3) AND workspace_id = $1",
        &[&workspace, &id, &AT_ONCE],
    )?;
    touched += tx.exec(
        "DELETE FROM customer_company WHERE workspace_id = $1 AND customer_id = $2 AND company_id IN (SELECT company_id \
         FROM customer_company WHERE workspace_id = $1 AND customer_id = $2 LIMIT $3)",
        &[&workspace, &id, &AT_ONCE],
    )?;
    if touched >= AT_ONCE.unsigned_abs() {
        return Ok(Erased { rows: touched, next: Some(String::new()) });
    }
    touched += tx.exec(
        "UPDATE customer SET name = NULL, name_key = NULL, external_id = NULL, locale = NULL, zone = NULL, plan = NULL, \
         company_id = NULL, attributes = '{}', device_hash = NULL, claimed_email = NULL, claimed_name = NULL \
         WHERE workspace_id = $1 AND id = $2",
        &[&workspace, &id],
    )?;
    Ok(Erased { rows: touched, next: None })
}

/// Marks the customers of a person as erased, before anything of them is.
pub(crate) fn mark_erased(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    ids: &[CustomerId],
    receipt: ReceiptId,
) -> Result<()> {
    let mut query = Query::new("UPDATE customer SET erased_by = ");
    query.bind(receipt).push(" WHERE workspace_id = ").bind(workspace).push(" AND id IN (").bind_list(ids).push(")");
    tx.exec_of(&query).map(|_| ())
}

/// Marks a customer as erased under a receipt and gives the new version.
pub(crate) fn erased(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, receipt: ReceiptId) -> Result<i64> {
    let version = tx.first(
        "UPDATE customer SET erased_by = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3 RETURNING version",
        &[&receipt, &cx.workspace(), &customer],
        |row| row.get(0),
    )?;
    version.ok_or_else(|| web::NOT_FOUND.error())
}
