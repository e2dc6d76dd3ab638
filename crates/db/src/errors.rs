//! What can go wrong under a unit of work.

use base::{Code, Error, Kind};

/// The database does not answer, or a disk is full.
pub static UNAVAILABLE: Code = Code::new(
    Kind::Unavailable,
    "storage_unavailable",
    "The database cannot take this at the moment; nothing was written.",
    "Try again in a few seconds. If it goes on, run `mainstay doctor`.",
);

/// More work is waiting than the limit allows.
pub static OVERLOADED: Code = Code::new(
    Kind::Unavailable,
    "overloaded",
    "Too much work is waiting; nothing was written.",
    "Try again after the time in `Retry-After`.",
);

/// A unique key is taken; domains turn it into a code of their own.
pub static DUPLICATE: Code = Code::new(
    Kind::Conflict,
    "duplicate",
    "Something with this key exists already.",
    "Read the existing one, or choose another key.",
);

/// A statement or a stored value is wrong; a defect of ours.
pub static CORRUPT_ROW: Code = Code::new(
    Kind::Internal,
    "internal",
    "Something went wrong on our side; nothing was written.",
    "Tell your administrator the reference; the logs say more.",
);

/// The codes of this crate.
pub static CODES: &[&Code] = &[&UNAVAILABLE, &OVERLOADED, &DUPLICATE, &CORRUPT_ROW];

/// Whether the error says that a unique key is taken.
pub fn is_duplicate(error: &Error) -> bool {
    error.code() == &DUPLICATE
}
