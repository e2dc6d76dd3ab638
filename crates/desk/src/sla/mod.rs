//! Promises: policies say how soon tickets of a kind are answered and solved; clocks measure it; thresholds are told.
//! A ticket is pinned to the first policy whose condition holds when it is opened, in the version of that moment, and keeps
//! it until somebody re-applies. Invariants: stored clocks equal what the ticket's events give; every threshold of a clock
//! is told once, with the instant at which it passed; who has promised nothing pays nothing.

mod checking;
mod clocks;
mod moving;
mod opening;
mod pinned;
mod plan;
mod policies;
mod policy;
#[cfg(test)]
mod proofs;
mod reapplying;
mod replaying;
mod ringing;
mod routes;
mod steps;
mod why;
mod words;

pub use checking::BAD_POLICY;
pub(crate) use checking::check as check_promise;
pub use clocks::{Clock, ClockReason, Clocks, Mark, Outcome, State, Step};
pub(crate) use moving::react;
pub(crate) use pinned::due_of;
pub use plan::{Aim, Plan};
pub(crate) use policies::Policies;
pub(crate) use policy::is_policy;
pub use policy::{BAD_ORDER, POLICY_TAKEN};
pub use reapplying::is_as_replayed;
pub(crate) use replaying::replay;
pub(crate) use ringing::{TIMERS, kinds};
pub(crate) use routes::operations;
pub(crate) use steps::facts as opened_facts;
pub(crate) use words::PolicyNoun;
pub use words::{BREACH, Measure, Metric, PolicyId, Promise, Target, Threshold};
