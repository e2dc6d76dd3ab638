//! A customer: a person we help. Born at the widget (a visitor), under a host app's signature, or named by staff or a token.
//! Invariants: an external id, a device and an address belong to one customer at most; a merge moves nothing, it only
//! points from the absorbed customer to the kept one, so that taking it back is exact; erased customers keep their id alone.

mod addresses;
pub(crate) mod attributes;
mod claims;
mod customer;
mod device;
mod events;
mod finding;
mod guest;
mod me;
mod merging;
mod patching;
mod personal;
mod refs;
mod requester;
pub(crate) mod routes;
mod shapes;
mod words;

pub use attributes::ATTRIBUTES_LIMIT;
pub use claims::claim;
pub(crate) use customer::starting;
pub use customer::{Customer, create, list};
pub use device::new_device;
pub(crate) use events::{company_changed, event};
pub use finding::Account;
pub(crate) use finding::revenue_band;
pub use guest::{guest, guest_or_create, hold};
pub(crate) use me::operations as my_operations;
pub use merging::{Merge, merge, unmerge};
pub use patching::change;
pub(crate) use personal::{PERSONAL, erased, mark_erased};
pub use refs::{CustomerRef, merged_ids, person_ids, refs};
pub use requester::{Requester, requester, requester_with, stays, stays_for_staff};
pub use shapes::{CustomerOut, CustomerPatch, NewCustomer};
pub use words::{Locale, Zone};

use base::{Code, Kind};

/// The customer named in a request is not there, or outside the reader's reach.
pub static UNKNOWN_CUSTOMER: Code = Code::new(
    Kind::Unprocessable,
    "unknown_customer",
    "The customer named here is not there.",
    "Name a customer within your reach by id, external id or e-mail address.",
);
/// The external id belongs to somebody else.
pub static EXTERNAL_ID_TAKEN: Code = Code::new(
    Kind::Conflict,
    "customer_external_id_taken",
    "This external id belongs to another customer.",
    "Find that customer by it, or merge the two.",
);
/// The address belongs to somebody else.
pub static ADDRESS_TAKEN: Code = Code::new(
    Kind::Conflict,
    "address_taken",
    "This address belongs to another customer.",
    "Find that customer by it, or merge the two.",
);
/// The customer was merged into another one.
pub static CUSTOMER_MERGED: Code = Code::new(
    Kind::Conflict,
    "customer_merged",
    "This customer was merged into another one.",
    "Use the customer in `merged_into`, or take the merge back.",
);
/// The customer was erased.
pub static CUSTOMER_ERASED: Code = Code::new(
    Kind::Conflict,
    "customer_erased",
    "Everything about this customer was erased.",
    "Make a new customer; what was erased does not come back.",
);
/// A merge of a customer with itself.
pub static SAME_CUSTOMER: Code = Code::new(
    Kind::Unprocessable,
    "same_customer",
    "A customer cannot be merged into itself.",
    "Name another customer in `into`.",
);
/// There is no merge to take back.
pub static NOT_MERGED: Code = Code::new(
    Kind::Conflict,
    "not_merged",
    "This customer was not merged into another one.",
    "Name the absorbed customer, not the kept one.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[
    &UNKNOWN_CUSTOMER,
    &EXTERNAL_ID_TAKEN,
    &ADDRESS_TAKEN,
    &CUSTOMER_MERGED,
    &CUSTOMER_ERASED,
    &SAME_CUSTOMER,
    &NOT_MERGED,
];
