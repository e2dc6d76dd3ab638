//! Filing: what happens to tickets when the taxonomy changes, and how much of it is used.
//! Rule: a category goes only when nothing uses it; one that was replaced hands its tickets on, some at a time, and each
//! ticket's timeline says so.

mod coverage;
mod moving;
mod removing;
mod routes;

pub(crate) use moving::{kinds, react};
pub(crate) use routes::operations;
