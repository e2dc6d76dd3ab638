//! The doors: every request becomes an actor with rights, or is refused before its body is read.

mod credentials;
mod gate;
mod identity;

pub use gate::TrustGate;
pub use identity::{BAD_IDENTITY, KeyAlgorithm, UNKNOWN_WIDGET, WRONG_ORIGIN};
