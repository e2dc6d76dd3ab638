//! What a rule says: when, if, then, and how often.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::action::Action;
use super::listening::Moment;

/// Times a rule acts within an hour when nothing else is said.
pub(super) const USUAL_PER_HOUR: i64 = 1_000;

/// When a rule asks its condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RuleWhen)]
pub(crate) enum When {
    /// As soon as one of these happened.
    Events {
        /// What happened; at least one.
        events: Vec<Moment>,
    },
    /// So many minutes after the newest of these, if the condition holds then.
    Later {
        /// What happened.
        after: Moment,
        /// How long after, 1 minute to a year.
        minutes: i64,
    },
}

impl When {
    /// Whether the rule acts on an event at once.
    pub(super) fn hears(&self, moment: Moment) -> bool {
        matches!(self, When::Events { events } if events.contains(&moment))
    }
}

/// What a rule says, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub when: When,
    /// The condition as CEL; always, when empty.
    pub condition: String,
    pub actions: Vec<Action>,
    /// Whether rules after it are left out when it acted.
    pub stops: bool,
    /// Whether it acts on a ticket once in the ticket's life.
    pub once: bool,
    /// How often it acts within an hour, on all tickets together.
    pub per_hour: i64,
}
