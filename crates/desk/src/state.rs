//! What the desk keeps in memory in one process: blocks of numbers, how much senders wrote, the search index, the way to the blobs.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use search::TextIndex;
use web::{INTERNAL, Problem};

use crate::spam::Brakes;
use crate::tickets::Numbers;
use crate::uploads::Blobs;

/// The desk of one process; the boot code puts it into every request.
#[derive(Clone)]
pub struct Desk(Arc<Rooms>);

struct Rooms {
    numbers: Numbers,
    index: TextIndex,
    blobs: Blobs,
    brakes: Brakes,
}

impl Desk {
    /// A desk over an index and blobs.
    pub fn new(index: TextIndex, blobs: Blobs) -> Desk {
        Desk(Arc::new(Rooms { numbers: Numbers::default(), index, blobs, brakes: Brakes::default() }))
    }

    /// The blocks of ticket numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.0.numbers
    }

    /// The index of tickets.
    pub fn index(&self) -> &TextIndex {
        &self.0.index
    }

    /// How much senders wrote lately.
    pub fn brakes(&self) -> &Brakes {
        &self.0.brakes
    }

    /// The bytes of attachments.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Desk, Problem> {
        let missing = || INTERNAL.error().caused_by("the desk was not put into the request").into();
        parts.extensions.get::<Desk>().cloned().ok_or_else(missing)
    }
}
