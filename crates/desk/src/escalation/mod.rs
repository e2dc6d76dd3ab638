//! Escalation: raising a ticket to a tier, with everything that tier needs to know, a time by which it is to act, and the way
//! back. Invariants: a ticket is at one tier at most; the card is what was known when it was raised; its time is an event
//! at its true instant, once.

mod alarms;
mod card;
mod ending;
mod personal;
mod raised;
mod raising;
mod rota;
mod routes;
mod tiers;
mod words;

pub(crate) use alarms::{TIMER, kinds};
pub use ending::NOT_ESCALATED;
pub(crate) use ending::react;
pub(crate) use personal::PERSONAL;
pub use raised::Escalation;
pub use raising::{NO_TIER_ABOVE, NO_TIERS, escalate};
pub use rota::ROTA_IN_USE;
pub(crate) use routes::operations;
pub use words::*;
