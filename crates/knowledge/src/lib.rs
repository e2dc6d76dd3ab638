//! Knowledge: articles, the help centre, what readers say and look for.
//! Rule: readers see articles through a `Sight` and nothing else; this floor never calls the desk.

pub mod articles;
pub mod feedback;
pub mod finding;
pub mod gaps;
pub mod help;
pub mod nouns;
pub mod places;
mod state;

use std::sync::Arc;

pub use state::{Library, Rebuild, Rebuilds, Views};
use trust::{Domain, House};
use web::Op;

/// What this domain declares.
pub static DOMAIN: Domain = Domain {
    name: "knowledge",
    operations,
    migrations: &[
        db::Migration { domain: "knowledge", number: 1, sql: include_str!("schema.sql") },
        db::Migration { domain: "knowledge", number: 2, sql: include_str!("articles/schema.sql") },
        db::Migration { domain: "knowledge", number: 3, sql: include_str!("articles/schema_scheduled.sql") },
        db::Migration { domain: "knowledge", number: 4, sql: include_str!("feedback/schema_confirmed.sql") },
        db::Migration { domain: "knowledge", number: 5, sql: include_str!("articles/schema_made_of.sql") },
        db::Migration { domain: "knowledge", number: 6, sql: include_str!("feedback/schema_origin.sql") },
        db::Migration { domain: "knowledge", number: 7, sql: include_str!("gaps/schema_agents.sql") },
    ],
    codes: &[articles::CODES, feedback::CODES, help::CODES, finding::CODES],
    folds: &[],
    personal: &[feedback::personal::PERSONAL],
    prefixes: PREFIXES,
    kinds,
    schedules: &[&[feedback::STALE.1, gaps::FORGET.1, finding::FORGET.1]],
    timers: &[],
    reactions: &[],
};

/// The prefixes of its ids in the feed.
const PREFIXES: &trust::audit::Prefixes = &[
    ("article", <nouns::Article as base::Noun>::PREFIX),
    ("review", <nouns::Review as base::Noun>::PREFIX),
    ("gap", <nouns::Gap as base::Noun>::PREFIX),
    ("synonym", <nouns::Synonym as base::Noun>::PREFIX),
];

fn operations() -> Vec<Op> {
    let mut ops = articles::operations();
    ops.extend(feedback::routes::operations());
    ops.extend(gaps::routes::operations());
    ops.extend(finding::routes::operations());
    ops.extend(help::operations());
    ops
}

fn kinds() -> Vec<jobs::Kind<Arc<House>>> {
    vec![articles::PUBLISH, feedback::STALE.0, gaps::FORGET.0, finding::FORGET.0]
}

/// The future of a job at an edge.
type Running = std::pin::Pin<Box<dyn Future<Output = base::Result<()>> + Send>>;
