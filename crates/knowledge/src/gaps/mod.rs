//! What people look for and do not find: settled searches, and the gaps they add up to.
//! Rule: only a search somebody meant is kept, never a keystroke; a gap counts what happened to its searches.

mod counting;
mod gap;
mod query;
pub(crate) mod routes;

pub use gap::{AskedBy, Ranked, rank_query};
pub use query::{Asked, AskedVia, ask, click, ticket_opened, ticket_opened_after};

pub(crate) use gap::filled_by;
pub(crate) use query::{FORGET, forget_customer};
