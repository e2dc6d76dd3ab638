//! A company: an account with its plan, tier, revenue, CSM and territory. Customers belong to any number of them.
//! Invariants: an external id belongs to one company; revenue is per month, in minor units of its currency.

mod refs;

pub use refs::{CompanyRef, refs};
