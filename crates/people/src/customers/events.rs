//! The events of customers. Facts are ids and enums; what somebody typed goes into the details.
//! Rule: the audience names the customer and the territory of the company, and is staff alone.

use serde::Serialize;
use trust::Cx;
use trust::access::Audience;
use trust::log::NewEvent;
use trust::nouns::{CustomerId, TerritoryId};

use super::customer::Customer;

/// Who may see events about a customer.
pub(super) fn audience(customer: CustomerId, territory: Option<TerritoryId>) -> Audience {
    Audience { customer: Some(customer), territory, is_internal: true, ..Audience::default() }
}

/// Something that happened to a customer, whose version is now `version`.
pub(crate) fn event(
    cx: &Cx,
    kind: &'static str,
    customer: CustomerId,
    version: i64,
    territory: Option<TerritoryId>,
    data: &impl Serialize,
) -> NewEvent {
    NewEvent::new(kind, customer.uuid(), version, cx.env().now(), audience(customer, territory), data)
}

#[derive(Serialize)]
struct Created {
    customer_id: CustomerId,
    is_visitor: bool,
}

/// A customer was made.
pub(super) fn created(
    cx: &Cx,
    customer: CustomerId,
    is_visitor: bool,
    territory: Option<TerritoryId>,
    details: &impl Serialize,
) -> NewEvent {
    let data = Created { customer_id: customer, is_visitor };
    event(cx, "customer.created", customer, 1, territory, &data).details(details)
}

#[derive(Serialize)]
struct Updated<'c> {
    customer_id: CustomerId,
    changed: &'c [&'static str],
}

/// Fields of a customer changed.
pub(super) fn updated(
    cx: &Cx,
    customer: CustomerId,
    version: i64,
    territory: Option<TerritoryId>,
    changed: &[&'static str],
) -> NewEvent {
    event(cx, "customer.updated", customer, version, territory, &Updated { customer_id: customer, changed })
}

/// The companies of a customer changed, whose version was that of `before`.
pub(crate) fn company_changed(cx: &Cx, before: &Customer) -> NewEvent {
    updated(cx, before.id, before.version + 1, before.territory, &["companies"])
}
