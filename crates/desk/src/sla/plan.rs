//! A policy version ready to measure by: its targets in microseconds, with the hours they are measured in.

use std::sync::Arc;

use base::Time;

use super::words::{BREACH, Measure, Metric, Promise, Threshold};
use crate::calendars::{Calendars, Hours};
use crate::tickets::Priority;

/// One target.
#[derive(Clone, Debug)]
pub struct Aim {
    /// How much time there is, in microseconds.
    pub micros: i64,
    /// Which time counts.
    pub hours: Arc<Hours>,
}

/// What a ticket's clocks are measured by.
#[derive(Clone, Debug)]
pub struct Plan {
    aims: Vec<(Metric, Priority, Aim)>,
    /// The time that counts where there is no target.
    usual: Arc<Hours>,
    /// What is announced, in order; the breach is among them.
    pub thresholds: Vec<Threshold>,
    /// Whether waiting for somebody outside pauses.
    pub pauses_on_third_party: bool,
    /// Whether waiting for somebody of ours pauses.
    pub pauses_on_internal: bool,
    /// The number of the calendar's version, when there is one.
    pub calendar_number: Option<i64>,
}

impl Plan {
    /// The plan of a promise with the calendar version in force at an instant.
    pub fn new(promise: &Promise, calendars: &Calendars, at: Time) -> Plan {
        let always = Arc::new(Hours::always());
        let found = promise.calendar_id.and_then(|id| calendars.at(id, at));
        let business = found.as_ref().map_or_else(|| always.clone(), |(_, hours)| hours.clone());
        let hours = |measure| if measure == Measure::Business { business.clone() } else { always.clone() };
        let aim = |target: &super::words::Target| {
            let micros = target.minutes.saturating_mul(60_000_000);
            (target.metric, target.priority, Aim { micros, hours: hours(target.hours) })
        };
        let is_business = promise.targets.iter().any(|target| target.hours == Measure::Business);
        Plan {
            aims: promise.targets.iter().map(aim).collect(),
            usual: hours(if is_business { Measure::Business } else { Measure::Calendar }),
            thresholds: thresholds(&promise.thresholds),
            pauses_on_third_party: promise.pauses_on_third_party,
            pauses_on_internal: promise.pauses_on_internal,
            calendar_number: found.map(|(number, _)| number),
        }
    }

    /// The target of a metric for a priority.
    pub fn aim(&self, metric: Metric, priority: Priority) -> Option<&Aim> {
        let is_it = |found: &&(Metric, Priority, Aim)| found.0 == metric && found.1 == priority;
        self.aims.iter().find(is_it).map(|(_, _, aim)| aim)
    }

    /// The time by which a metric is measured for a priority: its target's, or else the same metric's for another
    /// priority, or else the policy's.
    pub fn hours(&self, metric: Metric, priority: Priority) -> &Hours {
        let other = || self.aims.iter().find(|found| found.0 == metric).map(|(_, _, aim)| aim);
        self.aim(metric, priority).or_else(other).map_or(&self.usual, |aim| &aim.hours)
    }
}

fn thresholds(wanted: &[Threshold]) -> Vec<Threshold> {
    let mut all = wanted.to_vec();
    all.push(BREACH);
    all.sort_unstable();
    all.dedup();
    all
}
