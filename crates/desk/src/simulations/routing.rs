//! What would have been, had other routing rules been asked: the team each arrival came to, and the one it would have come to.

use super::outcome::{Difference, Figure, Found, Otherwise};
use super::page::History;
use crate::facts::{Backdrop, parsed};
use crate::routing::{Arrival, Drafts};

/// Adds a ticket to what was found.
pub(super) fn add(drafts: &Drafts, found: &mut Found, history: &History, backdrop: &Backdrop) {
    let data: Vec<_> = history.events.iter().map(parsed).collect();
    let Some(arrival) = drafts.replay((&history.events, &data), backdrop) else { return };
    let Arrival { before, by, after, place, is_unsure } = arrival;
    found.covered.add(Figure::of(by.is_some(), place.is_some()));
    found.arrive(before, Figure::of(true, false));
    found.arrive(after, Figure::of(false, true));
    found.unsure += i64::from(is_unsure);
    if before != after {
        let what = Otherwise::Team { rule_id: by, place, before, after };
        found.differ(vec![Difference { ticket_id: history.ticket, number: history.number, what }]);
    }
}
