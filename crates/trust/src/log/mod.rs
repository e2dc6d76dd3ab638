//! The event log: what a person would call "something happened", sealed into a chain.
//! Rule: a verb inserts events in its transaction; one sealer per cell gives them gapless numbers and a hash over the one before.

mod access_log;
mod chain;
mod cutting;
mod erasing;
mod event;
mod feed;
mod head;
mod in_batch;
mod seal;
mod verify;

pub(crate) use access_log::forget_accesses;
pub use access_log::{AccessLog, Outcome, Walked, walk_accesses};
pub use cutting::Cut;
pub(crate) use cutting::forget_events;
pub use erasing::{details_of, erase_details, forget_details};
pub use event::{NewEvent, Origin, Reaction, record};
pub use feed::{BAD_CURSOR, CURSOR_EXPIRED, EventCursor, Feed, latest, of_subject, of_subjects, since};
pub use head::HeadFile;
pub use in_batch::end_batch;
pub use seal::{Fold, Lag, Recorded, SealedBatch, SealedEvent, is_whole, lag, lag_query, seal, unsealed_workspaces};
pub use verify::{Finding, Verified, verify};

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&BAD_CURSOR, &CURSOR_EXPIRED, &head::HEAD_FILE];
