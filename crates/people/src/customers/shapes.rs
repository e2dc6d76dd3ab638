//! The shapes of customers.

use std::collections::HashMap;

use base::text::{Email, Label, Line};
use base::{Patch, Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use trust::nouns::{CustomerId, WorkspaceId};

use super::addresses::{self, Address};
use super::attributes;
use super::customer::Customer;
use super::merging::Merge;
use super::words::{Locale, Zone};
use crate::companies::{self, CompanyRef};
use crate::nouns::{AddressId, CompanyId};

/// An address to give to a customer.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddress {
    /// The e-mail address.
    pub value: Email,
    /// Whether you vouch that it is theirs: only then may a signed identity with it join this customer.
    #[serde(default)]
    pub verified: bool,
}

/// A customer to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// The name.
    pub name: Option<Line<200>>,
    /// The id in your own system.
    pub external_id: Option<Line<200>>,
    /// The language, as `de-CH`.
    pub locale: Option<Locale>,
    /// The time zone, as `Europe/Zurich`.
    pub zone: Option<Zone>,
    /// The person's own plan, for people without a company: a label that many share, kept as a fact of each ticket.
    pub plan: Option<Label<40>>,
    /// The primary company.
    pub company_id: Option<CompanyId>,
    /// Addresses that belong to the customer, at most 20.
    #[serde(default, deserialize_with = "few")]
    #[schema(max_items = 20)]
    pub addresses: Vec<NewAddress>,
    /// Your own attributes, at most 16 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
}

/// A change of a customer: what is absent stays, null empties.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPatch {
    /// The name.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    name: Patch<Line<200>>,
    /// The id in your own system.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    external_id: Patch<Line<200>>,
    /// The language.
    #[serde(default)]
    #[schema(value_type = Option<Locale>)]
    locale: Patch<Locale>,
    /// The time zone.
    #[serde(default)]
    #[schema(value_type = Option<Zone>)]
    zone: Patch<Zone>,
    /// The person's own plan.
    #[serde(default)]
    #[schema(value_type = Option<Label<40>>)]
    plan: Patch<Label<40>>,
    /// The primary company; the customer becomes a member of it. Null leaves them a member without a primary one.
    #[serde(default)]
    #[schema(value_type = Option<CompanyId>)]
    pub company_id: Patch<CompanyId>,
    /// A merge patch (RFC 7396) of the attributes: null removes, objects merge, anything else replaces.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Map<String, Value>>,
    /// Addresses to give to the customer, after the removals.
    #[serde(default, deserialize_with = "few")]
    #[schema(max_items = 20)]
    pub add_addresses: Vec<NewAddress>,
    /// Addresses to take away.
    #[serde(default, deserialize_with = "few")]
    #[schema(max_items = 20)]
    pub remove_addresses: Vec<AddressId>,
}

/// A list of at most twenty.
fn few<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    match list.len() {
        0..=20 => Ok(list),
        n => Err(serde::de::Error::custom(format_args!("has {n} entries; at most 20 are allowed"))),
    }
}

fn plain<T: Clone>(patch: &Patch<T>) -> Patch<String>
where
    String: From<T>,
{
    match patch.clone() {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(value) => Patch::Set(value.into()),
    }
}

impl CustomerPatch {
    pub(super) fn name(&self) -> Patch<String> {
        plain(&self.name)
    }

    pub(super) fn external_id(&self) -> Patch<String> {
        plain(&self.external_id)
    }

    pub(super) fn locale(&self) -> Patch<String> {
        plain(&self.locale)
    }

    pub(super) fn zone(&self) -> Patch<String> {
        plain(&self.zone)
    }

    pub(super) fn plan(&self) -> Patch<String> {
        plain(&self.plan)
    }
}

/// An address that belongs to a customer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AddressOut {
    /// The id.
    pub id: AddressId,
    /// The kind; `email` so far.
    pub kind: String,
    /// The address as it was given.
    pub value: String,
    /// When it was verified; null while it is only given.
    pub verified_at: Option<Time>,
}

/// What a visitor typed about themselves; nobody checked it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClaimsOut {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
}

/// A customer, for staff.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CustomerOut {
    /// The id.
    pub id: CustomerId,
    /// The name.
    pub name: Option<String>,
    /// The id in your own system.
    pub external_id: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub zone: Option<String>,
    /// The person's own plan.
    pub plan: Option<String>,
    /// The primary company.
    pub company: Option<CompanyRef>,
    /// Every company the customer belongs to.
    pub companies: Vec<CompanyRef>,
    /// The addresses that belong to the customer, oldest first.
    pub addresses: Vec<AddressOut>,
    /// Your own attributes.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// Whether the customer came as an anonymous visitor.
    pub is_visitor: bool,
    /// What the visitor typed; null when nothing.
    pub claims: Option<ClaimsOut>,
    /// The customer this one was merged into.
    pub merged_into: Option<CustomerId>,
    /// Whether everything about the customer was erased.
    pub is_erased: bool,
    /// When the customer was made.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

/// Customers as staff see them, with addresses and companies in two queries for all.
pub(super) fn outs(tx: &mut Tx<'_>, workspace: WorkspaceId, customers: Vec<Customer>) -> Result<Vec<CustomerOut>> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
    let mut given: HashMap<CustomerId, Vec<AddressOut>> = HashMap::new();
    for Address { customer, id, kind, value, verified_at } in addresses::of(tx, workspace, &ids)? {
        given.entry(customer).or_default().push(AddressOut { id, kind, value, verified_at });
    }
    let mut members = companies::of_customers(tx, workspace, &ids)?;
    let out = |customer: Customer| {
        let addresses = given.remove(&customer.id).unwrap_or_default();
        CustomerOut::new(customer, addresses, &mut members)
    };
    Ok(customers.into_iter().map(out).collect())
}

/// One customer as staff see it.
pub(super) fn out(tx: &mut Tx<'_>, workspace: WorkspaceId, customer: Customer) -> Result<CustomerOut> {
    outs(tx, workspace, vec![customer])?.pop().ok_or_else(|| web::NOT_FOUND.error())
}

impl CustomerOut {
    fn new(
        customer: Customer,
        addresses: Vec<AddressOut>,
        members: &mut HashMap<CustomerId, Vec<CompanyRef>>,
    ) -> CustomerOut {
        let companies = members.remove(&customer.id).unwrap_or_default();
        let (name, email) = (customer.claimed_name.into_inner(), customer.claimed_email.into_inner());
        CustomerOut {
            id: customer.id,
            name: customer.name.into_inner(),
            external_id: customer.external_id,
            locale: customer.locale,
            zone: customer.zone,
            plan: customer.plan,
            company: companies.iter().find(|company| Some(company.id) == customer.company).cloned(),
            companies,
            addresses,
            attributes: attributes::read(customer.attributes.reveal()),
            is_visitor: customer.is_visitor,
            claims: (name.is_some() || email.is_some()).then_some(ClaimsOut { name, email }),
            merged_into: customer.merged_into,
            is_erased: customer.is_erased,
            created_at: customer.created_at,
            version: customer.version,
        }
    }
}

/// A merge to make.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    /// The customer to keep.
    pub into: CustomerId,
}

/// A merge that was made.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MergeOut {
    /// The absorbed customer.
    pub customer_id: CustomerId,
    /// The kept one.
    pub into: CustomerId,
    /// When.
    pub at: Time,
}

impl From<Merge> for MergeOut {
    fn from(merge: Merge) -> MergeOut {
        MergeOut { customer_id: merge.loser, into: merge.winner, at: merge.at }
    }
}
