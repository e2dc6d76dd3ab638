//! A tag: a word on tickets. Born when somebody first uses it; two spellings that fold alike are one tag.

mod tag;

pub use tag::{tag_ids, tag_names};
