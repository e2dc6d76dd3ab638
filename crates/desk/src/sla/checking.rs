//! Looks a promise over before it is saved: what contradicts itself, cannot be measured or cannot be asked is refused.
//! Rule: every refusal names the place and the reason; what was in force stays.

use std::collections::HashMap;

use base::{Code, Error, Kind, Result};
use db::Tx;
use rules::Condition;
use trust::Cx;

use super::words::{Measure, Metric, Promise};
use crate::calendars;
use crate::facts::OPENED;
use crate::tickets::Priority;

/// The policy does not hold together.
pub static BAD_POLICY: Code = Code::new(
    Kind::Unprocessable,
    "bad_policy",
    "The policy was not saved; the one in force stays.",
    "Put right what `fields` names, then save again.",
);
/// Thresholds a policy has at most.
const MOST_THRESHOLDS: usize = 12;
/// The longest target: a year.
const LONGEST: i64 = 525_600;

/// Refuses a promise that does not hold together.
pub(crate) fn check(tx: &mut Tx<'_>, cx: &Cx, promise: &Promise) -> Result<()> {
    let mut wrong = Vec::new();
    condition(promise, &mut wrong);
    targets(promise, &mut wrong);
    order(promise, &mut wrong);
    thresholds(promise, &mut wrong);
    calendar(tx, cx, promise, &mut wrong)?;
    if wrong.is_empty() { Ok(()) } else { Err(refused(wrong)) }
}

type Wrong = (String, &'static str, String);

fn refused(wrong: Vec<Wrong>) -> Error {
    let all = wrong.into_iter().take(20);
    all.fold(BAD_POLICY.error(), |error, (place, code, reason)| error.field(place, code, reason))
}

fn condition(promise: &Promise, wrong: &mut Vec<Wrong>) {
    if let Some(Err(fault)) = promise.condition.as_deref().map(|source| Condition::compile(source, &OPENED)) {
        let place = match (fault.line, fault.column) {
            (Some(line), Some(column)) => format!("line {line}, column {column}: "),
            _ => String::new(),
        };
        wrong.push(("/condition".to_owned(), "bad_condition", format!("{place}{}", fault.reason)));
    }
}

fn targets(promise: &Promise, wrong: &mut Vec<Wrong>) {
    if promise.targets.is_empty() {
        wrong.push(("/targets".to_owned(), "empty", "promises nothing: add a target".to_owned()));
    }
    let mut known: HashMap<(Metric, Priority), usize> = HashMap::new();
    for (index, target) in promise.targets.iter().enumerate() {
        if !(1..=LONGEST).contains(&target.minutes) {
            let reason = format!("is 1 to {LONGEST} minutes; leave the target out to promise nothing");
            wrong.push((format!("/targets/{index}/minutes"), "out_of_range", reason));
        }
        if let Some(other) = known.insert((target.metric, target.priority), index) {
            let reason = format!("contradicts /targets/{other}: the same metric and priority");
            wrong.push((format!("/targets/{index}"), "contradiction", reason));
        }
    }
}

/// What presses more is not promised later, and a first response is not promised after the solution.
fn order(promise: &Promise, wrong: &mut Vec<Wrong>) {
    for (index, target) in promise.targets.iter().enumerate() {
        let same = promise.targets.iter().filter(|other| other.hours == target.hours);
        for other in same {
            let is_slower =
                other.metric == target.metric && other.priority < target.priority && other.minutes < target.minutes;
            let is_late = target.metric == Metric::FirstResponse
                && other.metric == Metric::Resolution
                && other.priority == target.priority
                && other.minutes < target.minutes;
            let place = || format!("/targets/{index}/minutes");
            if is_slower {
                let reason = format!("is longer than for the lower priority `{}`", other.priority);
                wrong.push((place(), "contradiction", reason));
            }
            if is_late {
                wrong.push((place(), "contradiction", "is longer than the time to the solution".to_owned()));
            }
        }
    }
}

fn thresholds(promise: &Promise, wrong: &mut Vec<Wrong>) {
    if promise.thresholds.len() > MOST_THRESHOLDS {
        wrong.push(("/thresholds".to_owned(), "too_many", format!("takes at most {MOST_THRESHOLDS}")));
    }
    for (index, threshold) in promise.thresholds.iter().enumerate() {
        if promise.thresholds.iter().take(index).any(|other| other == threshold) {
            wrong.push((format!("/thresholds/{index}"), "twice", "is there already".to_owned()));
        }
    }
}

fn calendar(tx: &mut Tx<'_>, cx: &Cx, promise: &Promise, wrong: &mut Vec<Wrong>) -> Result<()> {
    let place = || "/calendar_id".to_owned();
    let needs_one = promise.targets.iter().any(|target| target.hours == Measure::Business);
    match promise.calendar_id {
        None if needs_one => {
            wrong.push((place(), "missing", "is needed by targets in business hours".to_owned()));
        }
        Some(id) if !calendars::exists(tx, cx.workspace(), id)? => {
            wrong.push((place(), "unknown", "is no calendar of this workspace".to_owned()));
        }
        _ => {}
    }
    Ok(())
}
