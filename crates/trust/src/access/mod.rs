//! Who may do what: actors with rights, policies in Cedar, and the reach they compile to.

mod actor;
mod policy;
mod reach;
mod right;

pub use actor::{Actor, Guest, Identity, MemberActor, Role, TicketScope, Via, Who};
pub use policy::{Policy, TicketFacts};
pub use reach::{Audience, MemberReach, Reach};
pub use right::{ANYBODY, MISSING_RIGHT, Right, Rights};

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&MISSING_RIGHT, &policy::BROKEN_POLICY];
