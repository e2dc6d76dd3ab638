//! The shapes of companies.

use base::text::{Label, Line};
use base::{Patch, Result, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use trust::nouns::{MemberId, TerritoryId};

use super::company::Company;
use crate::customers::attributes;
use crate::nouns::CompanyId;

/// A revenue per month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revenue {
    /// The amount per month in minor units, such as cents.
    amount_minor: i64,
    /// The currency (ISO 4217), such as `EUR`.
    #[serde(deserialize_with = "currency")]
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
}

fn currency<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(serde::de::Error::custom("is not a currency as in EUR"))
    }
}

impl Revenue {
    pub(super) fn stored(amount_minor: i64, currency: String) -> Revenue {
        Revenue { amount_minor, currency }
    }

    /// The amount per month, in minor units.
    pub fn amount_minor(&self) -> i64 {
        self.amount_minor
    }

    /// The currency, as `EUR`.
    pub fn currency(&self) -> String {
        self.currency.clone()
    }
}

/// A company to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompany {
    /// The name.
    pub name: Line<200>,
    /// The id in your own system.
    pub external_id: Option<Line<200>>,
    /// The plan.
    pub plan: Option<Label<40>>,
    /// The tier.
    pub tier: Option<Label<40>>,
    /// The revenue per month.
    pub revenue: Option<Revenue>,
    /// The member who looks after the account.
    pub csm_id: Option<MemberId>,
    /// The territory.
    pub territory_id: Option<TerritoryId>,
    /// Your own attributes, at most 16 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
}

impl NewCompany {
    pub(super) fn company(&self, id: CompanyId, at: Time) -> Company {
        let text = |label: &Option<Label<40>>| label.as_deref().map(str::to_owned);
        Company {
            id,
            external_id: self.external_id.as_deref().map(str::to_owned),
            name: self.name.to_string(),
            plan: text(&self.plan),
            tier: text(&self.tier),
            revenue: self.revenue.clone(),
            csm: self.csm_id,
            territory: self.territory_id,
            attributes: String::new(),
            created_at: at,
            version: 1,
        }
    }
}

/// A change of a company: what is absent stays, null empties.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyPatch {
    /// The name.
    name: Option<Line<200>>,
    /// The id in your own system.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    external_id: Patch<Line<200>>,
    /// The plan.
    #[serde(default)]
    #[schema(value_type = Option<Label<40>>)]
    plan: Patch<Label<40>>,
    /// The tier.
    #[serde(default)]
    #[schema(value_type = Option<Label<40>>)]
    tier: Patch<Label<40>>,
    /// The revenue per month.
    #[serde(default)]
    #[schema(value_type = Option<Revenue>)]
    revenue: Patch<Revenue>,
    /// The member who looks after the account.
    #[serde(default)]
    #[schema(value_type = Option<MemberId>)]
    csm_id: Patch<MemberId>,
    /// The territory.
    #[serde(default)]
    #[schema(value_type = Option<TerritoryId>)]
    territory_id: Patch<TerritoryId>,
    /// A merge patch (RFC 7396) of the attributes: null removes, objects merge, anything else replaces.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Map<String, Value>>,
}

/// The new text of a field.
fn over<T: std::fmt::Display>(patch: &Patch<T>, before: &Option<String>) -> Option<String> {
    match patch {
        Patch::Keep => before.clone(),
        Patch::Clear => None,
        Patch::Set(line) => Some(line.to_string()),
    }
}

impl CompanyPatch {
    /// The company after the change.
    pub(super) fn over(&self, before: &Company) -> Result<Company> {
        let attributes = match &self.attributes {
            Some(wanted) => attributes::stored(&attributes::merged(attributes::read(&before.attributes), wanted))?,
            None => before.attributes.clone(),
        };
        Ok(Company {
            id: before.id,
            external_id: over(&self.external_id, &before.external_id),
            name: self.name.as_deref().unwrap_or(&before.name).to_owned(),
            plan: over(&self.plan, &before.plan),
            tier: over(&self.tier, &before.tier),
            revenue: self.revenue.clone().over(before.revenue.clone()),
            csm: self.csm_id.clone().over(before.csm),
            territory: self.territory_id.clone().over(before.territory),
            attributes,
            created_at: before.created_at,
            version: before.version,
        })
    }
}

/// A company, for staff.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CompanyOut {
    /// The id.
    pub id: CompanyId,
    /// The name.
    pub name: String,
    /// The id in your own system.
    pub external_id: Option<String>,
    /// The plan.
    pub plan: Option<String>,
    /// The tier.
    pub tier: Option<String>,
    /// The revenue per month.
    pub revenue: Option<Revenue>,
    /// The member who looks after the account.
    pub csm_id: Option<MemberId>,
    /// The territory.
    pub territory_id: Option<TerritoryId>,
    /// Your own attributes.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// When the company was made.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Company> for CompanyOut {
    fn from(company: Company) -> CompanyOut {
        CompanyOut {
            id: company.id,
            name: company.name,
            external_id: company.external_id,
            plan: company.plan,
            tier: company.tier,
            revenue: company.revenue,
            csm_id: company.csm,
            territory_id: company.territory,
            attributes: attributes::read(&company.attributes),
            created_at: company.created_at,
            version: company.version,
        }
    }
}

/// How a customer belongs to a company.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipIn {
    /// Whether it is to be their primary company; the first one is by itself.
    #[serde(default)]
    pub primary: bool,
}
