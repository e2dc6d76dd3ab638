//! What a run has found so far: sums, and the tickets that would have gone otherwise.

use base::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use trust::nouns::{TeamId, TicketId};
use utoipa::ToSchema;

use crate::automation::{Moment, RuleId};
use crate::routing::RoutingRuleId;
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
    /// One on each side where it is so.
    pub(super) fn of(before: bool, after: bool) -> Figure {
        Figure { before: before.into(), after: after.into() }
    }

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

/// How often rules took an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActionSum {
    /// The rule: the one that was asked about, or one that acts otherwise because of it.
    pub rule_id: RuleId,
    /// The action.
    #[serde(rename = "do")]
    pub action: String,
    /// How often it was taken.
    pub taken: Figure,
    /// How often something was different then.
    pub changing: Figure,
}

/// How many arrivals went to a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamSum {
    /// The team; absent for those without one.
    pub team_id: Option<TeamId>,
    /// Tickets.
    pub arrivals: Figure,
}

/// A ticket that would have gone otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The number people say.
    pub number: i64,
    /// What would have been different.
    #[serde(flatten)]
    pub what: Otherwise,
}

/// What would have been different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Otherwise {
    /// When a promise was broken; the answer about a policy.
    Promise {
        /// Of which promise.
        metric: Metric,
        /// Which clock of it.
        instance: i64,
        /// When it was broken.
        before: Option<Time>,
        /// When it would have been.
        after: Option<Time>,
    },
    /// What a rule does; the answer about a rule.
    Rule {
        /// The rule.
        rule_id: RuleId,
        /// What it heard of.
        moment: Moment,
        /// When it has its turn.
        at: Time,
        /// The actions it takes by what is in force; null when it does not act.
        before: Option<Vec<String>>,
        /// The actions it would have taken.
        after: Option<Vec<String>>,
    },
    /// Where it went; the answer about routing.
    Team {
        /// The rule that sent it there.
        rule_id: Option<RoutingRuleId>,
        /// The place among the rules asked about of the one that would have, from 1.
        place: Option<i64>,
        /// The team it came to.
        before: Option<TeamId>,
        /// The team it would have come to.
        after: Option<TeamId>,
    },
}

/// What a run has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Found {
    /// What was in force when it began: when that changes meanwhile, it begins anew.
    pub(super) basis: String,
    /// Tickets with clocks; tickets the rule acts on; tickets a routing rule sends somewhere.
    pub(super) covered: Figure,
    /// Tickets with a broken promise.
    pub(super) breached: Figure,
    /// For each metric.
    pub(super) sums: Vec<Sum>,
    /// For each action of a rule.
    pub(super) actions: Vec<ActionSum>,
    /// For each team.
    pub(super) teams: Vec<TeamSum>,
    /// How often the rule really acted, as the timelines tell.
    pub(super) ran: i64,
    /// How often the condition of the rule could not be decided.
    pub(super) erred: Figure,
    /// Tickets of which something was asked that was not told then, so that what is known today was taken.
    pub(super) unsure: i64,
    /// Tickets that were left out because retention took the start of their history.
    pub(super) without_history: i64,
    /// Tickets that differ.
    pub(super) differing: i64,
    /// The first of the differences.
    pub(super) differences: Vec<Difference>,
    /// Where the next page begins: when the last ticket was opened, and its id.
    pub(super) after: Option<(i64, uuid::Uuid)>,
}

impl Found {
    /// What was kept. Differences of a release that knew of promises only did not say what they are of.
    pub(super) fn read(kept: &str) -> Option<Found> {
        let mut kept: Value = serde_json::from_str(kept).ok().filter(Value::is_object)?;
        let differences = kept.get_mut("differences").and_then(Value::as_array_mut);
        for difference in differences.into_iter().flatten().filter_map(Value::as_object_mut) {
            difference.entry("of").or_insert_with(|| "promise".into());
        }
        serde_json::from_value(kept).ok()
    }

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

    /// Adds to the sums of an action.
    pub(super) fn act(&mut self, rule_id: RuleId, action: &str, taken: Figure, changing: Figure) {
        if !self.actions.iter().any(|sum| sum.rule_id == rule_id && sum.action == action) {
            let action = action.to_owned();
            self.actions.push(ActionSum { rule_id, action, taken: Figure::default(), changing: Figure::default() });
            self.actions.sort_by(|one, other| (one.rule_id, &one.action).cmp(&(other.rule_id, &other.action)));
        }
        for sum in self.actions.iter_mut().filter(|sum| sum.rule_id == rule_id && sum.action == action) {
            sum.taken.add(taken);
            sum.changing.add(changing);
        }
    }

    /// Adds to the arrivals of a team.
    pub(super) fn arrive(&mut self, team_id: Option<TeamId>, arrivals: Figure) {
        if !self.teams.iter().any(|sum| sum.team_id == team_id) {
            self.teams.push(TeamSum { team_id, arrivals: Figure::default() });
            self.teams.sort_by_key(|sum| sum.team_id);
        }
        self.teams.iter_mut().filter(|sum| sum.team_id == team_id).for_each(|sum| sum.arrivals.add(arrivals));
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
