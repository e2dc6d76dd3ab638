//! The desk: tickets from the first message to the last, who has them, and finding them again.
//! Rule: a verb authorises through its `Cx`, writes rows and events in one transaction, and nothing else.

pub mod calendars;
mod finding;
pub mod simulations;
pub mod sla;
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
        db::Migration { domain: "desk", number: 2, sql: include_str!("sla/schema.sql") },
    ],
    codes: &[CODES, uploads::CODES],
    folds: &[tickets::fold],
    personal: &[tickets::PERSONAL, uploads::PERSONAL],
    prefixes: &[("message", tickets::MESSAGE_PREFIX), ("upload", <uploads::Upload as base::Noun>::PREFIX), ("calendar", <calendars::CalendarNoun as base::Noun>::PREFIX), ("policy", <sla::PolicyNoun as base::Noun>::PREFIX)],
    kinds,
    schedules: &[tickets::SCHEDULES, uploads::SCHEDULES],
    timers: sla::TIMERS,
    reactions: &[sla::react],
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
    &calendars::BAD_CALENDAR,
    &calendars::CALENDAR_TAKEN,
    &calendars::BAD_ICALENDAR,
    &sla::BAD_POLICY,
    &sla::POLICY_TAKEN,
    &sla::BAD_ORDER,
    &simulations::BAD_RANGE,
    &simulations::TOO_MANY_SIMULATIONS,
];

fn kinds() -> Vec<jobs::Kind<Arc<House>>> {
    let mut kinds = tickets::kinds();
    kinds.extend(uploads::kinds());
    kinds.extend(sla::kinds());
    kinds.extend(simulations::kinds());
    kinds
}

fn operations() -> Vec<Op> {
    let mut ops = tickets::operations();
    ops.extend(finding::operations());
    ops.extend(uploads::operations());
    ops.extend(calendars::operations());
    ops.extend(sla::operations());
    ops.extend(simulations::operations());
    ops
}
