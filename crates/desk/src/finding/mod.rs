//! Finding tickets by their words: an index that follows the log, and a search that reads every hit again.
//! Rule: the index is derived and may be late; what a reader may not see is never shown, however old the index is.

mod indexer;
mod routes;

pub use indexer::{Indexer, index_problem};
pub(crate) use routes::operations;
