//! Stories of the desk: from a customer's first message to the last, and everybody who may or may not follow it.

mod abuse;
mod automation;
mod counts;
mod escalation;
mod finding;
mod following;
pub(crate) mod identity;
mod intake;
mod lists;
mod macros;
mod messages;
mod plans;
mod purging;
pub(crate) mod routing;
mod rule_plans;
pub(crate) mod scene;
mod sla;
mod snoozing;
mod spam;
mod status;
mod triage;
mod uploads;
mod visitors;
mod webhooks;
