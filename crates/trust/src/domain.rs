//! What a domain declares of itself: its doors, schema, errors, its part in sealing, its personal data, its jobs.

use std::sync::Arc;

use base::{Code, Result};
use db::{Migration, Tx};
use web::Op;

use crate::audit::Prefixes;
use crate::house::{Cx, House};
use crate::log::{Fold, Reaction};
use crate::nouns::CustomerId;

/// Personal data of a customer in one domain.
#[derive(Clone, Copy)]
pub struct PersonalData {
    /// What it is, in the export and the receipt.
    pub name: &'static str,
    /// Gives everything held about the customer, as JSON.
    pub export: fn(&mut Tx<'_>, &Cx, CustomerId) -> Result<serde_json::Value>,
    /// Erases some of it, going on from a place, in a short transaction; what was erased may be erased again.
    pub erase: fn(&mut Tx<'_>, &Cx, CustomerId, Option<&str>) -> Result<Erased>,
}

/// What one step of an erasure did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many rows it touched.
    pub rows: u64,
    /// Where the next step goes on, in the domain's own words; nothing when all is erased.
    pub next: Option<String>,
}

/// One domain.
pub struct Domain {
    /// Its name.
    pub name: &'static str,
    /// Its operations.
    pub operations: fn() -> Vec<Op>,
    /// Its schema, in order.
    pub migrations: &'static [Migration],
    /// Its error codes.
    pub codes: &'static [&'static [&'static Code]],
    /// What it keeps current while events are sealed.
    pub folds: &'static [Fold],
    /// The personal data it holds.
    pub personal: &'static [PersonalData],
    /// The prefixes of its ids, by the word that events use for a thing.
    pub prefixes: &'static Prefixes,
    /// The kinds of jobs it runs.
    pub kinds: fn() -> Vec<jobs::Kind<Arc<House>>>,
    /// The jobs that come back by themselves.
    pub schedules: &'static [&'static [jobs::Schedule]],
    /// The jobs that run when a row of its own is due.
    pub timers: &'static [&'static [jobs::Timer]],
    /// What it does in the transaction of an event it listens to.
    pub reactions: &'static [Reaction],
}
