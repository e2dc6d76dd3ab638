//! Which customers belong to which companies: any number each, one of them primary.
//! Rule: the first company becomes primary by itself; leaving the primary one leaves the customer without.

use std::collections::HashMap;

use base::Result;
use db::{Query, Row, Tx};
use trust::Cx;
use trust::access::Right;
use trust::log::record;
use trust::nouns::{CustomerId, WorkspaceId};

use super::company::Company;
use super::refs::CompanyRef;
use crate::customers::{Customer, company_changed};
use crate::nouns::CompanyId;

/// Makes a customer a member of a company, and it their primary one when asked or when it is the first.
pub fn join(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, company: CompanyId, is_primary: bool) -> Result<()> {
    cx.require(Right::CustomersWrite)?;
    Company::find(tx, cx, company)?;
    let before = Customer::find_changeable(tx, cx, customer)?;
    let is_new = enter(tx, cx, customer, company)?;
    let becomes_primary = before.company() != Some(company) && (is_primary || before.company().is_none());
    if !is_new && !becomes_primary {
        return Ok(());
    }
    let primary = if becomes_primary { Some(company) } else { before.company() };
    change_primary(tx, cx, &before, primary)
}

/// Ends a membership.
pub fn leave(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, company: CompanyId) -> Result<()> {
    cx.require(Right::CustomersWrite)?;
    let before = Customer::find_changeable(tx, cx, customer)?;
    let left = tx.exec(
        "DELETE FROM customer_company WHERE workspace_id = $1 AND customer_id = $2 AND company_id = $3",
        &[&cx.workspace(), &customer, &company],
    )?;
    if left == 0 {
        return Err(web::NOT_FOUND.error());
    }
    change_primary(tx, cx, &before, before.company().filter(|primary| *primary != company))
}

fn change_primary(tx: &mut Tx<'_>, cx: &Cx, before: &Customer, primary: Option<CompanyId>) -> Result<()> {
    tx.exec(
        "UPDATE customer SET company_id = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3",
        &[&primary, &cx.workspace(), &before.id()],
    )?;
    record(tx, cx, &[company_changed(cx, before)])
}

/// Writes the row of a membership and says whether it is new.
pub fn enter(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, company: CompanyId) -> Result<bool> {
    let entered = tx.exec(
        "INSERT INTO customer_company (workspace_id, customer_id, company_id, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (workspace_id, customer_id, company_id) DO NOTHING",
        &[&cx.workspace(), &customer, &company, &cx.env().now()],
    )?;
    Ok(entered == 1)
}

/// The companies of customers, the earliest joined first, in one query.
pub fn of_customers(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<CompanyRef>>> {
    let mut query = Query::new(
        "SELECT m.customer_id, co.id, co.name, co.plan, co.tier FROM customer_company m JOIN company co \
         ON co.workspace_id = m.workspace_id AND co.id = m.company_id WHERE m.workspace_id = ",
    );
    query.bind(workspace).push(" AND m.customer_id IN (").bind_list(customers);
    query.push(") ORDER BY m.created_at, m.company_id");
    let mut found: HashMap<CustomerId, Vec<CompanyRef>> = HashMap::new();
    for (customer, company) in tx.all_of(&query, read)? {
        found.entry(customer).or_default().push(company);
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<(CustomerId, CompanyRef)> {
    let company = CompanyRef { id: row.get(1)?, name: row.get(2)?, plan: row.get(3)?, tier: row.get(4)? };
    Ok((row.get(0)?, company))
}
