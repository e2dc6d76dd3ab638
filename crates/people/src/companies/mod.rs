//! A company: an account with its plan, tier, revenue, CSM and territory. Customers belong to any number of them.
//! Invariants: an external id belongs to one company; revenue is per month, in minor units of its currency.

mod company;
mod membership;
mod refs;
pub(crate) mod routes;
mod shapes;
mod standing;

pub use company::{Company, change, check_named, create, list, revenue};
pub use membership::{enter, join, leave, of_customers};
pub use refs::{CompanyRef, refs};
pub use shapes::{CompanyOut, CompanyPatch, NewCompany, Revenue};
pub use standing::{Standing, standing};

use base::{Code, Kind};

/// The external id belongs to another company.
pub static EXTERNAL_ID_TAKEN: Code = Code::new(
    Kind::Conflict,
    "company_external_id_taken",
    "This external id belongs to another company.",
    "Find that company by it, or use another one.",
);

/// The codes of this slice.
pub static CODES: &[&Code] = &[&EXTERNAL_ID_TAKEN];
