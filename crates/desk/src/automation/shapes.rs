//! The shapes of rules: what comes in, what goes out.

use base::text::{Block, Line};
use base::{Result, Time};
use db::Tx;
use rules::{Fault, Form, Held};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::access::Right;
use trust::nouns::TicketId;
use utoipa::ToSchema;

use super::acting::Effect;
use super::action::Action;
use super::compiled;
use super::definition::{Definition, USUAL_PER_HOUR, When};
use super::rule::RuleRow;
use super::runs::{Kept, RunOutcome};
use super::trying::Trial;
use super::webhooks::shown_secret;
use super::{BAD_RULE, RuleId, RunId};
use crate::tickets::Ticket;

/// A condition as it is written; empty when it always holds.
type Source = String;

/// A new rule.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRule {
    /// Its name.
    #[schema(value_type = String, max_length = 120)]
    pub name: Line<120>,
    /// When it asks its condition.
    pub when: When,
    /// The condition as CEL; this or `form`. Without either it always holds.
    #[schema(value_type = Option<String>, max_length = 2_048)]
    pub condition: Option<Source>,
    /// The condition as a form.
    pub form: Option<Form>,
    /// What it does, in order; 1 to 20.
    pub actions: Vec<Action>,
    /// Whether rules after it are left out when it acted.
    #[serde(default)]
    pub stops: bool,
    /// Whether it acts on a ticket once in the ticket's life.
    #[serde(default)]
    pub once_per_ticket: bool,
    /// How often it acts within an hour, on all tickets together; 1000 when absent.
    pub per_hour: Option<i64>,
    /// Whether it is switched on; off when absent.
    #[serde(default)]
    pub enabled: bool,
}

impl NewRule {
    /// What it says.
    pub(crate) fn definition(self) -> Result<Definition> {
        Ok(Definition {
            when: self.when,
            condition: source(self.condition, self.form.as_ref())?.unwrap_or_default(),
            actions: self.actions,
            stops: self.stops,
            once: self.once_per_ticket,
            per_hour: self.per_hour.unwrap_or(USUAL_PER_HOUR),
        })
    }
}

/// Changes of a rule; what is absent stays.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RulePatch {
    /// Its name.
    #[schema(value_type = Option<String>, max_length = 120)]
    pub name: Option<Line<120>>,
    /// When it asks its condition.
    pub when: Option<When>,
    /// The condition as CEL; empty for always.
    #[schema(value_type = Option<String>, max_length = 2_048)]
    pub condition: Option<Source>,
    /// The condition as a form.
    pub form: Option<Form>,
    /// What it does, in order; 1 to 20.
    pub actions: Option<Vec<Action>>,
    /// Whether rules after it are left out when it acted.
    pub stops: Option<bool>,
    /// Whether it acts on a ticket once in the ticket's life.
    pub once_per_ticket: Option<bool>,
    /// How often it acts within an hour.
    pub per_hour: Option<i64>,
    /// Whether it is switched on.
    pub enabled: Option<bool>,
}

impl RulePatch {
    /// What the rule says after the patch.
    pub(super) fn over(&self, before: &Definition) -> Result<Definition> {
        let condition = source(self.condition.clone(), self.form.as_ref())?;
        Ok(Definition {
            when: self.when.clone().unwrap_or_else(|| before.when.clone()),
            condition: condition.unwrap_or_else(|| before.condition.clone()),
            actions: self.actions.clone().unwrap_or_else(|| before.actions.clone()),
            stops: self.stops.unwrap_or(before.stops),
            once: self.once_per_ticket.unwrap_or(before.once),
            per_hour: self.per_hour.unwrap_or(before.per_hour),
        })
    }
}

/// One condition from the two ways to say it.
fn source(condition: Option<Source>, form: Option<&Form>) -> Result<Option<String>> {
    match (condition, form) {
        (Some(_), Some(_)) => {
            Err(BAD_RULE.error().field("/form", "misplaced", "goes without `condition`: they are the same thing"))
        }
        (Some(condition), None) => written(&condition).map(Some),
        (None, form) => Ok(form.map(Form::to_source)),
    }
}

/// What somebody wrote, as it is kept.
pub(super) fn written(condition: &str) -> Result<String> {
    let condition = condition.trim();
    if condition.is_empty() {
        return Ok(String::new());
    }
    let refused = |words: String| BAD_RULE.error().field("/condition", "invalid", words);
    Block::<2_048>::new(condition).map(String::from).map_err(refused)
}

/// An order of rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutomationOrder {
    /// Every rule, once.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<RuleId>,
}

/// A rule.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleOut {
    pub id: RuleId,
    pub name: String,
    pub enabled: bool,
    pub when: When,
    /// The condition as CEL; null when it always holds.
    pub condition: Option<String>,
    /// The condition as a form, when it has the shape of one.
    pub form: Option<Form>,
    pub actions: Vec<Action>,
    pub stops: bool,
    pub once_per_ticket: bool,
    pub per_hour: i64,
    pub created_at: Time,
    /// What calls of its webhooks are signed with, for those who may change it.
    pub webhook_secret: Option<String>,
    pub version: i64,
}

/// Draws a rule.
pub(super) fn rule_out(cx: &Cx, rule: RuleRow) -> RuleOut {
    let definition = rule.definition;
    let compiled = compiled::condition(cx.workspace(), rule.id, rule.version, &definition.condition).ok().flatten();
    let calls = definition.actions.iter().any(|action| matches!(action, Action::Webhook { .. }));
    let shows_secret = calls && cx.actor.rights.has(Right::SettingsWrite);
    RuleOut {
        id: rule.id,
        name: rule.name,
        enabled: rule.is_enabled,
        when: definition.when,
        form: compiled.and_then(|condition| condition.as_form()),
        condition: Some(definition.condition).filter(|source| !source.is_empty()),
        actions: definition.actions,
        stops: definition.stops,
        once_per_ticket: definition.once,
        per_hour: definition.per_hour,
        created_at: rule.created_at,
        webhook_secret: shows_secret.then(|| shown_secret(cx, rule.id)),
        version: rule.version,
    }
}

/// The names of rules.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleNames {
    /// The names, newest rule first.
    pub items: Vec<RuleName>,
    /// Always null.
    pub next: Option<String>,
}

/// The name of a rule.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleName {
    pub id: RuleId,
    pub name: String,
}

/// A version of a rule.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleVersionOut {
    pub version: i64,
    pub name: String,
    pub enabled: bool,
    pub when: When,
    pub condition: Option<String>,
    pub actions: Vec<Action>,
    pub stops: bool,
    pub once_per_ticket: bool,
    pub per_hour: i64,
    pub made_at: Time,
    /// member, token or house.
    pub made_by: String,
    /// The name of the member who made it.
    pub made_by_name: Option<String>,
}

/// A run of a rule.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleRunOut {
    pub id: RunId,
    pub ticket_id: TicketId,
    pub number: i64,
    pub rule_version: i64,
    pub outcome: RunOutcome,
    /// Why the condition could not be decided.
    pub fault: Option<String>,
    pub effects: Vec<Effect>,
    pub ran_at: Time,
}

/// Draws runs; those on tickets out of reach are left out, so a page may be short.
pub(super) fn run_outs(tx: &mut Tx<'_>, cx: &Cx, kept: Vec<Kept>) -> Result<Vec<RuleRunOut>> {
    let ids: Vec<TicketId> = kept.iter().map(|run| run.ticket).collect();
    let tickets = Ticket::find_many(tx, &cx.reach, &ids)?;
    let drawn = kept.into_iter().filter_map(|run| {
        let ticket = tickets.iter().find(|ticket| ticket.id() == run.ticket)?;
        Some(RuleRunOut {
            id: run.id,
            ticket_id: run.ticket,
            number: ticket.number(),
            rule_version: run.version,
            outcome: run.outcome,
            fault: run.fault,
            effects: run.effects,
            ran_at: run.ran_at,
        })
    });
    Ok(drawn.collect())
}

/// A rule to be tried on a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRuleTrial {
    /// The rule as it would be saved.
    pub rule: NewRule,
    /// The ticket; this or `number`.
    pub ticket_id: Option<TicketId>,
    /// The ticket's number.
    pub number: Option<i64>,
}

base::words! {
    /// Whether a condition held.
    pub enum RuleVerdict {
        /// It holds.
        Yes = "yes",
        /// It does not.
        No = "no",
        /// It could not be decided, so it does not match.
        Erred = "erred",
    }
}

fn verdict(held: &Held) -> RuleVerdict {
    match held {
        Held::Yes => RuleVerdict::Yes,
        Held::No => RuleVerdict::No,
        Held::Erred(_) => RuleVerdict::Erred,
    }
}

/// What a trial shows; nothing was changed.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleTrialOut {
    /// Whether the condition holds for the ticket as it is now.
    pub held: RuleVerdict,
    /// Why it could not be decided.
    pub fault: Option<Fault>,
    /// Each comparison by itself, when the condition has the shape of a form.
    pub parts: Vec<RuleTrialPart>,
    /// Whether the ticket has an event that the rule waits for; without one, `event` facts are nothing.
    pub has_event: bool,
    /// What each action would do.
    pub effects: Vec<RuleTrialEffect>,
}

/// A comparison and whether it holds.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleTrialPart {
    pub condition: String,
    pub held: RuleVerdict,
}

/// What an action would do.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleTrialEffect {
    #[serde(flatten)]
    pub effect: Effect,
    /// What would be different.
    pub changes: Vec<RuleTrialChange>,
}

/// A field before and after.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleTrialChange {
    pub field: String,
    #[schema(value_type = Object)]
    pub before: serde_json::Value,
    #[schema(value_type = Object)]
    pub after: serde_json::Value,
}

impl From<Trial> for RuleTrialOut {
    fn from(trial: Trial) -> RuleTrialOut {
        let part = |(condition, held): (String, Held)| RuleTrialPart { condition, held: verdict(&held) };
        let change = |(field, before, after)| RuleTrialChange { field, before, after };
        RuleTrialOut {
            held: verdict(&trial.held),
            fault: match trial.held {
                Held::Erred(fault) => Some(fault),
                _ => None,
            },
            parts: trial.parts.into_iter().map(part).collect(),
            has_event: trial.has_event,
            effects: trial
                .effects
                .into_iter()
                .map(|shown| RuleTrialEffect {
                    effect: shown.effect,
                    changes: shown.changes.into_iter().map(change).collect(),
                })
                .collect(),
        }
    }
}
