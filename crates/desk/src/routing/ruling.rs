//! Making, changing, ordering and trying routing rules.
//! Rule: what cannot be read, or names what is not there, is refused with its place; what is in force stays.

use base::text::Line;
use base::{Code, Kind, Page, Result};
use db::Tx;
use rules::{Condition, Fault, Form, Held};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::Cx;
use trust::nouns::{TeamId, TicketId};
use utoipa::ToSchema;
use web::IfMatch;

use super::change::{begin, changed, check_team, within};
use super::facts::of_ticket;
use super::needs::{MOST_NEEDS, NeededSkill};
use super::rule::Rule;
use super::skills;
use super::words::RoutingRuleId;
use crate::facts::ARRIVING;
use crate::tickets::Ticket;

/// A condition is wrong.
pub static BAD_CONDITION: Code = Code::new(
    Kind::Unprocessable,
    "bad_condition",
    "This condition cannot be used.",
    "`fault` says what is wrong and where.",
);
/// The order does not name every rule once.
pub static BAD_ORDER: Code = Code::new(
    Kind::Unprocessable,
    "bad_rule_order",
    "The order must name every rule exactly once.",
    "Read the rules again and send all their ids.",
);

/// The most rules of a workspace.
pub(crate) const MOST: usize = 200;

/// A routing rule to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoutingRule {
    /// What it is called.
    pub name: Line<120>,
    /// When it applies, as CEL: `ticket.channel == "chat"`; either this or `form`.
    pub condition: Option<String>,
    /// When it applies, as a form.
    pub form: Option<Form>,
    /// The team a ticket goes to.
    pub team_id: TeamId,
    /// The skills a ticket needs; at most 10.
    #[serde(default)]
    pub needs: Vec<NeededSkill>,
    /// Whether it is on; it is when absent.
    pub active: Option<bool>,
}

/// A change of a rule; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoutingRulePatch {
    /// What it is called.
    pub name: Option<Line<120>>,
    /// When it applies, as CEL.
    pub condition: Option<String>,
    /// When it applies, as a form.
    pub form: Option<Form>,
    /// The team a ticket goes to.
    pub team_id: Option<TeamId>,
    /// The skills a ticket needs.
    pub needs: Option<Vec<NeededSkill>>,
    /// Whether it is on.
    pub active: Option<bool>,
}

/// A routing rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RoutingRuleOut {
    pub id: RoutingRuleId,
    /// Its place, from 1.
    pub position: i64,
    pub name: String,
    pub condition: String,
    /// The condition as a form; absent when it has another shape.
    pub form: Option<Form>,
    pub team_id: TeamId,
    pub needs: Vec<NeededSkill>,
    pub active: bool,
    pub version: i64,
}

/// The order of all rules.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleOrder {
    /// Every rule once, the first to be asked first.
    pub rules: Vec<RoutingRuleId>,
}

/// A condition to be tried.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionTrial {
    /// When it applies, as CEL; either this or `form`.
    pub condition: Option<String>,
    /// When it applies, as a form.
    pub form: Option<Form>,
    /// The ticket to try it on; only looked over when absent.
    pub ticket_id: Option<TicketId>,
}

/// How a trial went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialOut {
    /// What is wrong with the condition; absent when nothing is.
    pub fault: Option<Fault>,
    /// The condition as CEL.
    pub condition: String,
    /// The condition as a form; absent when it has another shape.
    pub form: Option<Form>,
    /// Whether it holds for the ticket; absent without one.
    pub holds: Option<bool>,
}

impl From<Rule> for RoutingRuleOut {
    fn from(rule: Rule) -> RoutingRuleOut {
        RoutingRuleOut {
            id: rule.id,
            position: rule.position,
            name: rule.name,
            form: rule.condition.as_ref().and_then(Condition::as_form),
            condition: rule.source,
            team_id: rule.team,
            needs: rule.needs,
            active: rule.is_active,
            version: rule.version,
        }
    }
}

/// The rules in their order; there are never more than a page of them.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx) -> Result<Page<RoutingRuleOut>> {
    let items = Rule::all(tx, cx)?.into_iter().map(RoutingRuleOut::from).collect();
    Ok(Page { items, next: None })
}

/// Makes a rule, asked after all others.
pub(crate) fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewRoutingRule) -> Result<Rule> {
    begin(cx)?;
    let known = Rule::all(tx, cx)?;
    if known.len() >= MOST {
        return Err(web::INVALID_FIELD.error().field("/", "too_many", format!("a workspace has at most {MOST} rules")));
    }
    let condition = read(new.condition.as_deref(), new.form.as_ref(), "")?;
    let rule = Rule {
        id: cx.new_id(),
        position: known.last().map_or(1, |last| last.position + 1),
        name: new.name.to_string(),
        source: condition.source().to_owned(),
        condition: Some(condition),
        team: new.team_id,
        needs: new.needs.clone(),
        is_active: new.active.unwrap_or(true),
        version: 1,
    };
    check(tx, cx, rule.team, &rule.needs, "")?;
    let needs = serde_json::to_string(&rule.needs).unwrap_or_default();
    tx.exec(
        "INSERT INTO routing_rule (workspace_id, id, position, name, condition, team_id, needs, is_active, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
        &[
            &cx.workspace(),
            &rule.id,
            &rule.position,
            &rule.name,
            &rule.source,
            &rule.team,
            &needs,
            &rule.is_active,
            &cx.env().now(),
        ],
    )?;
    changed(tx, cx, "rule_created", json!({"rule_id": rule.id, "team_id": rule.team}))?;
    Ok(rule)
}

/// Changes a rule.
pub(crate) fn patch(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: RoutingRuleId,
    seen: IfMatch,
    patch: &RoutingRulePatch,
) -> Result<Rule> {
    begin(cx)?;
    let mut rule = Rule::find_locked(tx, cx, id)?;
    seen.check(rule.version)?;
    if patch.condition.is_some() || patch.form.is_some() {
        let condition = read(patch.condition.as_deref(), patch.form.as_ref(), "")?;
        rule.source = condition.source().to_owned();
        rule.condition = Some(condition);
    }
    if let Some(name) = &patch.name {
        rule.name = name.to_string();
    }
    if let Some(needs) = &patch.needs {
        rule.needs.clone_from(needs);
    }
    rule.team = patch.team_id.unwrap_or(rule.team);
    rule.is_active = patch.active.unwrap_or(rule.is_active);
    rule.version += 1;
    check(tx, cx, rule.team, &rule.needs, "")?;
    let needs = serde_json::to_string(&rule.needs).unwrap_or_default();
    tx.exec(
        "UPDATE routing_rule SET name = $1, condition = $2, team_id = $3, needs = $4, is_active = $5, version = $6 \
         WHERE workspace_id = $7 AND id = $8",
        &[&rule.name, &rule.source, &rule.team, &needs, &rule.is_active, &rule.version, &cx.workspace(), &id],
    )?;
    changed(tx, cx, "rule_changed", json!({"rule_id": id, "team_id": rule.team, "active": rule.is_active}))?;
    Ok(rule)
}

/// Takes a rule away.
pub(crate) fn delete(tx: &mut Tx<'_>, cx: &Cx, id: RoutingRuleId) -> Result<()> {
    begin(cx)?;
    let gone = tx.exec("DELETE FROM routing_rule WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    if gone == 0 {
        return Err(web::NOT_FOUND.error());
    }
    changed(tx, cx, "rule_deleted", json!({"rule_id": id}))
}

/// Puts the rules into an order.
pub(crate) fn order(tx: &mut Tx<'_>, cx: &Cx, wanted: &RuleOrder) -> Result<Page<RoutingRuleOut>> {
    begin(cx)?;
    let mut known: Vec<RoutingRuleId> = Rule::all(tx, cx)?.into_iter().map(|rule| rule.id).collect();
    let mut named = wanted.rules.clone();
    known.sort_unstable();
    named.sort_unstable();
    if known != named {
        return Err(BAD_ORDER.error());
    }
    for (position, id) in (1_i64..).zip(&wanted.rules) {
        tx.exec(
            "UPDATE routing_rule SET position = $1 WHERE workspace_id = $2 AND id = $3",
            &[&position, &cx.workspace(), id],
        )?;
    }
    changed(tx, cx, "rules_ordered", json!({"rules": wanted.rules}))?;
    list(tx, cx)
}

/// Looks a condition over, and asks it of a ticket.
pub(crate) fn attempt(tx: &mut Tx<'_>, cx: &Cx, trial: &ConditionTrial) -> Result<TrialOut> {
    let source = source(trial.condition.as_deref(), trial.form.as_ref())?;
    let wrong = |fault: Fault| TrialOut { fault: Some(fault), condition: source.clone(), form: None, holds: None };
    let condition = match Condition::compile(&source, &ARRIVING) {
        Ok(condition) => condition,
        Err(fault) => return Ok(wrong(fault)),
    };
    let form = condition.as_form();
    let Some(id) = trial.ticket_id else { return Ok(TrialOut { fault: None, condition: source, form, holds: None }) };
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    Ok(match condition.holds(&of_ticket(tx, cx, &ticket)?) {
        Held::Erred(fault) => wrong(fault),
        held => TrialOut { fault: None, condition: source, form, holds: Some(held.is_yes()) },
    })
}

fn source(condition: Option<&str>, form: Option<&Form>) -> Result<String> {
    match (condition, form) {
        (Some(condition), None) => Ok(condition.to_owned()),
        (None, Some(form)) => Ok(form.to_source()),
        _ => Err(web::INVALID_FIELD.error().field("/condition", "one_of_two", "send either `condition` or `form`")),
    }
}

/// Looks a rule over as if it were saved, and gives its condition; what is wrong is named below a place.
pub(super) fn looked_over(tx: &mut Tx<'_>, cx: &Cx, new: &NewRoutingRule, at: &str) -> Result<String> {
    let condition = read(new.condition.as_deref(), new.form.as_ref(), at)?;
    check(tx, cx, new.team_id, &new.needs, at)?;
    Ok(condition.source().to_owned())
}

fn read(condition: Option<&str>, form: Option<&Form>, at: &str) -> Result<Condition> {
    let source = source(condition, form)?;
    let pointer = if form.is_some() { format!("{at}/form") } else { format!("{at}/condition") };
    Condition::compile(&source, &ARRIVING).map_err(|fault| {
        let words = fault.to_string();
        BAD_CONDITION.error().field(pointer, "invalid", words).with("fault", json!(fault))
    })
}

fn check(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, needs: &[NeededSkill], at: &str) -> Result<()> {
    check_team(tx, cx, team, &format!("{at}/team_id"))?;
    if needs.len() > MOST_NEEDS {
        let words = format!("takes at most {MOST_NEEDS}");
        return Err(web::INVALID_FIELD.error().field(format!("{at}/needs"), "too_many", words));
    }
    for (index, need) in needs.iter().enumerate() {
        skills::check(tx, cx, need.skill_id, &format!("{at}/needs/{index}/skill_id"))?;
        within(&format!("{at}/needs/{index}/level"), need.level, 1, 5)?;
        if let Some(seconds) = need.relax_after_seconds {
            within(&format!("{at}/needs/{index}/relax_after_seconds"), seconds, 1, 604_800)?;
        }
    }
    Ok(())
}
