//! A tag: a word on tickets. Born when somebody first uses it; two spellings that fold alike are one tag.

pub(crate) mod routes;
mod tag;

pub use tag::{Tag, create, list, rename, tag_ids, tag_named, tag_names};

use base::{Code, Kind};

/// The name is taken.
pub static TAG_TAKEN: Code =
    Code::new(Kind::Conflict, "tag_taken", "There is a tag of this name.", "Use that tag, or another name.");
