//! The doors of routing rules.

use base::Page;
use trust::Cx;
use web::{Access, Created, IfMatch, Json, Method, NoContent, Op, PathId, Reply};

use super::ruling::{
    self, ConditionTrial, NewRoutingRule, RoutingRuleOut, RoutingRulePatch, RuleOrder, TrialOut, attempt, create,
};
use super::words::RoutingRule;

const SEE: Access = Access::Member("settings:read");
const SET: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    let (all, one) = ("/api/v1/routing/rules", "/api/v1/routing/rules/{id}");
    vec![
        Op::new(Method::Get, all, "listRoutingRules", SEE, list)
            .about("The routing rules in the order in which they are asked.")
            .gives::<Page<RoutingRuleOut>>(200),
        Op::new(Method::Post, all, "createRoutingRule", SET, make)
            .about("Makes a routing rule, asked after all others.")
            .takes::<NewRoutingRule>()
            .gives::<RoutingRuleOut>(201),
        Op::new(Method::Patch, one, "changeRoutingRule", SET, patch)
            .about("Changes a routing rule.")
            .takes::<RoutingRulePatch>()
            .gives::<RoutingRuleOut>(200)
            .versioned(),
        Op::new(Method::Delete, one, "deleteRoutingRule", SET, delete).about("Takes a routing rule away."),
        Op::new(Method::Put, "/api/v1/routing/rule-order", "orderRoutingRules", SET, order)
            .about("Puts the routing rules into an order.")
            .takes::<RuleOrder>()
            .gives::<Page<RoutingRuleOut>>(200),
        Op::new(Method::Post, "/api/v1/routing/rule-trials", "tryRoutingCondition", SET, attempt_one)
            .about("Looks a condition over while it is written, and asks it of a real ticket.")
            .takes::<ConditionTrial>()
            .gives::<TrialOut>(200),
    ]
}

async fn list(cx: Cx) -> web::Result<Reply<Page<RoutingRuleOut>>> {
    Ok(Reply::new(cx.read(ruling::list).await?))
}

async fn make(cx: Cx, Json { value: new, .. }: Json<NewRoutingRule>) -> web::Result<Created<RoutingRuleOut>> {
    let made = cx.write(move |tx, cx| create(tx, cx, &new)).await?;
    Ok(Created(Reply::versioned(made.into(), 1)))
}

async fn patch(
    cx: Cx,
    PathId(id): PathId<RoutingRule>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<RoutingRulePatch>,
) -> web::Result<Reply<RoutingRuleOut>> {
    let rule = cx.write(move |tx, cx| ruling::patch(tx, cx, id, seen, &patch)).await?;
    let version = rule.version;
    Ok(Reply::versioned(rule.into(), version))
}

async fn delete(cx: Cx, PathId(id): PathId<RoutingRule>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| ruling::delete(tx, cx, id)).await?;
    Ok(NoContent)
}

async fn order(cx: Cx, Json { value: wanted, .. }: Json<RuleOrder>) -> web::Result<Reply<Page<RoutingRuleOut>>> {
    Ok(Reply::new(cx.write(move |tx, cx| ruling::order(tx, cx, &wanted)).await?))
}

async fn attempt_one(cx: Cx, Json { value: trial, .. }: Json<ConditionTrial>) -> web::Result<Reply<TrialOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| attempt(tx, cx, &trial)).await?))
}
