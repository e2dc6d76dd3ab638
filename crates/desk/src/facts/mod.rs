//! Facts: what conditions of rules and policies may ask about a ticket, and where the answers come from.
//! Three vocabularies: what a ticket arrives with; what it was opened with, which its first event carries so that history
//! can be replayed; and what a ticket is now, or was at a moment of its past. Rule: facts are read, never written.

mod arriving;
mod backdrop;
mod now;
mod opened;
mod past;
mod vocabulary;

pub use arriving::ARRIVING;
pub use backdrop::{Asked, Backdrop};
pub(crate) use now::has_earlier;
pub use now::{Occasion, of_ticket};
pub use opened::{OPENED, of_opened};
pub use past::Past;
pub(crate) use past::parsed;
pub use vocabulary::TICKET;
