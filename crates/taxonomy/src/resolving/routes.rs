//! The doors of the rule about resolving.

use serde::{Deserialize, Serialize};
use trust::Cx;
use utoipa::ToSchema;
use web::{Access, IfMatch, Json, Method, Op, Reply};

use super::rule::{self, Rule};
use crate::nouns::FieldId;

const RULE: &str = "/api/v1/resolving-rule";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, RULE, "getResolvingRule", Access::Member("tickets:read"), get)
            .about("What every ticket needs to be resolved; categories may ask for more.")
            .gives::<ResolvingRuleOut>(200),
        Op::new(Method::Put, RULE, "setResolvingRule", Access::Member("settings:write"), set)
            .about("Sets what every ticket needs to be resolved.")
            .takes::<NewResolvingRule>()
            .versioned()
            .gives::<ResolvingRuleOut>(200),
    ]
}

/// What every ticket is to need.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewResolvingRule {
    /// Whether it needs a category.
    category_required: bool,
    /// Fields it needs a value of; at most 20.
    #[serde(default)]
    required_field_ids: Vec<FieldId>,
}

/// What every ticket needs to be resolved.
#[derive(Serialize, ToSchema)]
struct ResolvingRuleOut {
    /// Whether it needs a category.
    category_required: bool,
    /// Fields it needs a value of.
    required_field_ids: Vec<FieldId>,
    /// The version, for `If-Match`; 0 until somebody sets it.
    version: i64,
}

fn drawn(rule: Rule) -> Reply<ResolvingRuleOut> {
    let Rule { needs_category, fields, version } = rule;
    Reply::versioned(
        ResolvingRuleOut { category_required: needs_category, required_field_ids: fields, version },
        version,
    )
}

async fn get(cx: Cx) -> web::Result<Reply<ResolvingRuleOut>> {
    Ok(drawn(cx.read(rule::find).await?))
}

async fn set(
    cx: Cx,
    seen: IfMatch,
    Json { value: new, .. }: Json<NewResolvingRule>,
) -> web::Result<Reply<ResolvingRuleOut>> {
    let set = cx.write(move |tx, cx| rule::set(tx, cx, seen, new.category_required, &new.required_field_ids));
    Ok(drawn(set.await?))
}
