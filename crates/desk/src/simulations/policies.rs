//! What would have been, had a policy promised otherwise: every ticket's clocks, by what is in force and by what was asked.

use std::collections::BTreeMap;

use base::Time;

use super::outcome::{Difference, Figure, Found, Otherwise};
use super::page::History;
use crate::sla::{BREACH, Clock, Metric, Policies, opened_facts, replay};

/// Two sets of promises to compare.
pub(super) struct Promised {
    pub(super) before: Policies,
    pub(super) after: Policies,
    pub(super) as_of: Time,
}

/// The broken promises of a ticket: when each broke, and for how many minutes that went on.
type Broken = BTreeMap<(Metric, i64), (Time, i64)>;

impl Promised {
    /// Adds a ticket to what was found.
    pub(super) fn add(&self, found: &mut Found, history: &History) {
        let (was, would) = (self.broken(&self.before, history), self.broken(&self.after, history));
        found.covered.add(Figure::of(was.is_some(), would.is_some()));
        let (was, would) = (was.unwrap_or_default(), would.unwrap_or_default());
        found.breached.add(Figure::of(!was.is_empty(), !would.is_empty()));
        let mut differences = Vec::new();
        let mut keys: Vec<(Metric, i64)> = was.keys().chain(would.keys()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (before, after) = (was.get(&key), would.get(&key));
            let late = |broken: Option<&(Time, i64)>| broken.map_or(0, |(_, minutes)| *minutes);
            found.add(
                key.0,
                Figure::of(before.is_some(), after.is_some()),
                Figure { before: late(before), after: late(after) },
            );
            let (before, after) = (before.map(|(at, _)| *at), after.map(|(at, _)| *at));
            if before != after {
                let (ticket_id, number) = (history.ticket, history.number);
                let what = Otherwise::Promise { metric: key.0, instance: key.1, before, after };
                differences.push(Difference { ticket_id, number, what });
            }
        }
        found.differ(differences);
    }

    /// What would be broken under some promises; `None` when none is for the ticket.
    fn broken(&self, policies: &Policies, history: &History) -> Option<Broken> {
        let opened = history.events.iter().find(|event| event.kind == "ticket.opened")?;
        let choice = policies.choose(&opened_facts(&opened.data)?)?.clone();
        let plan = policies.plan(choice.policy, choice.number, history.opened_at)?;
        let plans = [(plan, history.opened_at, 0)];
        let replayed = replay(&history.events, &plans, self.as_of);
        let ends = |clock: &Clock| ((clock.metric, clock.instance), clock.ended_at);
        // The newest end of a clock counts: a solution that was opened again ended later.
        let mut ended: BTreeMap<(Metric, i64), Option<Time>> = replayed.ended.iter().map(ends).collect();
        ended.extend(replayed.clocks.all().iter().map(ends));
        let breaches = replayed.marks.iter().filter(|mark| mark.threshold == BREACH);
        let late = |key: &(Metric, i64), at: Time| {
            let until = ended.get(key).copied().flatten().unwrap_or(self.as_of);
            until.micros_since(at).max(0) / 60_000_000
        };
        Some(
            breaches
                .map(|mark| ((mark.metric, mark.instance), mark.at))
                .map(|(key, at)| (key, (at, late(&key, at))))
                .collect(),
        )
    }
}
