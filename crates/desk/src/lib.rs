//! The desk: tickets from the first message to the last, who has them, and finding them again.
//! Rule: a verb authorises through its `Cx`, writes rows and events in one transaction, and nothing else.

pub mod arrival;
pub mod automation;
pub mod calendars;
pub mod escalation;
pub mod facts;
mod filing;
mod finding;
pub mod macros;
pub mod notifications;
pub mod routing;
pub mod simulations;
pub mod sla;
pub mod spam;
mod state;
pub mod tickets;
pub mod triage;
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
        db::Migration { domain: "desk", number: 3, sql: include_str!("routing/schema.sql") },
        db::Migration { domain: "desk", number: 4, sql: include_str!("automation/schema.sql") },
        db::Migration { domain: "desk", number: 6, sql: include_str!("triage/schema.sql") },
        db::Migration { domain: "desk", number: 5, sql: include_str!("schema_macros.sql") },
        db::Migration { domain: "desk", number: 7, sql: include_str!("spam/schema.sql") },
        db::Migration { domain: "desk", number: 8, sql: include_str!("escalation/schema.sql") },
        db::Migration { domain: "desk", number: 9, sql: include_str!("notifications/schema.sql") },
        db::Migration { domain: "desk", number: 10, sql: include_str!("schema_filing.sql") },
        db::Migration { domain: "desk", number: 11, sql: include_str!("automation/schema_chain.sql") },
        db::Migration { domain: "desk", number: 12, sql: include_str!("simulations/schema.sql") },
        db::Migration { domain: "desk", number: 13, sql: include_str!("sla/schema_pressing.sql") },
        db::Migration { domain: "desk", number: 14, sql: include_str!("tickets/schema_sender.sql") },
        db::Migration { domain: "desk", number: 15, sql: include_str!("spam/schema_more.sql") },
        db::Migration { domain: "desk", number: 16, sql: include_str!("routing/schema_pressing.sql") },
        db::Migration { domain: "desk", number: 17, sql: include_str!("routing/schema_calendar.sql") },
        db::Migration { domain: "desk", number: 18, sql: include_str!("triage/schema_incidents.sql") },
    ],
    codes: &[CODES, uploads::CODES, automation::CODES, macros::CODES, spam::CODES, triage::CODES],
    folds: &[tickets::fold],
    personal: &[
        escalation::PERSONAL,
        spam::PERSONAL,
        triage::PERSONAL,
        tickets::PARTICIPATIONS,
        tickets::PERSONAL,
        uploads::PERSONAL,
    ],
    prefixes: &[
        ("message", tickets::MESSAGE_PREFIX),
        ("upload", <uploads::Upload as base::Noun>::PREFIX),
        ("skill", <routing::Skill as base::Noun>::PREFIX),
        ("routing", "rtg"),
        ("rule", <automation::Rule as base::Noun>::PREFIX),
        ("notification", <notifications::NotificationNoun as base::Noun>::PREFIX),
        ("escalation", <escalation::EscalationNoun as base::Noun>::PREFIX),
        ("calendar", <calendars::CalendarNoun as base::Noun>::PREFIX),
        ("triage_example", <triage::TriageExample as base::Noun>::PREFIX),
        ("triage_model", <triage::TriageModel as base::Noun>::PREFIX),
        ("macro", macros::PREFIX),
        ("sender_rule", spam::PREFIX),
        ("quarantine", "hld"),
        ("policy", <sla::PolicyNoun as base::Noun>::PREFIX),
        ("simulation", <simulations::SimulationNoun as base::Noun>::PREFIX),
    ],
    kinds,
    schedules: &[
        tickets::SCHEDULES,
        uploads::SCHEDULES,
        notifications::SCHEDULES,
        automation::SCHEDULES,
        spam::SCHEDULES,
        triage::SCHEDULES,
    ],
    timers: &[&[tickets::TIMER, routing::TIMER, automation::TIMER, escalation::TIMER], sla::TIMERS],
    reactions: &[
        sla::react,
        routing::react,
        notifications::react,
        escalation::react,
        automation::react,
        filing::react,
        macros::react,
        triage::listen,
    ],
};

/// The error codes of this crate.
static CODES: &[&base::Code] = &[
    &tickets::TICKET_CLOSED,
    &tickets::NEWER_MESSAGES,
    &tickets::MISSED_TOO_MUCH,
    &tickets::WAITING_ON,
    &tickets::NOT_DELETED,
    &tickets::EXTERNAL_ID_TAKEN,
    &tickets::IS_REQUESTER,
    &tickets::TOO_MANY_PARTICIPANTS,
    &tickets::UNKNOWN_CATEGORY,
    &tickets::UNKNOWN_TEAM,
    &tickets::UNKNOWN_ASSIGNEE,
    &escalation::NOT_ESCALATED,
    &escalation::NO_TIERS,
    &escalation::NO_TIER_ABOVE,
    &escalation::ROTA_IN_USE,
    &routing::BAD_CONDITION,
    &routing::BAD_ORDER,
    &routing::NOT_OFFERED,
    &routing::SKILL_NEEDED,
    &routing::SKILL_TAKEN,
    &routing::UNKNOWN_SKILL,
    &tickets::BAD_SNOOZE,
    &tickets::NOT_OPEN,
    &notifications::NO_MEMBER,
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
    kinds.extend(filing::kinds());
    kinds.extend(spam::learning_kinds());
    kinds.extend(spam::purging_kinds());
    kinds.extend(uploads::kinds());
    kinds.extend(routing::kinds());
    kinds.extend(notifications::kinds());
    kinds.extend(automation::kinds());
    kinds.extend(escalation::kinds());
    kinds.extend(sla::kinds());
    kinds.extend(simulations::kinds());
    kinds.extend(triage::kinds());
    kinds
}

fn operations() -> Vec<Op> {
    let mut ops = tickets::operations();
    ops.extend(arrival::operations());
    ops.extend(routing::operations());
    ops.extend(escalation::operations());
    ops.extend(filing::operations());
    ops.extend(macros::operations());
    ops.extend(spam::operations());
    ops.extend(finding::operations());
    ops.extend(uploads::operations());
    ops.extend(notifications::operations());
    ops.extend(automation::operations());
    ops.extend(calendars::operations());
    ops.extend(sla::operations());
    ops.extend(simulations::operations());
    ops.extend(triage::operations());
    ops
}
