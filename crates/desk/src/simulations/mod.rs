//! What-if: history replayed as if something had been promised or ruled otherwise, and what would have been different.
//! Rule: a run is a function of the events, its request and the instant it was asked for; it writes nothing but its own row,
//! goes page by page, and can be cancelled between two pages.

mod outcome;
mod page;
mod policies;
mod request;
mod routes;
mod routing;
mod rules;
mod running;
mod simulation;

pub use outcome::{ActionSum, Difference, Figure, Otherwise, Sum, TeamSum};
pub(crate) use routes::operations;
pub(crate) use running::kinds;
pub use simulation::{BAD_RANGE, SimulationId, SimulationNoun, TOO_MANY_SIMULATIONS};
