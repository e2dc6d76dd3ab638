//! Who of the candidates is next: a pure choice, the same for the same candidates.
//! Rule: first who lacks fewest of the wished-for skills, then the strategy, then who has waited longest for a ticket.

use base::Time;
use trust::nouns::MemberId;

use super::candidates::Candidate;
use super::words::{Reason, Strategy};

/// What decides between candidates who can take a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Able<'a> {
    pub candidate: &'a Candidate,
    /// How many wished-for skills they lack.
    pub lacking: usize,
}

/// A member whom a ticket goes to before the strategy is asked.
pub(crate) type Favourite = (MemberId, Reason);

/// The next of those who can take a ticket.
pub(crate) fn next<'a>(strategy: Strategy, favourites: &[Favourite], able: &[Able<'a>]) -> Option<(&'a Candidate, Reason)> {
    for (member, reason) in favourites {
        if let Some(found) = able.iter().find(|one| one.candidate.member == *member) {
            return Some((found.candidate, *reason));
        }
    }
    let reason = match strategy {
        Strategy::LeastLoaded => Reason::LeastLoaded,
        Strategy::RoundRobin | Strategy::Manual => Reason::RoundRobin,
    };
    let next = able.iter().min_by_key(|one| order(strategy, one))?;
    Some((next.candidate, reason))
}

/// Turns decide between those who were given a ticket at the same moment, ids between those who never were.
fn order(strategy: Strategy, one: &Able<'_>) -> (usize, i64, Time, i64, MemberId) {
    let Candidate { member, carried, turns, taken_at, .. } = one.candidate;
    let load = if strategy == Strategy::LeastLoaded { *carried } else { 0 };
    (one.lacking, load, *taken_at, *turns, *member)
}
