//! A custom field: a typed question that the workspace asks of its tickets, with options of its own.
//! Invariants: key and type never change; options keep their ids when their labels change; nothing is deleted, only archived.

mod checking;
mod field;

pub use checking::{FieldValue, check_fields};
pub use field::FieldKind;
