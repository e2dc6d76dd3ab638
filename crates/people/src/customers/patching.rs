//! Changing a customer: fields, attributes, addresses.
//! Rule: one version and one event for one change; an address that is removed is free for others at once.

use base::text::fold;
use base::{Error, Patch, Personal, Result};
use db::Tx;
use serde_json::{Map, Value, json};
use trust::Cx;
use trust::access::Right;
use trust::log::record;
use trust::nouns::CustomerId;
use web::IfMatch;

use super::customer::{Customer, address_taken, external_taken};
use super::shapes::CustomerPatch;
use super::{addresses, attributes, events};
use crate::companies;

/// Changes a customer.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId, read: IfMatch, patch: &CustomerPatch) -> Result<Customer> {
    cx.require(Right::CustomersWrite)?;
    let before = Customer::find_locked(tx, cx, id)?;
    before.check_changeable()?;
    read.check(before.version)?;
    if let Patch::Set(company) = patch.company_id {
        companies::check_named(tx, cx, company, "/company_id")?;
        companies::enter(tx, cx, id, company)?;
    }
    let mut after = patched(&before, patch)?;
    let mut changed = differences(&before, &after);
    if change_addresses(tx, cx, id, patch)? {
        changed.push("addresses");
    }
    if changed.is_empty() {
        return Ok(before);
    }
    after.version += 1;
    store(tx, cx, &after)?;
    let event =
        events::updated(cx, id, after.version, before.territory, &changed).details(&typed(&after, patch, &changed));
    record(tx, cx, &[event])?;
    Customer::find(tx, cx, id)
}

fn patched(before: &Customer, patch: &CustomerPatch) -> Result<Customer> {
    let mut after = before.clone();
    let text = |patch: &Patch<String>, before: &Option<String>| patch.clone().over(before.clone());
    after.name = Personal::new(text(&patch.name(), before.name.reveal()));
    after.external_id = text(&patch.external_id(), &before.external_id);
    after.locale = text(&patch.locale(), &before.locale);
    after.zone = text(&patch.zone(), &before.zone);
    after.plan = text(&patch.plan(), &before.plan);
    after.company = patch.company_id.clone().over(before.company);
    if let Some(wanted) = &patch.attributes {
        let merged = attributes::merged(attributes::read(before.attributes.reveal()), wanted);
        after.attributes = Personal::new(attributes::stored(&merged)?);
    }
    Ok(after)
}

fn differences(before: &Customer, after: &Customer) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("external_id", before.external_id != after.external_id),
        ("locale", before.locale != after.locale),
        ("zone", before.zone != after.zone),
        ("plan", before.plan != after.plan),
        ("company_id", before.company != after.company),
        ("attributes", before.attributes != after.attributes),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Removes, then adds, so that one request can replace an address; says whether anything changed.
fn change_addresses(tx: &mut Tx<'_>, cx: &Cx, id: CustomerId, patch: &CustomerPatch) -> Result<bool> {
    let mut touched = false;
    for address in &patch.remove_addresses {
        touched |= addresses::remove(tx, cx, id, *address)?;
    }
    for (place, address) in patch.add_addresses.iter().enumerate() {
        let verified_at = address.verified.then(|| cx.env().now());
        if addresses::give(tx, cx, id, &address.value, verified_at)? {
            touched = true;
            continue;
        }
        if addresses::owner(tx, cx, &address.value)? != Some(id) {
            return Err(address_taken(&format!("/add_addresses/{place}/value")));
        }
        if address.verified {
            touched |= addresses::confirm(tx, cx, id, &address.value)?;
        }
    }
    Ok(touched)
}

fn store(tx: &mut Tx<'_>, cx: &Cx, after: &Customer) -> Result<()> {
    let name_key = after.name.reveal().as_deref().map(|name| fold(name).into_bytes());
    let stored = tx.exec(
        "UPDATE customer SET name = $1, name_key = $2, external_id = $3, locale = $4, zone = $5, plan = $6, company_id = $7, \
         attributes = $8, version = $9 WHERE workspace_id = $10 AND id = $11",
        &[
            after.name.reveal(),
            &name_key,
            &after.external_id,
            &after.locale,
            &after.zone,
            &after.plan,
            &after.company,
            &after.attributes,
            &after.version,
            &cx.workspace(),
            &after.id,
        ],
    );
    stored.map(|_| ()).map_err(|error: Error| if db::is_duplicate(&error) { external_taken() } else { error })
}

/// The new values of what changed, for the erasable details.
fn typed(after: &Customer, patch: &CustomerPatch, changed: &[&'static str]) -> Map<String, Value> {
    let value = |field: &str| match field {
        "name" => json!(after.name.reveal()),
        "external_id" => json!(after.external_id),
        "locale" => json!(after.locale),
        "zone" => json!(after.zone),
        "plan" => json!(after.plan),
        "company_id" => json!(after.company),
        "attributes" => json!(patch.attributes),
        _ => json!({"added": patch.add_addresses, "removed": patch.remove_addresses}),
    };
    changed.iter().map(|field| ((*field).to_owned(), value(field))).collect()
}
