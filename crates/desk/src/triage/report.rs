//! What was found out about a ticket, as it is kept beside it: answers, reasons and evidence.
//! Evidence is words of the customer's own, so a report is personal data and goes with the ticket's words.

use base::Personal;
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::nouns::{TeamId, TicketId};

use crate::tickets::Priority;

base::words! {
    /// Why a priority is what it is.
    pub enum TriageReason {
        /// Somebody is leaving: urgent.
        Cancellation = "cancellation",
        /// The account brings 5,000 a month or more: one step up.
        Revenue = "revenue",
        /// The account's currency has no rate, so its revenue says nothing.
        RevenueUnknown = "revenue_unknown",
        /// Most tickets of the category had this priority.
        Category = "category",
    }
}

/// A category with how likely it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Guess {
    pub category: CategoryId,
    /// 0 to 1, calibrated.
    pub confidence: f64,
}

/// A ticket that says nearly the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Near {
    pub ticket: TicketId,
    /// The cosine between the two, −1 to 1.
    pub cosine: f64,
}

/// What was found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The likeliest categories, best first.
    pub guesses: Vec<Guess>,
    /// How much the text is of the model's world, 0 to 1.
    pub in_scope: Option<f64>,
    /// Words that speak for the first category.
    pub words: Vec<String>,
    /// Words that say somebody is leaving.
    pub leaving: Vec<String>,
    /// Why the priority is what it is.
    pub reasons: Vec<TriageReason>,
    /// The priority before those reasons.
    pub priority_before: Priority,
    /// The team that takes such tickets.
    pub team: Option<TeamId>,
    /// Tickets that say nearly the same.
    pub near: Vec<Near>,
    /// Days since the account was made.
    pub account_days: Option<i64>,
    /// Tickets of the account before this one, a hundred at most.
    pub earlier_tickets: Option<i64>,
    /// Whether meaning took part, or words alone.
    pub by_meaning: bool,
}

impl Report {
    /// The form in a column.
    pub(crate) fn stored(&self) -> Personal<String> {
        Personal::new(serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads the form of a column.
    pub(crate) fn read(text: &str) -> Option<Report> {
        serde_json::from_str(text).ok()
    }
}

impl Report {
    /// Takes over what the rules said before.
    pub(crate) fn after(&mut self, before: Report) {
        self.leaving = before.leaving;
        self.priority_before = before.priority_before;
        let new = std::mem::replace(&mut self.reasons, before.reasons);
        self.reasons.extend(new);
        self.reasons.dedup();
        self.earlier_tickets = before.earlier_tickets.or(self.earlier_tickets);
    }

    /// A report of nothing but these words.
    pub(crate) fn empty(leaving: Vec<String>) -> Report {
        Report {
            guesses: Vec::new(),
            in_scope: None,
            words: Vec::new(),
            leaving,
            reasons: Vec::new(),
            priority_before: Priority::Normal,
            team: None,
            near: Vec::new(),
            account_days: None,
            earlier_tickets: None,
            by_meaning: false,
        }
    }
}
