//! A custom field: a typed question that the workspace asks of its tickets, with options of its own.
//! Invariants: key and type never change; options keep their ids when their labels change; nothing is deleted, only archived.

mod checking;
mod defining;
mod field;
mod matching;
pub(crate) mod routes;
mod shapes;

pub use checking::{FieldValue, check_fields};
pub use defining::{change, create, list};
pub use field::FieldKind;
pub use matching::{FieldMatch, match_fields};
pub use shapes::{FieldOut, FieldPatch, NewField};

use base::{Code, Kind};

/// The key is taken.
pub static FIELD_KEY_TAKEN: Code = Code::new(
    Kind::Conflict,
    "field_key_taken",
    "There is a field of this key.",
    "Use that field, or another key; keys of archived fields stay taken.",
);
