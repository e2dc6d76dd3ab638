//! Routing: who takes a ticket. A team comes of the opener, a rule, or the default; a member of what the team has set.
//! A ticket is routed in the transaction that opens it; when nobody can take it, it waits in the team's queue, which is
//! drained when room frees, somebody comes, a time passes. Invariants: what members carry equals a recount; routing never
//! gives anybody more than they can carry, nor a ticket twice; every decision is in the timeline with its candidates.

mod again;
mod arriving;
mod candidates;
mod carrying;
mod change;
mod choosing;
mod draining;
mod facts;
mod general;
mod jobs;
mod needs;
mod placing;
mod pulling;
mod reacting;
mod replaying;
mod routes;
mod rule;
mod rule_routes;
mod ruling;
mod settings;
mod shifts;
mod skills;
mod staff;
mod waiting;
mod waking;
mod why;
mod words;

pub(crate) use again::ask_again;
pub use arriving::{Arrived, arrive, warm};
pub use carrying::miscounted;
pub(crate) use change::{changed as setting_changed, check_team};
pub(crate) use jobs::{TIMER, kinds};
pub use pulling::unassigned_query;
pub(crate) use reacting::react;
pub(crate) use replaying::{Arrival, DraftRule, Drafts, drafts};
pub(crate) use routes::operations;
pub use ruling::{BAD_CONDITION, BAD_ORDER};
pub(crate) use ruling::{MOST as MOST_RULES, NewRoutingRule};
pub(crate) use shifts::{NO_ZONE, minutes, zone_named};
pub use skills::{SKILL_NEEDED, SKILL_TAKEN, UNKNOWN_SKILL};
pub use waiting::{due_query, queue_query};
pub use why::NOT_OFFERED;
pub use words::*;
