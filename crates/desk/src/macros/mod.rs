//! Macros and canned replies: what an agent does again and again, kept once with its words.
//! A canned reply is a macro of one reply. Invariants: a run is one transaction, and the ticket's timeline names the macro
//! and its version; a variable without a value stops the run; what a version did can be read for ever.

mod action;
mod changing;
mod checking;
mod faring;
mod filling;
mod kept;
mod preview;
mod routes;
mod running;
mod seen;
mod template;
mod values;

pub use action::{Action, LocaleText};
pub use kept::{Macro, MacroKind, MacroVisibility};
pub use running::{Asked, Ran, filled_reply, run};

pub(crate) use faring::react;
pub(crate) use routes::operations;

use base::{Code, Kind};

base::noun! {
    /// A macro.
    MacroNoun, MacroId, "mac"
}

/// The prefix of a macro's id.
pub(crate) const PREFIX: &str = <MacroNoun as base::Noun>::PREFIX;

/// A variable has no value.
pub static VARIABLES_MISSING: Code = Code::new(
    Kind::Unprocessable,
    "variables_missing",
    "The text has variables without a value for this ticket.",
    "Fill in what `missing` names, or give the variable other words: `{{customer.name|there}}`.",
);
/// A text names a variable that there is not.
pub static UNKNOWN_VARIABLE: Code = Code::new(
    Kind::Unprocessable,
    "unknown_variable",
    "The text names a variable that there is not.",
    "Choose one of those in `variables`.",
);
/// The shortcut is taken.
pub static SHORTCUT_TAKEN: Code =
    Code::new(Kind::Conflict, "macro_shortcut_taken", "Another macro has this shortcut.", "Choose another shortcut.");
/// The macro is archived.
pub static MACRO_ARCHIVED: Code =
    Code::new(Kind::Conflict, "macro_archived", "This macro is archived.", "Bring it back first, or use another one.");
/// The macro changed since it was shown.
pub static MACRO_CHANGED: Code = Code::new(
    Kind::Conflict,
    "macro_changed",
    "This macro changed since you looked at it.",
    "Look at its preview again.",
);
/// Somebody without a member's name cannot have macros of their own.
pub static NOBODYS_MACRO: Code = Code::new(
    Kind::Unprocessable,
    "nobodys_macro",
    "Personal macros belong to members.",
    "Use a personal token, or make the macro for a team or for all.",
);

/// The codes of this slice.
pub(crate) static CODES: &[&Code] =
    &[&VARIABLES_MISSING, &UNKNOWN_VARIABLE, &SHORTCUT_TAKEN, &MACRO_ARCHIVED, &MACRO_CHANGED, &NOBODYS_MACRO];
