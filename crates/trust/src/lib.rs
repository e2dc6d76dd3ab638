//! Trust: workspaces, accounts and members; who may do what; the sealed log of what happened.
//! Rule: everything above acts through a `Cx` that only the gate and the house can make.

pub mod access;
pub mod accounts;
mod domain;
mod doors;
mod house;
mod idempotency;
pub mod log;
pub mod nouns;
mod secrets;
mod settings;

pub use domain::{Domain, PersonalData};
pub use doors::{BAD_IDENTITY, KeyAlgorithm, TrustGate, UNKNOWN_WIDGET, WRONG_ORIGIN};
pub use house::{Cx, House};
pub use idempotency::{IdempotencyKey, KEPT_SECONDS, created_once, forget_old};
pub use secrets::Secrets;
pub use settings::TrustSettings;

/// What this domain declares.
pub static DOMAIN: Domain = Domain {
    name: "trust",
    operations: Vec::new,
    migrations: &[db::Migration {
        domain: "trust",
        number: 1,
        sql: include_str!("schema.sql"),
    }],
    codes: &[],
    folds: &[],
    personal: &[],
};
