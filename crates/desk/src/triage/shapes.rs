//! The shapes of triage.

use std::collections::{BTreeMap, HashMap};

use base::text::{Block, Line};
use base::{Result, Time};
use db::Tx;
use knowledge::nouns::ArticleId;
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::{CustomerId, TeamId, TicketId};
use utoipa::ToSchema;

use super::examples::{Example, LONGEST};
use super::incidents;
use super::learning::Acceptance;
use super::models::{Model, Standing, TriageFigures};
use super::report::{Guess, Near, Report, TriageReason};
use super::settings::Settings;
use super::{ExampleId, ModelId};
use crate::tickets::{Priority, Status, Ticket, TicketType};

/// A category with how likely it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageGuess {
    /// The category.
    pub category_id: CategoryId,
    /// Its name.
    pub name: Option<String>,
    /// How likely it is, 0 to 1, calibrated.
    pub confidence: f64,
}

/// A ticket that says nearly the same.
#[derive(Serialize, ToSchema)]
pub(crate) struct NearTicket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub subject: String,
    /// Its status.
    pub status: Status,
    /// Whether it is an open incident or problem.
    pub is_open_incident: bool,
    /// The cosine between the two, −1 to 1; 0 of an open incident that shares its category or a tag only.
    pub cosine: f64,
}

/// An article that may answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct ArticleHint {
    /// The article.
    pub article_id: ArticleId,
    /// Its title.
    pub title: String,
}

/// What was found out about a ticket, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageOut {
    /// When; absent in a preview.
    pub triaged_at: Option<Time>,
    /// The model that was asked; absent when rules alone spoke.
    pub model_id: Option<ModelId>,
    /// False for "don't know": the text resembles nothing that was taught.
    pub is_known: bool,
    /// Whether the first category was set on the ticket.
    pub is_applied: bool,
    /// The likeliest categories, best first.
    pub categories: Vec<TriageGuess>,
    /// How much the text is of the model's world, 0 to 1.
    pub in_scope: Option<f64>,
    /// Whether meaning took part, or words alone.
    pub by_meaning: bool,
    /// The priority.
    pub priority: Priority,
    /// The priority before the reasons.
    pub priority_before: Priority,
    /// Why it is what it is, the weightiest first.
    pub reasons: Vec<TriageReason>,
    /// The language, as `de`.
    pub language: Option<String>,
    /// Whether somebody is leaving.
    pub is_leaving: bool,
    /// The words that say so.
    pub leaving_words: Vec<String>,
    /// The words that speak for the first category.
    pub words: Vec<String>,
    /// The team that usually takes such tickets.
    pub team_id: Option<TeamId>,
    /// Open incidents and problems of its category or with one of its tags, and tickets that say nearly the same, open incidents
    /// first, as far as the reader may see them.
    pub near: Vec<NearTicket>,
    /// Articles that may answer; in a preview only.
    pub articles: Vec<ArticleHint>,
    /// Days since the account was made.
    pub account_days: Option<i64>,
    /// Tickets of the account before this one, a hundred at most.
    pub earlier_tickets: Option<i64>,
    /// The category an agent chose instead.
    pub corrected_category_id: Option<CategoryId>,
    /// The priority an agent chose instead.
    pub corrected_priority: Option<Priority>,
    /// When it was answered without a person.
    pub answered_at: Option<Time>,
}

/// What stands beside a report in its row.
pub(crate) struct Kept {
    pub triaged_at: Option<Time>,
    pub model: Option<ModelId>,
    pub is_known: bool,
    pub is_applied: bool,
    pub priority: Priority,
    pub language: Option<String>,
    pub corrected_category: Option<CategoryId>,
    pub corrected_priority: Option<Priority>,
    pub answered_at: Option<Time>,
}

impl TriageOut {
    /// The shape for a reader: what is near is read under their reach.
    pub(crate) fn draw(
        tx: &mut Tx<'_>,
        cx: &Cx,
        kept: Kept,
        report: Report,
        ticket: Option<&Ticket>,
    ) -> Result<TriageOut> {
        let guessed = report.guesses.first().map(|best| best.category).filter(|_| kept.is_known);
        let category = ticket.and_then(|ticket| ticket.category).or(guessed);
        let incidents = incidents::alike(tx, cx, category, ticket.map(|ticket| ticket.id))?;
        let names: HashMap<CategoryId, String> =
            taxonomy::category_names(tx, cx.workspace())?.into_iter().map(|(id, name, _)| (id, name)).collect();
        let guess = |guess: Guess| TriageGuess {
            category_id: guess.category,
            name: names.get(&guess.category).cloned(),
            confidence: guess.confidence,
        };
        Ok(TriageOut {
            triaged_at: kept.triaged_at,
            model_id: kept.model,
            is_known: kept.is_known,
            is_applied: kept.is_applied,
            categories: report.guesses.into_iter().map(guess).collect(),
            in_scope: report.in_scope,
            by_meaning: report.by_meaning,
            priority: kept.priority,
            priority_before: report.priority_before,
            reasons: report.reasons,
            language: kept.language,
            is_leaving: !report.leaving.is_empty(),
            leaving_words: report.leaving,
            words: report.words,
            team_id: report.team,
            near: near(tx, cx, &report.near, &incidents)?,
            articles: Vec::new(),
            account_days: report.account_days,
            earlier_tickets: report.earlier_tickets,
            corrected_category_id: kept.corrected_category,
            corrected_priority: kept.corrected_priority,
            answered_at: kept.answered_at,
        })
    }
}

fn near(tx: &mut Tx<'_>, cx: &Cx, near: &[Near], incidents: &[TicketId]) -> Result<Vec<NearTicket>> {
    let mut ids: Vec<TicketId> = near.iter().map(|near| near.ticket).collect();
    let known = ids.clone();
    ids.extend(incidents.iter().filter(|id| !known.contains(id)));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tickets = Ticket::find_many(tx, &cx.reach, &ids)?;
    let shape = |ticket: Ticket| {
        let is_disturbance = matches!(ticket.kind, Some(TicketType::Incident | TicketType::Problem));
        let is_open = !matches!(ticket.status, Status::Resolved | Status::Closed);
        NearTicket {
            ticket_id: ticket.id,
            number: ticket.number,
            subject: ticket.subject.reveal().clone(),
            status: ticket.status,
            is_open_incident: is_disturbance && is_open,
            cosine: near.iter().find(|near| near.ticket == ticket.id).map_or(0.0, |near| near.cosine),
        }
    };
    let mut found: Vec<NearTicket> = tickets.into_iter().map(shape).collect();
    // Nearest first among both; those that say the same come before those that share a category.
    found.sort_by_key(|ticket| !ticket.is_open_incident);
    Ok(found)
}

/// A text to look at before a ticket is made of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriagePreviewIn {
    /// The subject.
    pub subject: Line<500>,
    /// The text.
    #[schema(value_type = String, min_length = 1, max_length = 262_144)]
    pub body: crate::tickets::BodyText,
    /// Who would have written it.
    pub customer: Option<CustomerId>,
}

/// The settings of triage.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageSettingsOut {
    /// Whether tickets are looked at when they arrive.
    pub is_on: bool,
    /// Whether customers are answered without a person.
    pub automatic_answers: bool,
    /// The confidence from which a category is set, 0.5 to 1.
    pub apply_above: f64,
    /// The workspace's currency (ISO 4217).
    pub currency: String,
    /// What one unit of each currency is worth in the workspace's.
    pub rates: BTreeMap<String, f64>,
    /// Which article answers a category.
    pub answers: BTreeMap<String, ArticleId>,
    /// How often agents left the category as it was.
    pub acceptance: TriageAcceptance,
    /// The version, for `If-Match`; 0 before anything was set.
    pub version: i64,
}

/// How often agents left the category as it was, in the last 30 days.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageAcceptance {
    /// Tickets a model looked at.
    pub triaged: i64,
    /// Tickets it set a category on.
    pub applied: i64,
    /// Of those, tickets whose category was changed to another.
    pub corrected: i64,
    /// Tickets it did not know.
    pub unknown: i64,
    /// The share that was left as it was, 0 to 1; absent before the first.
    pub rate: Option<f64>,
}

impl From<Acceptance> for TriageAcceptance {
    fn from(of: Acceptance) -> TriageAcceptance {
        let rate = (of.applied > 0).then(|| 1.0 - of.corrected as f64 / of.applied as f64);
        TriageAcceptance {
            triaged: of.triaged,
            applied: of.applied,
            corrected: of.corrected,
            unknown: of.unknown,
            rate,
        }
    }
}

/// Settings to set, all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriageSettingsIn {
    /// Whether tickets are looked at when they arrive.
    pub is_on: bool,
    /// Whether customers are answered without a person.
    pub automatic_answers: bool,
    /// The confidence from which a category is set, 0.5 to 1.
    pub apply_above: f64,
    /// The workspace's currency (ISO 4217), as `EUR`.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// What one unit of each currency is worth in the workspace's.
    #[serde(default)]
    pub rates: BTreeMap<String, f64>,
}

impl TriageSettingsIn {
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            is_on: self.is_on,
            answers: self.automatic_answers,
            apply_above: self.apply_above,
            currency: self.currency.clone(),
            rates: self.rates.clone(),
            version: 0,
        }
    }
}

/// Which article answers a category.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TriageAnswerIn {
    /// The article; null for none.
    pub article_id: Option<ArticleId>,
}

/// An example to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTriageExample {
    /// The category.
    pub category_id: CategoryId,
    /// A text as a customer would write it.
    #[schema(value_type = String, min_length = 1, max_length = 8_000)]
    pub text: Block<LONGEST>,
}

/// An example of a category.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageExampleOut {
    /// The id.
    pub id: ExampleId,
    /// The category.
    pub category_id: CategoryId,
    /// The text.
    pub text: String,
    /// When it was given.
    pub created_at: Time,
}

impl From<Example> for TriageExampleOut {
    fn from(of: Example) -> TriageExampleOut {
        TriageExampleOut { id: of.id, category_id: of.category, text: of.text, created_at: of.created_at }
    }
}

/// A trained model.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageModelOut {
    /// The id.
    pub id: ModelId,
    /// How it stands.
    pub standing: Standing,
    /// When it was trained.
    pub trained_at: Time,
    /// How good it is.
    pub figures: TriageFigures,
}

impl From<Model> for TriageModelOut {
    fn from(of: Model) -> TriageModelOut {
        TriageModelOut { id: of.id, standing: of.standing, trained_at: of.trained_at, figures: of.figures }
    }
}

/// The models of a workspace.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageModelList {
    /// The models, newest first.
    pub items: Vec<TriageModelOut>,
    /// Always null: a workspace keeps a handful.
    pub next: Option<String>,
}

/// A training that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct TriageTraining {
    /// Texts there are to learn from by hand; resolved tickets come on top.
    pub examples: i64,
}
