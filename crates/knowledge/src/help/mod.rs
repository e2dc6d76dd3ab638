//! The help centre: pages for readers, drawn on the server, and the doors of the widget.
//! Rule: whoever is here sees live articles through their sight; nothing here writes but votes and searches.

pub mod site;

pub use site::{HELP_HOST_TAKEN, NO_HELP_CENTRE};

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&HELP_HOST_TAKEN, &NO_HELP_CENTRE];

pub(crate) fn operations() -> Vec<web::Op> {
    Vec::new()
}
