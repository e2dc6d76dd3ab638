//! The desk: tickets from the first message to the last, who has them, and finding them again.
//! Rule: a verb authorises through its `Cx`, writes rows and events in one transaction, and nothing else.

pub mod arrival;
mod filing;
mod finding;
pub mod macros;
mod state;
pub mod tickets;
pub mod uploads;

pub use finding::{Indexer, index_problem};
pub use state::Desk;

use std::sync::Arc;

use trust::{Domain, House};
use web::Op;

/// What this domain declares.
pub static DOMAIN: Domain = Domain {
    name: "desk",
    operations,
    migrations: &[
        db::Migration { domain: "desk", number: 1, sql: include_str!("schema.sql") },
        db::Migration { domain: "desk", number: 5, sql: include_str!("schema_macros.sql") },
        db::Migration { domain: "desk", number: 10, sql: include_str!("schema_filing.sql") },
    ],
    codes: &[CODES, macros::CODES, uploads::CODES],
    folds: &[tickets::fold],
    personal: &[tickets::PERSONAL, uploads::PERSONAL],
    prefixes: &[
        ("message", tickets::MESSAGE_PREFIX),
        ("macro", macros::PREFIX),
        ("upload", <uploads::Upload as base::Noun>::PREFIX),
    ],
    kinds,
    schedules: &[tickets::SCHEDULES, uploads::SCHEDULES],
    timers: &[],
    reactions: &[filing::react, macros::react],
};

/// The error codes of this crate.
static CODES: &[&base::Code] = &[
    &tickets::TICKET_CLOSED,
    &tickets::NEWER_MESSAGES,
    &tickets::WAITING_ON,
    &tickets::NOT_DELETED,
    &tickets::EXTERNAL_ID_TAKEN,
    &tickets::UNKNOWN_CATEGORY,
    &tickets::UNKNOWN_TEAM,
    &tickets::UNKNOWN_ASSIGNEE,
];

fn kinds() -> Vec<jobs::Kind<Arc<House>>> {
    let mut kinds = tickets::kinds();
    kinds.extend(filing::kinds());
    kinds.extend(uploads::kinds());
    kinds
}

fn operations() -> Vec<Op> {
    let mut ops = tickets::operations();
    ops.extend(arrival::operations());
    ops.extend(filing::operations());
    ops.extend(macros::operations());
    ops.extend(finding::operations());
    ops.extend(uploads::operations());
    ops
}
