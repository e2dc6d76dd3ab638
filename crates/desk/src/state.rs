//! What the desk keeps in memory in one process: blocks of numbers, the search index, the way to the blobs.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use search::TextIndex;
use web::{INTERNAL, Problem};

use crate::tickets::Numbers;
use crate::uploads::Blobs;

/// The desk of one process; the boot code puts it into every request.
#[derive(Clone)]
pub struct Desk(Arc<Rooms>);

struct Rooms {
    numbers: Numbers,
    index: TextIndex,
    blobs: Blobs,
}

impl Desk {
    /// A desk over an index and blobs.
    pub fn new(index: TextIndex, blobs: Blobs) -> Desk {
        Desk(Arc::new(Rooms { numbers: Numbers::default(), index, blobs }))
    }

    /// The blocks of ticket numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.0.numbers
    }

    /// The index of tickets.
    pub fn index(&self) -> &TextIndex {
        &self.0.index
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
