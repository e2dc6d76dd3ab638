//! What the server's errors mean to the house.

use base::Error;
use tokio_postgres::error::Severity;

use super::AGAIN;
use crate::{CORRUPT_ROW, DUPLICATE, UNAVAILABLE};

/// The error of a unit of work that went on after a failed statement.
pub(super) fn passed_over() -> Error {
    CORRUPT_ROW.error().caused_by("a unit of work passed over a failed statement")
}

/// Whether the server ended the connection with this error, or is not there any more.
pub(super) fn cuts(error: &tokio_postgres::Error) -> bool {
    let Some(told) = error.as_db_error() else {
        let source = std::error::Error::source(error);
        return error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>());
    };
    matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// What the server said, or else what went wrong on the way to it.
pub(super) fn cause(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string)
}

pub(super) fn failed(error: tokio_postgres::Error) -> Error {
    if cuts(&error) {
        return UNAVAILABLE.error().retry_in(1).caused_by(cause(&error));
    }
    let Some(state) = error.code() else {
        return UNAVAILABLE.error().retry_in(1).caused_by(error);
    };
    let code = match state.code() {
        "23505" => &DUPLICATE,
        "40001" | "40P01" => &AGAIN,
        code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => &UNAVAILABLE,
        "25006" | "28000" | "28P01" | "3D000" => &UNAVAILABLE,
        _ => &CORRUPT_ROW,
    };
    let error = code.error().caused_by(cause(&error));
    if code == &UNAVAILABLE { error.retry_in(1) } else { error }
}
