//! Arrival: what every door that opens a ticket goes through, so that each is looked at, routed and opened alike.
//! What a message is about is found out first, outside the transaction and by a deadline; then one transaction routes and
//! opens, so that a ticket has its team and assignee from its first moment. Imports do not arrive: they were somewhere before.

mod asking;
mod findings;
mod opening;
mod receiving;
mod recovering;
mod routes;

pub use findings::{Draft, Findings, prepare};
pub use opening::{open, open_for};
pub use receiving::{Arrived, receive};
pub use recovering::recover;

pub(crate) fn operations() -> Vec<web::Op> {
    let mut ops = routes::operations();
    ops.extend(asking::operations());
    ops.extend(recovering::operations());
    ops
}
