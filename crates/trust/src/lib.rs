//! Trust: workspaces, accounts and members; who may do what; the sealed log of what happened.
//! Rule: everything above acts through a `Cx` that only the gate and the house can make.

pub mod access;
pub mod accounts;
pub mod audit;
mod domain;
mod doors;
mod forgetting;
mod house;
mod idempotency;
pub mod keys;
pub mod log;
pub mod members;
pub mod nouns;
mod paging;
mod remembered;
mod rooms;
mod secrets;
mod settings;
pub mod tokens;

pub use domain::{Domain, Erased, PersonalData};
pub use doors::{
    BAD_IDENTITY, CROSS_SITE, KeyAlgorithm, Known, Proof, ProofKind, TrustGate, UNKNOWN_WIDGET, VisitorProof,
    WRONG_ORIGIN,
};
pub use house::{Cause, Cx, House};
pub use idempotency::{IdempotencyKey, KEPT_SECONDS, Made, created_once, forget_answers};
pub use paging::PageQuery;
pub use remembered::{Remembered, SettingsChanged};
pub use rooms::Rooms;
pub use secrets::Secrets;
pub use settings::{Retention, TrustSettings};

/// What this domain declares.
pub static DOMAIN: Domain = Domain {
    name: "trust",
    operations,
    migrations: &[
        db::Migration { domain: "trust", number: 1, sql: include_str!("schema.sql") },
        db::Migration { domain: "trust", number: 2, sql: include_str!("members/schema_away.sql") },
        db::Migration { domain: "trust", number: 3, sql: include_str!("log/schema_cut.sql") },
    ],
    codes: &[
        access::CODES,
        accounts::CODES,
        audit::CODES,
        doors::CODES,
        idempotency::CODES,
        keys::CODES,
        log::CODES,
        members::CODES,
        secrets::CODES,
        tokens::CODES,
    ],
    folds: &[],
    personal: &[],
    prefixes: audit::PREFIXES,
    kinds: forgetting::kinds,
    schedules: &[forgetting::SCHEDULES],
    timers: &[],
    reactions: &[],
};

fn operations() -> Vec<web::Op> {
    let mut all = accounts::routes::operations();
    all.extend(members::routes::operations());
    all.extend(tokens::routes::operations());
    all.extend(keys::routes::operations());
    all.extend(audit::routes::operations());
    all
}
