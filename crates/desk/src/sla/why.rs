//! Why a ticket's clocks stand as they do: the policy and version, how each condition was answered, what was used up.

use base::{Result, Time};
use db::Tx;
use rules::Held;
use serde::Serialize;
use trust::Cx;
use trust::log::SealedEvent;
use trust::nouns::TicketId;
use utoipa::ToSchema;

use super::clocks::{Clock, ClockReason, Clocks, Mark, State};
use super::pinned::Pinned;
use super::plan::Plan;
use super::policies::{Asked, Policies};
use super::replaying::{Replayed, events, plans, replay};
use super::steps::facts;
use super::words::{BREACH, Measure, Metric, PolicyId, Promise, Threshold};
use crate::calendars::CalendarId;
use crate::tickets::{Priority, Ticket};

/// The clocks of a ticket, and why they stand so.
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketClocksOut {
    /// The ticket; absent when a policy was looked over without one.
    pub ticket_id: Option<TicketId>,
    /// The instant they are of.
    pub as_of: Time,
    /// By what it is measured; null when no policy was for it when it was opened.
    pub policy: Option<PinOut>,
    /// How the conditions of the policies in force now answer for it, as far as the first that holds.
    pub conditions: Vec<AskedOut>,
    /// Seconds the assistant had it before it reached the desk, counted apart.
    pub before_arrival_seconds: i64,
    /// The clocks that have a target or had one, newest of each metric.
    pub clocks: Vec<ClockOut>,
    /// Clocks that ended before, 100 at most, newest first.
    pub ended: Vec<ClockOut>,
}

/// By which policy version a ticket is measured.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinOut {
    /// The policy.
    pub policy_id: PolicyId,
    /// What it is called now.
    pub name: String,
    /// The version it was pinned to; 0 for one that is not saved.
    pub number: i64,
    /// Since when.
    pub pinned_at: Option<Time>,
    /// The condition of that version.
    pub condition: Option<String>,
    /// Its calendar.
    pub calendar_id: Option<CalendarId>,
    /// The version of the calendar.
    pub calendar_number: Option<i64>,
}

base::words! {
    /// How a condition was answered.
    pub enum Answer {
        /// It holds.
        Yes = "yes",
        /// It does not.
        No = "no",
        /// It could not be decided.
        Erred = "erred",
    }
}

/// A policy and how its condition was answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedOut {
    /// The policy.
    pub policy_id: PolicyId,
    /// Its name.
    pub name: String,
    /// Whether it is for the ticket.
    pub answer: Answer,
    /// Why it could not be decided.
    pub reason: Option<String>,
}

/// One clock.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClockOut {
    /// What it measures.
    pub metric: Metric,
    /// Which one of its metric.
    pub instance: i64,
    /// How it stands.
    pub state: State,
    /// Why it waits or was cancelled.
    pub reason: Option<ClockReason>,
    /// When it began.
    pub began_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Seconds used up.
    pub consumed_seconds: i64,
    /// Seconds promised, for the priority it has now.
    pub target_seconds: Option<i64>,
    /// By which time.
    pub hours: Option<Measure>,
    /// When the promise breaks, if it goes on like this.
    pub due_at: Option<Time>,
    /// When it broke.
    pub breached_at: Option<Time>,
    /// What was passed, and when.
    pub passed: Vec<PassedOut>,
}

/// A threshold that was passed.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassedOut {
    /// Which.
    pub threshold: Threshold,
    /// When, truly.
    pub at: Time,
}

/// What a ticket is measured by, for drawing.
struct Drawing<'d> {
    plan: &'d Plan,
    promise: &'d Promise,
    priority: Priority,
    marks: &'d [Mark],
    now: Time,
}

impl Drawing<'_> {
    fn clock(&self, clock: &Clock) -> ClockOut {
        let aim = self.plan.aim(clock.metric, self.priority);
        let is_it = |mark: &&Mark| (mark.metric, mark.instance) == (clock.metric, clock.instance);
        let passed: Vec<PassedOut> =
            self.marks.iter().filter(is_it).map(|mark| PassedOut { threshold: mark.threshold, at: mark.at }).collect();
        let target =
            self.promise.targets.iter().find(|one| (one.metric, one.priority) == (clock.metric, self.priority));
        ClockOut {
            metric: clock.metric,
            instance: clock.instance,
            state: clock.state,
            reason: clock.reason,
            began_at: clock.began_at,
            ended_at: clock.ended_at,
            consumed_seconds: clock.consumed_at(self.plan, self.priority, self.now) / 1_000_000,
            target_seconds: aim.map(|aim| aim.micros / 1_000_000),
            hours: target.map(|target| target.hours),
            due_at: clock.due(self.plan, self.priority, BREACH),
            breached_at: passed.iter().find(|one| one.threshold == BREACH).map(|one| one.at),
            passed,
        }
    }

    fn all(&self, clocks: &Clocks) -> Vec<ClockOut> {
        let is_promised = |clock: &&Clock| {
            let is_aimed = self.promise.targets.iter().any(|target| target.metric == clock.metric);
            is_aimed && clock.state != State::Idle
        };
        clocks.all().iter().filter(is_promised).map(|clock| self.clock(clock)).collect()
    }

    fn ended(&self, ended: &[Clock], current: &Clocks) -> Vec<ClockOut> {
        let is_current = |clock: &Clock| {
            let mut same = current.all().iter();
            same.any(|known| (known.metric, known.instance) == (clock.metric, clock.instance))
        };
        let is_promised = |clock: &&Clock| {
            !is_current(clock) && self.promise.targets.iter().any(|target| target.metric == clock.metric)
        };
        ended.iter().rev().filter(is_promised).take(100).map(|clock| self.clock(clock)).collect()
    }
}

fn asked_out(asked: Asked) -> AskedOut {
    let (answer, reason) = match asked.held {
        Held::Yes => (Answer::Yes, None),
        Held::No => (Answer::No, None),
        Held::Erred(fault) => (Answer::Erred, Some(fault.reason)),
    };
    AskedOut { policy_id: asked.choice.policy, name: asked.choice.name, answer, reason }
}

fn opened_of(events: &[SealedEvent]) -> Option<&SealedEvent> {
    events.iter().find(|event| event.kind == "ticket.opened")
}

/// The clocks of a ticket within the reader's reach, and why they stand so.
pub(crate) fn clocks_of(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<TicketClocksOut> {
    Ticket::find(tx, &cx.reach, ticket)?;
    let policies = Policies::of(tx, cx)?;
    let events = events(tx, &cx.reach, ticket)?;
    let plans = plans(tx, &policies, cx.workspace(), ticket)?;
    let pins = super::pinned::pins(tx, cx.workspace(), ticket)?;
    let now = cx.env().now();
    let replayed = match plans.last() {
        // Retention took the start of its history: what is stored of its clocks is all that is known.
        Some((plan, _, _)) if !trust::log::is_whole(&events) => stored(tx, cx, ticket, plan, now)?,
        _ => replay(&events, &plans, now),
    };
    let conditions = opened_of(&events).and_then(|event| facts(&event.data));
    let conditions = conditions.map(|facts| policies.ask(&facts)).unwrap_or_default();
    let last = match pins.last() {
        Some((pin, _)) => {
            policies.promise_of(tx, cx.workspace(), pin.policy, pin.number)?.map(|promise| (pin, promise))
        }
        None => None,
    };
    let pin = |(pin, promise): &(&super::pinned::Pin, Promise)| PinOut {
        policy_id: pin.policy,
        name: policies.name(pin.policy).to_owned(),
        number: pin.number,
        pinned_at: Some(pin.at),
        condition: promise.condition.clone(),
        calendar_id: promise.calendar_id,
        calendar_number: plans.last().and_then(|(plan, _, _)| plan.calendar_number),
    };
    let drawn = plans.last().zip(last.as_ref()).map(|((plan, _, _), (_, promise))| draw(plan, promise, &replayed, now));
    let (clocks, ended) = drawn.unwrap_or_default();
    Ok(TicketClocksOut {
        ticket_id: Some(ticket),
        as_of: now,
        policy: last.as_ref().map(pin),
        conditions: conditions.into_iter().map(asked_out).collect(),
        before_arrival_seconds: replayed.clocks.before_arrival() / 1_000_000,
        clocks,
        ended,
    })
}

/// The clocks as they are stored, with what they passed, moved to now.
fn stored(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, plan: &Plan, now: Time) -> Result<Replayed> {
    let Some(mut pinned) = Pinned::find(tx, cx.workspace(), ticket)? else { return Ok(Replayed::default()) };
    let mut marks = super::pinned::marks(tx, cx.workspace(), ticket)?;
    marks.extend(pinned.clocks.advance(plan, now));
    marks.sort_unstable();
    marks.dedup();
    Ok(Replayed { clocks: pinned.clocks, ended: Vec::new(), marks, seen: pinned.seen })
}

fn draw(plan: &Plan, promise: &Promise, replayed: &Replayed, now: Time) -> (Vec<ClockOut>, Vec<ClockOut>) {
    let drawing = Drawing { plan, promise, priority: replayed.clocks.priority, marks: &replayed.marks, now };
    (drawing.all(&replayed.clocks), drawing.ended(&replayed.ended, &replayed.clocks))
}

/// Looks a policy over, and says what the clocks of a real ticket would be, had it been in force from the start; nothing is
/// stored.
pub(crate) fn rehearse(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: Option<TicketId>,
    policy: PolicyId,
    promise: &Promise,
) -> Result<TicketClocksOut> {
    let events = match ticket {
        Some(ticket) => {
            Ticket::find(tx, &cx.reach, ticket)?;
            events(tx, &cx.reach, ticket)?
        }
        None => Vec::new(),
    };
    super::checking::check(tx, cx, promise)?;
    let policies = Policies::load_with(tx, cx.workspace(), policy, promise)?;
    let now = cx.env().now();
    let facts = opened_of(&events).and_then(|event| facts(&event.data));
    let conditions = facts.as_ref().map(|facts| policies.ask(facts)).unwrap_or_default();
    let chosen = facts.as_ref().and_then(|facts| policies.choose(facts));
    let opened_at = opened_of(&events).map_or(now, |event| event.occurred_at);
    let found = chosen.and_then(|choice| {
        let plan = policies.plan(choice.policy, choice.number, opened_at)?;
        Some((choice, plan, policies.promise(choice.policy, choice.number)?))
    });
    let mut out = TicketClocksOut {
        ticket_id: ticket,
        as_of: now,
        policy: None,
        conditions: conditions.into_iter().map(asked_out).collect(),
        before_arrival_seconds: 0,
        clocks: Vec::new(),
        ended: Vec::new(),
    };
    let Some((choice, plan, promise)) = found else { return Ok(out) };
    let calendar_number = plan.calendar_number;
    let plans = [(plan, opened_at, 0)];
    let replayed = replay(&events, &plans, now);
    out.before_arrival_seconds = replayed.clocks.before_arrival() / 1_000_000;
    let [(plan, _, _)] = &plans;
    (out.clocks, out.ended) = draw(plan, promise, &replayed, now);
    out.policy = Some(PinOut {
        policy_id: choice.policy,
        name: choice.name.clone(),
        number: choice.number,
        pinned_at: None,
        condition: promise.condition.clone(),
        calendar_id: promise.calendar_id,
        calendar_number,
    });
    Ok(out)
}
