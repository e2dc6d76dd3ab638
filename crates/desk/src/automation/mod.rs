//! Automation: rules that say when, if and then.
//! A rule listens to what happens to tickets, or waits some minutes after it; asks its condition; and acts by the same verbs
//! as people do. Invariants: rules run in their order; a rule acts once on a ticket for what set it off, also after a crash;
//! a chain of rules ends; every run stands in the ticket's timeline with the rule and its version.

mod acting;
mod action;
mod checking;
mod compiled;
mod definition;
mod filling;
mod forgetting;
mod listening;
mod macros;
mod rate;
mod replaying;
mod routes;
mod rule;
mod running;
mod runs;
mod shapes;
mod timers;
mod trying;
mod versions;
mod webhooks;
mod wording;
mod writing;

use std::sync::Arc;

use jobs::{Kind, Schedule};
use trust::House;

pub(crate) use action::Action as RuleAction;
pub use checking::BAD_RULE;
pub(crate) use checking::check as check_definition;
pub(crate) use definition::{Definition, When as RuleWhen};
pub use listening::Moment;
pub(crate) use listening::react;
pub(crate) use replaying::{Rules, Turn, really};
pub(crate) use routes::operations;
pub(crate) use rule::is_known;
pub use rule::list_query;
pub use runs::runs_query;
pub(crate) use shapes::NewRule;
pub(crate) use timers::TIMER;
pub use writing::{NOT_ALL_RULES, TOO_MANY_RULES};

base::noun! {
    /// A rule.
    Rule, RuleId, "rul"
}
base::noun! {
    /// What a rule did to a ticket once.
    Run, RunId, "run"
}

/// The error codes of this slice.
pub(crate) static CODES: &[&base::Code] =
    &[&BAD_RULE, &TOO_MANY_RULES, &NOT_ALL_RULES, &acting::MISSING_VALUE, &webhooks::WEBHOOK_REFUSED, &trying::TRIED];

/// What the house does by itself.
pub(crate) static SCHEDULES: &[Schedule] = forgetting::SCHEDULES;

/// The kinds of jobs of this slice.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![running::kind(), timers::kind(), webhooks::kind(), macros::kind(), forgetting::kind()]
}
