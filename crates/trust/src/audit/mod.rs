//! Reading what happened: the event feed by cursor, the same feed live, and the access log.
//! Rule: every event is judged by the reader's reach of now; a live stream ends when that reach changes.

mod access;
mod places;
pub(crate) mod routes;
mod shapes;
mod stream;

pub use places::{Place, STREAMS_FULL, TOO_MANY_STREAMS};
pub(crate) use shapes::PREFIXES;
pub use shapes::{AccessOut, ActorOut, EventOut, EventsOut, Prefixes, SubjectOut, shown_id};
pub use stream::{Frame, event_stream};

use base::Code;

/// The codes of this slice.
pub static CODES: &[&Code] = &[&STREAMS_FULL, &TOO_MANY_STREAMS];
