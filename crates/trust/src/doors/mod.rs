//! The doors: every request becomes an actor with rights, or is refused before its body is read.

mod credentials;
mod gate;
mod identity;
mod known;
mod proof;
mod shown;
mod uses;

pub(crate) use credentials::actor_of_member;
pub use gate::{CROSS_SITE, TrustGate};
pub use identity::{BAD_IDENTITY, KeyAlgorithm, UNKNOWN_WIDGET, WRONG_ORIGIN};
pub use known::Known;
pub use proof::{Proof, ProofKind, VisitorProof};

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&BAD_IDENTITY, &UNKNOWN_WIDGET, &WRONG_ORIGIN, &CROSS_SITE];
