//! The doors of rules.

use base::{Cursor, Page};
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::rule::{self, RuleRow};
use super::shapes::*;
use super::writing::{self, Change};
use super::{Rule, runs, trying, versions, wording};

const RULES: &str = "/api/v1/automation/rules";
const RULE: &str = "/api/v1/automation/rules/{id}";
const READ: Access = Access::Member("settings:read");
const WRITE: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    let mut ops = vec![
        Op::new(Method::Get, RULES, "listRules", READ, list)
            .about("The rules of the workspace, in the order they run.")
            .query::<PageQuery>()
            .gives::<Page<RuleOut>>(200),
        Op::new(Method::Post, RULES, "createRule", WRITE, create)
            .about("Makes a rule, after all others.")
            .takes::<NewRule>()
            .gives::<RuleOut>(201),
        Op::new(Method::Get, RULE, "getRule", READ, show).about("One rule.").gives::<RuleOut>(200),
        Op::new(Method::Patch, RULE, "changeRule", WRITE, change)
            .about("Changes a rule; what was in force stays in force when the change is refused.")
            .takes::<RulePatch>()
            .gives::<RuleOut>(200)
            .versioned(),
        Op::new(Method::Delete, RULE, "removeRule", WRITE, remove)
            .about("Removes a rule; what it did stays told.")
            .versioned(),
        Op::new(Method::Put, "/api/v1/automation/order", "orderRules", WRITE, order)
            .about("Puts the rules into an order that names each of them.")
            .takes::<AutomationOrder>()
            .gives_nothing(204),
        Op::new(Method::Get, "/api/v1/automation/rules/{id}/versions", "listRuleVersions", READ, list_versions)
            .about("The versions of a rule, newest first.")
            .query::<PageQuery>()
            .gives::<Page<RuleVersionOut>>(200),
        Op::new(Method::Get, "/api/v1/automation/rules/{id}/runs", "listRuleRuns", READ, list_runs)
            .about("What a rule did, newest first, as far as you may see the tickets.")
            .query::<PageQuery>()
            .gives::<Page<RuleRunOut>>(200),
        Op::new(Method::Post, "/api/v1/automation/trials", "tryRule", WRITE, attempt)
            .about("Shows what a rule would do to a ticket; changes nothing.")
            .takes::<NewRuleTrial>()
            .gives::<RuleTrialOut>(200),
    ];
    ops.push(
        Op::new(Method::Get, "/api/v1/automation/names", "listRuleNames", Access::Member("tickets:read"), names)
            .about("The names of rules, removed ones included, for timelines that speak of them.")
            .gives::<RuleNames>(200),
    );
    ops.extend(wording::operations());
    ops
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<RuleOut>>> {
    let (limit, after) = (page.limit()?, page.cursor()?);
    let found = cx.read(move |tx, cx| rule::list(tx, cx, after, limit)).await?;
    let page = Page::cut(found, limit, |last| Cursor { key: last.place, id: last.id.uuid() }.encode());
    Ok(Reply::new(page.map(|rule| rule_out(&cx, rule))))
}

async fn names(cx: Cx) -> web::Result<Reply<RuleNames>> {
    let found = cx.read(rule::names).await?;
    let items = found.into_iter().map(|(id, name)| RuleName { id, name }).collect();
    Ok(Reply::new(RuleNames { items, next: None }))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewRule>) -> web::Result<Created<RuleOut>> {
    let (name, is_enabled, definition) = (new.name.clone(), new.enabled, new.definition()?);
    let made = cx.write(move |tx, cx| writing::create(tx, cx, &name, is_enabled, &definition)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(rule_out(&cx, made), version)))
}

async fn show(cx: Cx, PathId(id): PathId<Rule>) -> web::Result<Reply<RuleOut>> {
    let found = cx.read(move |tx, cx| RuleRow::find(tx, cx, id)).await?;
    let version = found.version;
    Ok(Reply::versioned(rule_out(&cx, found), version))
}

async fn change(
    cx: Cx,
    PathId(id): PathId<Rule>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<RulePatch>,
) -> web::Result<Reply<RuleOut>> {
    let changed = cx.write(move |tx, cx| {
        let before = RuleRow::find(tx, cx, id)?;
        let change = Change {
            name: patch.name.as_deref().map(str::to_owned),
            is_enabled: patch.enabled,
            definition: Some(patch.over(&before.definition)?),
        };
        writing::change(tx, cx, id, seen, &change)
    });
    let changed = changed.await?;
    let version = changed.version;
    Ok(Reply::versioned(rule_out(&cx, changed), version))
}

async fn remove(cx: Cx, PathId(id): PathId<Rule>, seen: IfMatch) -> web::Result<NoContent> {
    cx.write(move |tx, cx| writing::remove(tx, cx, id, seen)).await?;
    Ok(NoContent)
}

async fn order(cx: Cx, Json { value: order, .. }: Json<AutomationOrder>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| writing::order(tx, cx, &order.ids)).await?;
    Ok(NoContent)
}

async fn list_versions(
    cx: Cx,
    PathId(id): PathId<Rule>,
    Query(page): Query<PageQuery>,
) -> web::Result<Reply<Page<RuleVersionOut>>> {
    let (limit, below) = (page.limit()?, page.cursor()?.map_or(i64::MAX, |cursor| cursor.key));
    let found = cx.read(move |tx, cx| {
        RuleRow::find(tx, cx, id)?;
        versions::list(tx, cx, id, below, limit)
    });
    let found = found.await?;
    Ok(Reply::new(Page::cut(found, limit, |last| Cursor { key: last.version, id: id.uuid() }.encode())))
}

async fn list_runs(
    cx: Cx,
    PathId(id): PathId<Rule>,
    Query(page): Query<PageQuery>,
) -> web::Result<Reply<Page<RuleRunOut>>> {
    let (limit, after) = (page.limit()?, page.cursor()?);
    let page = cx.read(move |tx, cx| {
        RuleRow::find(tx, cx, id)?;
        let found = runs::list(tx, cx, id, after, limit)?;
        let page = Page::cut(found, limit, |last| Cursor { key: last.ran_at.micros(), id: last.id.uuid() }.encode());
        Ok(Page { items: run_outs(tx, cx, page.items)?, next: page.next })
    });
    Ok(Reply::new(page.await?))
}

async fn attempt(cx: Cx, Json { value: new, .. }: Json<NewRuleTrial>) -> web::Result<Reply<RuleTrialOut>> {
    let definition = new.rule.definition()?;
    Ok(Reply::new(trying::attempt(&cx, definition, (new.ticket_id, new.number)).await?.into()))
}
