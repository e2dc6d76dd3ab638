//! A customer: a person we help. Born at the widget (a visitor), under a host app's signature, or named by staff or a token.
//! Invariants: an external id, a device and an address belong to one customer at most; a merge moves nothing, it only
//! points from the absorbed customer to the kept one, so that taking it back is exact; erased customers keep their id alone.

mod addresses;
mod claims;
mod events;
mod finding;
mod guest;
mod refs;
mod requester;

pub use claims::claim;
pub use finding::Account;
pub use guest::{guest, guest_or_create};
pub use refs::{CustomerRef, merged_ids, refs};
pub use requester::{Requester, requester, requester_with};

use base::{Code, Kind};

/// The customer named in a request is not there, or outside the reader's reach.
pub static UNKNOWN_CUSTOMER: Code = Code::new(
    Kind::Unprocessable,
    "unknown_customer",
    "The customer named here is not there.",
    "Name a customer within your reach by id, external id or e-mail address.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[&UNKNOWN_CUSTOMER];
