//! What the desk keeps in memory in one process: blocks of numbers, the search index.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use search::TextIndex;
use web::{INTERNAL, Problem};

use crate::tickets::Numbers;

/// The desk of one process; the boot code puts it into every request.
#[derive(Clone)]
pub struct Desk(Arc<Rooms>);

struct Rooms {
    numbers: Numbers,
    index: TextIndex,
}

impl Desk {
    /// A desk over an index.
    pub fn new(index: TextIndex) -> Desk {
        Desk(Arc::new(Rooms { numbers: Numbers::default(), index }))
    }

    /// The blocks of ticket numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.0.numbers
    }

    /// The index of tickets.
    pub fn index(&self) -> &TextIndex {
        &self.0.index
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Desk, Problem> {
        let missing = || INTERNAL.error().caused_by("the desk was not put into the request").into();
        parts.extensions.get::<Desk>().cloned().ok_or_else(missing)
    }
}
