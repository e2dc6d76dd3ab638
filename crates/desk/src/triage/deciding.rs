//! What becomes of a ticket by what was found out: its category, team, priority and tags, and why.
//! Rules: somebody leaving is urgent and tagged `churn-risk`; an account of 5,000 a month or more presses one step more
//! (no rate for its currency: unknown, and said so); a category is set only when the model is sure enough.

use std::sync::Arc;

use base::text::Line;
use base::{Result, Time};
use db::{Query, Tx, Unless};
use ml::Vector;
use people::customers::Account;
use people::nouns::CompanyId;
use serde::Serialize;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::{CustomerId, TeamId};

use super::ModelId;
use super::answering;
use super::called::Spoken;
use super::jobs;
use super::models::Usual;
use super::near;
use super::preparing::Prepared;
use super::report::{Guess, Report, TriageReason};
use super::room::Room;
use super::settings::{self, Known};
use crate::tickets::{Also, Opening, Priority, Ticket};

/// The tag of somebody who is leaving.
pub(crate) const CHURN_RISK: &str = "churn-risk";
/// The share of a category's tickets from which its team and priority are usual.
const USUAL: f64 = 0.7;
/// Tickets of a category from which something is usual.
const ENOUGH: i64 = 10;

/// What was decided about a ticket.
#[derive(Clone, Debug)]
pub struct Decided {
    /// Its category, when that is sure.
    pub category: Option<CategoryId>,
    /// Its team, when its category usually goes to one.
    pub team: Option<TeamId>,
    /// Its priority.
    pub priority: Priority,
    /// A tag to add.
    pub tag: Option<Line<60>>,
    /// Its language, when that is sure.
    pub language: Option<String>,
    pub(crate) report: Report,
    pub(crate) model: Option<ModelId>,
    pub(crate) is_known: bool,
    vector: Option<Vector>,
    is_late: bool,
    answers: bool,
}

/// The event that says what was decided.
pub(super) const TRIAGED: &str = "ticket.triaged";

/// The facts of the event.
#[derive(Serialize)]
pub(super) struct Triaged {
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<ModelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<CategoryId>,
    confidence_permille: i64,
    is_known: bool,
    is_applied: bool,
    priority_before: Priority,
    priority: Priority,
    reasons: Vec<TriageReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<TeamId>,
    near: usize,
}

/// Decides about a ticket that is about to be opened. Nothing when there is nothing to say.
pub(crate) fn decide(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    prepared: &Prepared,
) -> Result<Option<Decided>> {
    let asked = Asked {
        category: opening.category,
        priority: opening.priority,
        customer: account.customer,
        company: account.company,
    };
    decide_for(tx, cx, asked, prepared)
}

/// What a ticket has by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub category: Option<CategoryId>,
    pub priority: Priority,
    pub customer: CustomerId,
    pub company: Option<CompanyId>,
}

/// The same for a ticket that is open already, or for none.
pub(crate) fn decide_for(tx: &mut Tx<'_>, cx: &Cx, asked: Asked, prepared: &Prepared) -> Result<Option<Decided>> {
    let known = match &prepared.known {
        Some(known) => known.clone(),
        // What was set holds, whether it was read ahead or not.
        None => Arc::new(settings::known(tx, cx)?),
    };
    let known = known.as_ref();
    if !known.settings.is_on {
        return Ok(None);
    }
    let guessed = Guessed::of(prepared);
    let best = guessed.guesses.first().filter(|_| guessed.is_known).copied();
    let sure = best.filter(|best| best.confidence >= known.settings.apply_above && asked.category.is_none());
    let category = match sure {
        Some(best) if taxonomy::category_exists(tx, cx.workspace(), best.category)? => Some(best.category),
        _ => None,
    };
    let usual = category.and_then(|category| usual(known, category));
    let (priority, reasons) = priority(tx, cx, asked, (prepared, known), usual)?;
    let (account_days, earlier) = if known.is_set_up() { account(tx, cx, asked.customer)? } else { (None, None) };
    let is_leaving = prepared.leaving.is_leaving();
    // A workspace that set nothing up hears only what changes something, or what it may be about.
    let proposes = !guessed.guesses.is_empty() && asked.category.is_none();
    if !known.is_set_up() && !proposes && reasons.iter().all(|reason| *reason == TriageReason::RevenueUnknown) {
        return Ok(None);
    }
    let team = usual.filter(|usual| usual.team_share >= USUAL && usual.tickets >= ENOUGH).and_then(|usual| usual.team);
    let report = Report {
        guesses: guessed.guesses,
        in_scope: guessed.in_scope,
        words: guessed.words,
        leaving: prepared.leaving.words.clone(),
        reasons,
        priority_before: asked.priority,
        team,
        near: prepared.learned.as_ref().map(|learned| learned.near.clone()).unwrap_or_default(),
        account_days,
        earlier_tickets: earlier,
        by_meaning: guessed.by_meaning,
    };
    Ok(Some(Decided {
        category,
        team,
        priority,
        tag: is_leaving.then(|| Line::new(CHURN_RISK).ok()).flatten(),
        language: prepared.language.clone(),
        report,
        model: known.current.as_ref().map(|current| current.id).filter(|_| prepared.learned.is_some()),
        is_known: guessed.is_known,
        vector: prepared.learned.as_ref().and_then(|learned| learned.vector.clone()),
        is_late: prepared.is_late && known.current.is_some(),
        answers: known.settings.answers && guessed.is_known,
    }))
}

/// What the model guessed, in the house's own ids.
#[derive(Default)]
struct Guessed {
    guesses: Vec<Guess>,
    in_scope: Option<f64>,
    is_known: bool,
    words: Vec<String>,
    by_meaning: bool,
}

impl Guessed {
    /// By what categories are called, where nothing was learned.
    fn by_name(prepared: &Prepared) -> Guessed {
        let guess = |one: &Spoken| Guess { category: one.category, confidence: one.confidence };
        Guessed {
            guesses: prepared.spoken.iter().map(guess).collect(),
            is_known: !prepared.spoken.is_empty(),
            words: prepared.spoken.first().map(|one| one.words.clone()).unwrap_or_default(),
            ..Guessed::default()
        }
    }

    fn of(prepared: &Prepared) -> Guessed {
        let Some(answer) = prepared.learned.as_ref().and_then(|learned| learned.answer.as_ref()) else {
            return Guessed::by_name(prepared);
        };
        let guess = |candidate: &ml::classify::Candidate| {
            Some(Guess { category: candidate.label.parse().ok()?, confidence: f64::from(candidate.confidence) })
        };
        Guessed {
            guesses: answer.ranked.iter().filter_map(guess).collect(),
            in_scope: Some(f64::from(answer.in_scope)),
            is_known: answer.is_known,
            words: answer.words.iter().map(|word| word.text.clone()).collect(),
            by_meaning: answer.nearest.is_some(),
        }
    }
}

fn usual(known: &Known, category: CategoryId) -> Option<&Usual> {
    known.current.as_ref()?.usual.iter().find(|usual| usual.category == category)
}

/// The priority and its reasons, the weightiest first.
fn priority(
    tx: &mut Tx<'_>,
    cx: &Cx,
    asked: Asked,
    (prepared, known): (&Prepared, &Known),
    usual: Option<&Usual>,
) -> Result<(Priority, Vec<TriageReason>)> {
    let (mut priority, mut reasons) = (asked.priority, Vec::new());
    let is_usual = |usual: &&Usual| usual.priority_share >= USUAL && usual.tickets >= ENOUGH;
    if let Some(usual) = usual.filter(is_usual)
        && priority == Priority::Normal
        && usual.priority != priority
    {
        priority = usual.priority;
        reasons.push(TriageReason::Category);
    }
    let revenue = match asked.company {
        Some(company) => people::companies::revenue(tx, cx.workspace(), company)?,
        None => None,
    };
    if let Some(revenue) = revenue {
        match known.settings.is_high(revenue.amount_minor(), &revenue.currency()) {
            Some(true) => {
                priority = raised(priority);
                reasons.insert(0, TriageReason::Revenue);
            }
            Some(false) => {}
            None => reasons.push(TriageReason::RevenueUnknown),
        }
    }
    if prepared.leaving.is_leaving() {
        priority = Priority::Urgent;
        reasons.insert(0, TriageReason::Cancellation);
    }
    Ok((priority, reasons))
}

/// One step more.
fn raised(priority: Priority) -> Priority {
    match priority {
        Priority::Low => Priority::Normal,
        Priority::Normal => Priority::High,
        Priority::High | Priority::Urgent => Priority::Urgent,
    }
}

/// Days since the account was made, and its tickets so far, a hundred at most.
fn account(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<(Option<i64>, Option<i64>)> {
    let mut query =
        Query::new("SELECT c.created_at, (SELECT COUNT(*) FROM (SELECT 1 FROM ticket t WHERE t.workspace_id = ");
    query.bind(cx.workspace()).push(" AND t.customer_id = ").bind(customer);
    query.push(" LIMIT 100) earlier) FROM customer c WHERE c.workspace_id = ").bind(cx.workspace());
    query.push(" AND c.id = ").bind(customer);
    let found: Option<(Time, i64)> = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?.pop();
    let days = |since: Time| (cx.env().now().micros() - since.micros()) / 86_400_000_000;
    Ok((found.map(|(since, _)| days(since)), found.map(|(_, tickets)| tickets)))
}

impl Decided {
    /// The event that says so.
    pub(crate) fn told(&self) -> Also {
        Also::internal(TRIAGED, &self.facts())
    }

    /// The facts of that event.
    pub(super) fn facts(&self) -> Triaged {
        let best = self.report.guesses.first();
        Triaged {
            model_id: self.model,
            category_id: best.map(|best| best.category),
            confidence_permille: best.map_or(0, |best| (best.confidence * 1_000.0).round() as i64),
            is_known: self.is_known,
            is_applied: self.category.is_some(),
            priority_before: self.report.priority_before,
            priority: self.priority,
            reasons: self.report.reasons.clone(),
            team_id: self.team,
            near: self.report.near.len(),
        }
    }

    /// Keeps it beside its ticket; a late one is made up for by a job.
    pub(crate) fn keep(&self, tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<()> {
        if self.is_late {
            jobs::triage_later(tx, cx, ticket.id)?;
        }
        let best = self.report.guesses.first();
        tx.exec_later(
            "INSERT INTO ticket_triage (workspace_id, ticket_id, customer_id, triaged_at, model_id, category_id, \
             category_confidence, is_known, is_applied, priority, language, is_leaving, report) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET triaged_at = excluded.triaged_at, \
             model_id = excluded.model_id, category_id = excluded.category_id, \
             category_confidence = excluded.category_confidence, is_known = excluded.is_known, \
             is_applied = excluded.is_applied, priority = excluded.priority, language = excluded.language, \
             is_leaving = excluded.is_leaving, report = excluded.report",
            &[
                &cx.workspace(),
                &ticket.id,
                &ticket.customer,
                &cx.env().now(),
                &self.model,
                &best.map(|best| best.category),
                &best.map_or(0.0, |best| best.confidence),
                &self.is_known,
                &self.category.is_some(),
                &self.priority,
                &self.language,
                &!self.report.leaving.is_empty(),
                &self.report.stored(),
            ],
            Unless::ANY,
        )?;
        if let Some(vector) = &self.vector {
            near::keep(tx, cx, ticket, vector)?;
            if let Some(room) = cx.house().rooms.find::<Room>() {
                room.arrived(cx.workspace(), ticket.id, ticket.opened_at, vector.clone());
            }
        }
        if self.answers && best.is_some_and(|best| best.confidence > answering::SURE) {
            jobs::answer_later(tx, cx, ticket.id)?;
        }
        Ok(())
    }
}
