//! Where a ticket stands: five fixed statuses that clocks and counts know, and the workspace's own names inside each.
//! Invariants: a name never changes its status; of each status one name at most is the default, and it is not archived;
//! names are archived, not deleted.

mod changing;
mod name;
pub(crate) mod routes;
mod status;

pub use changing::{change, create};
pub use name::{StatusColour, StatusName, StatusNames, settable, status_names};
pub use status::Status;

use base::{Code, Kind};

/// The name is taken.
pub static STATUS_NAME_TAKEN: Code =
    Code::new(Kind::Conflict, "status_name_taken", "There is a status of this name.", "Use that one, or another name.");
/// The name is the default of its status.
pub static STATUS_NAME_IS_DEFAULT: Code = Code::new(
    Kind::Conflict,
    "status_name_is_default",
    "This name is the default of its status.",
    "Make another name the default first.",
);
/// The name does not go with the status.
pub static UNKNOWN_STATUS_NAME: Code = Code::new(
    Kind::Unprocessable,
    "unknown_status_name",
    "There is no such name for this status.",
    "List them at `/api/v1/statuses`.",
);
/// There are too many names.
pub static TOO_MANY_STATUS_NAMES: Code = Code::new(
    Kind::Conflict,
    "too_many_status_names",
    "A workspace has at most 100 names of statuses.",
    "Rename one that is archived.",
);

/// The codes of this slice.
pub static CODES: &[&Code] =
    &[&STATUS_NAME_TAKEN, &STATUS_NAME_IS_DEFAULT, &UNKNOWN_STATUS_NAME, &TOO_MANY_STATUS_NAMES];
