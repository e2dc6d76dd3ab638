//! What a ticket must have before it is resolved: a category, fields that every ticket needs, fields that its category
//! needs. Invariant: a workspace that asks for nothing pays nothing for it.

mod requirements;
pub(crate) mod routes;
mod rule;

pub use requirements::{Missing, requirements};

use base::{Code, Kind};

/// Something is missing that resolving needs.
pub static MISSING_TO_RESOLVE: Code = Code::new(
    Kind::Unprocessable,
    "missing_to_resolve",
    "This ticket lacks what it needs to be resolved.",
    "Fill in what `missing` names, then resolve it again.",
);
