//! What a run has found so far: sums, and the tickets that would have gone otherwise.

use base::Time;
use serde::{Deserialize, Serialize};
use trust::nouns::TicketId;
use utoipa::ToSchema;

use crate::sla::Metric;

/// Differences that are kept one by one; all are counted.
const MOST: usize = 200;

/// One figure, as it was and as it would have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    /// By what is in force.
    pub before: i64,
    /// By what was asked.
    pub after: i64,
}

impl Figure {
    pub(super) fn add(&mut self, other: Figure) {
        self.before += other.before;
        self.after += other.after;
    }
}

/// The sums of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sum {
    /// Which.
    pub metric: Metric,
    /// Clocks that were broken.
    pub breached: Figure,
    /// Minutes for which broken promises went on until they were kept.
    pub late_minutes: Figure,
}

/// A ticket that would have gone otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The number people say.
    pub number: i64,
    /// Of which promise.
    pub metric: Metric,
    /// Which clock of it.
    pub instance: i64,
    /// When it was broken.
    pub before: Option<Time>,
    /// When it would have been.
    pub after: Option<Time>,
}

/// What a run has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// Tickets with clocks.
    pub(super) covered: Figure,
    /// Tickets with a broken promise.
    pub(super) breached: Figure,
    /// For each metric.
    pub(super) sums: Vec<Sum>,
    /// Tickets that differ.
    pub(super) differing: i64,
    /// The first of the differences.
    pub(super) differences: Vec<Difference>,
    /// Where the next page begins: when the last ticket was opened, and its id.
    pub(super) after: Option<(i64, uuid::Uuid)>,
}

impl Found {
    /// Adds to the sums of a metric.
    pub(super) fn add(&mut self, metric: Metric, breached: Figure, late: Figure) {
        if !self.sums.iter().any(|sum| sum.metric == metric) {
            self.sums.push(Sum { metric, breached: Figure::default(), late_minutes: Figure::default() });
            self.sums.sort_by_key(|sum| sum.metric);
        }
        for sum in self.sums.iter_mut().filter(|sum| sum.metric == metric) {
            sum.breached.add(breached);
            sum.late_minutes.add(late);
        }
    }

    /// Counts a ticket that differs.
    pub(super) fn differ(&mut self, differences: Vec<Difference>) {
        if differences.is_empty() {
            return;
        }
        self.differing += 1;
        let room = MOST.saturating_sub(self.differences.len());
        self.differences.extend(differences.into_iter().take(room));
    }
}
