//! The clocks of one ticket: what has happened to it so far, and how much of each promise that has used up.
//! Rule: this is a pure function of the ticket's events and the policies it was pinned to. The stored clocks are a copy that
//! is moved by the same function, so that replaying the events gives the same, always.

use base::Time;
use serde::{Deserialize, Serialize};
use trust::nouns::TeamId;

use super::plan::Plan;
use super::words::{BREACH, Metric, Threshold};
use crate::tickets::{Priority, Status, WaitingOn};

/// Something that moves clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was opened; the assistant may have it first.
    Opened {
        /// Its priority.
        priority: Priority,
        /// Its team.
        team: Option<TeamId>,
        /// Whether the assistant has it.
        by_assistant: bool,
    },
    /// It came from the assistant to the desk.
    HandedOver,
    /// The customer wrote.
    CustomerWrote,
    /// A member replied in public.
    Replied,
    /// Its status changed.
    Status(Status, Option<WaitingOn>),
    /// Its priority or team may have changed.
    Changed {
        /// The priority now.
        priority: Option<Priority>,
        /// The team now, when it is said.
        team: Option<Option<TeamId>>,
    },
    /// It was deleted.
    Deleted,
    /// It was restored.
    Restored,
    /// It went into another ticket: its clocks end without a verdict.
    Merged,
}

base::words! {
    /// How a clock stands.
    pub enum State {
        /// It has not begun.
        Idle = "idle",
        /// It counts.
        Running = "running",
        /// It waits.
        Paused = "paused",
        /// What was promised is done.
        Met = "met",
        /// It ended without a verdict.
        Cancelled = "cancelled",
    }
}

impl State {
    /// Whether what was promised is still to be done.
    pub fn is_active(self) -> bool {
        matches!(self, State::Running | State::Paused)
    }
}

base::words! {
    /// Why a clock waits, or ended without a verdict.
    pub enum ClockReason {
        /// The ticket waits for the customer.
        Customer = "waiting_on_customer",
        /// It waits for somebody outside.
        ThirdParty = "waiting_on_third_party",
        /// It waits for somebody of ours.
        Internal = "waiting_on_internal",
        /// It is resolved.
        Resolved = "resolved",
        /// It is closed.
        Closed = "closed",
        /// It is deleted.
        Deleted = "deleted",
        /// It went into another ticket.
        Merged = "merged",
    }
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What it measures.
    #[serde(rename = "m")]
    pub metric: Metric,
    /// Which one of its metric, from 1; replies and hand-offs begin new ones.
    #[serde(rename = "i")]
    pub instance: i64,
    /// How it stands.
    #[serde(rename = "s")]
    pub state: State,
    /// Why it waits or was cancelled.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ClockReason>,
    /// When it began.
    #[serde(rename = "b", with = "micros", default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Time>,
    /// Since when it counts on top of `consumed`.
    #[serde(rename = "r", with = "micros", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When it ended.
    #[serde(rename = "e", with = "micros", default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// Microseconds used up until `since`.
    #[serde(rename = "c")]
    pub consumed: i64,
    /// What was announced.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Threshold>,
}

/// A threshold that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The true instant.
    pub at: Time,
    /// Of what.
    pub metric: Metric,
    /// Of which clock.
    pub instance: i64,
    /// Which threshold.
    pub threshold: Threshold,
}

/// What a step gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The thresholds that were passed, in order.
    pub marks: Vec<Mark>,
    /// The clocks that ended or were followed by a new one.
    pub ended: Vec<Clock>,
}

/// The clocks of one ticket and what they need to know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    #[serde(rename = "t", with = "micros")]
    last: Option<Time>,
    /// When it reached the desk.
    #[serde(rename = "a", with = "micros", default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Time>,
    /// When it was opened.
    #[serde(rename = "o", with = "micros", default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Time>,
    #[serde(rename = "s")]
    status: Status,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    waiting_on: Option<WaitingOn>,
    /// Its priority.
    #[serde(rename = "p")]
    pub priority: Priority,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    team: Option<TeamId>,
    #[serde(rename = "g", default, skip_serializing_if = "std::ops::Not::not")]
    is_gone: bool,
    #[serde(rename = "c")]
    all: Vec<Clock>,
}

impl Default for Clocks {
    fn default() -> Clocks {
        Clocks {
            last: None,
            arrived_at: None,
            opened_at: None,
            status: Status::Open,
            waiting_on: None,
            priority: Priority::Normal,
            team: None,
            is_gone: false,
            all: Metric::ALL.iter().map(|metric| Clock::idle(*metric)).collect(),
        }
    }
}

impl Clock {
    fn idle(metric: Metric) -> Clock {
        Clock {
            metric,
            instance: 0,
            state: State::Idle,
            reason: None,
            began_at: None,
            since: None,
            ended_at: None,
            consumed: 0,
            passed: Vec::new(),
        }
    }

    /// The same metric's next clock, from an instant on.
    fn next(&self, at: Time) -> Clock {
        Clock { instance: self.instance + 1, state: State::Paused, began_at: Some(at), ..Clock::idle(self.metric) }
    }

    fn end(&mut self, state: State, reason: Option<ClockReason>, at: Time) {
        (self.state, self.reason, self.since, self.ended_at) = (state, reason, None, Some(at));
    }

    /// Microseconds used up at an instant.
    pub fn consumed_at(&self, plan: &Plan, priority: Priority, at: Time) -> i64 {
        let running = self.since.map_or(0, |since| plan.hours(self.metric, priority).between(since, at));
        self.consumed + running
    }

    /// When a threshold will be passed, if it goes on like this.
    pub fn due(&self, plan: &Plan, priority: Priority, threshold: Threshold) -> Option<Time> {
        let aim = plan.aim(self.metric, priority)?;
        aim.hours.after(self.since?, threshold.of(aim.micros) - self.consumed)
    }

    /// Whether the promise was broken.
    pub fn is_breached(&self) -> bool {
        self.passed.contains(&BREACH)
    }
}

impl Clocks {
    /// The clocks, one for each metric, the newest of its kind.
    pub fn all(&self) -> &[Clock] {
        &self.all
    }

    /// Takes a step at an instant.
    pub fn apply(&mut self, plan: &Plan, at: Time, step: Step) -> Outcome {
        let at = self.last.map_or(at, |last| last.max(at));
        let mut outcome = Outcome { marks: self.advance(plan, at), ended: Vec::new() };
        self.settle(plan, at);
        self.take(step, at, &mut outcome.ended);
        self.last = Some(at);
        self.turn(plan, at);
        outcome.marks.extend(self.advance(plan, at));
        outcome
    }

    /// Goes on by another plan from an instant on; what was used up stays used up.
    pub fn swap(&mut self, before: &Plan, after: &Plan, at: Time) -> Outcome {
        let at = self.last.map_or(at, |last| last.max(at));
        let mut marks = self.advance(before, at);
        self.settle(before, at);
        self.last = Some(at);
        self.turn(after, at);
        marks.extend(self.advance(after, at));
        Outcome { marks, ended: Vec::new() }
    }

    /// Passes the thresholds that are due until an instant.
    pub fn advance(&mut self, plan: &Plan, to: Time) -> Vec<Mark> {
        let priority = self.priority;
        let mut marks = Vec::new();
        for clock in self.all.iter_mut().filter(|clock| clock.state == State::Running) {
            for threshold in &plan.thresholds {
                if clock.passed.contains(threshold) {
                    continue;
                }
                let Some(due) = clock.due(plan, priority, *threshold).filter(|due| *due <= to) else { break };
                clock.passed.push(*threshold);
                marks.push(Mark { at: due, metric: clock.metric, instance: clock.instance, threshold: *threshold });
            }
        }
        marks.sort_unstable();
        marks
    }

    /// When the next threshold will be passed.
    pub fn next_at(&self, plan: &Plan) -> Option<Time> {
        let open = self.all.iter().filter(|clock| clock.state == State::Running);
        let next = |clock: &Clock| {
            let left = plan.thresholds.iter().find(|threshold| !clock.passed.contains(threshold))?;
            clock.due(plan, self.priority, *left)
        };
        open.filter_map(next).min()
    }

    /// The running clock that breaks its promise first, and when.
    pub fn nearest(&self, plan: &Plan) -> Option<(Time, Metric)> {
        let open = self.all.iter().filter(|clock| clock.state == State::Running && !clock.is_breached());
        open.filter_map(|clock| Some((clock.due(plan, self.priority, BREACH)?, clock.metric))).min()
    }

    /// Until when the running promise that presses most can be kept. One that is broken already gives an instant that has
    /// passed, so that it comes before all that are not; what waits does not press.
    pub fn presses_at(&self, plan: &Plan) -> Option<Time> {
        let running = self.all.iter().filter(|clock| clock.state == State::Running);
        running.filter_map(|clock| clock.due(plan, self.priority, BREACH)).min()
    }

    /// Whether a promise that is still to be kept is broken already.
    pub fn is_breached(&self) -> bool {
        self.all.iter().any(|clock| clock.state.is_active() && clock.is_breached())
    }

    /// Whether clocks are left, and all of them that have a target wait.
    pub fn is_paused(&self, plan: &Plan) -> bool {
        let has_aim = |clock: &&Clock| plan.aim(clock.metric, self.priority).is_some();
        let mut aimed = self.all.iter().filter(|clock| clock.state.is_active()).filter(has_aim).peekable();
        aimed.peek().is_some() && aimed.all(|clock| clock.state == State::Paused)
    }

    /// Books what running clocks have used up.
    fn settle(&mut self, plan: &Plan, at: Time) {
        let priority = self.priority;
        for clock in self.all.iter_mut().filter(|clock| clock.since.is_some()) {
            clock.consumed = clock.consumed_at(plan, priority, at);
            clock.since = Some(at);
        }
    }

    fn take(&mut self, step: Step, at: Time, ended: &mut Vec<Clock>) {
        match step {
            Step::Opened { priority, team, by_assistant } => {
                (self.priority, self.team, self.opened_at) = (priority, team, Some(at));
                if !by_assistant {
                    self.arrive(at);
                }
            }
            Step::HandedOver => self.arrive(at),
            Step::CustomerWrote => self.wait_for_reply(at),
            Step::Replied => self.reply(at, ended),
            Step::Status(status, waiting_on) => self.set_status(status, waiting_on, at, ended),
            Step::Changed { priority, team } => {
                self.priority = priority.unwrap_or(self.priority);
                if let Some(team) = team.filter(|team| *team != self.team) {
                    self.hand_off(team, at, ended);
                }
            }
            Step::Deleted => self.is_gone = true,
            Step::Restored => self.is_gone = false,
            Step::Merged => self.end_all(ClockReason::Merged, at, ended),
        }
    }

    fn arrive(&mut self, at: Time) {
        if self.arrived_at.is_some() {
            return;
        }
        self.arrived_at = Some(at);
        let begins =
            [Metric::FirstResponse, Metric::RequesterWait, Metric::AgentWork, Metric::Resolution, Metric::TeamTime];
        for clock in self.all.iter_mut().filter(|clock| begins.contains(&clock.metric)) {
            *clock = clock.next(at);
        }
    }

    fn state_of(&self, metric: Metric) -> State {
        self.all.iter().find(|clock| clock.metric == metric).map_or(State::Idle, |clock| clock.state)
    }

    /// An unanswered message begins the wait for a reply, once the first reply is there.
    fn wait_for_reply(&mut self, at: Time) {
        let is_answered = self.state_of(Metric::FirstResponse) == State::Met;
        for clock in self.all.iter_mut().filter(|clock| clock.metric == Metric::NextResponse) {
            if is_answered && !clock.state.is_active() {
                *clock = clock.next(at);
            }
        }
    }

    fn reply(&mut self, at: Time, ended: &mut Vec<Clock>) {
        if self.arrived_at.is_none() {
            return;
        }
        let is_open = self.status.is_open();
        for clock in &mut self.all {
            match clock.metric {
                Metric::FirstResponse | Metric::NextResponse if clock.state.is_active() => {
                    clock.end(State::Met, None, at);
                    ended.push(clock.clone());
                }
                Metric::PeriodicUpdate | Metric::PausableUpdate => {
                    if clock.state.is_active() {
                        clock.end(State::Met, None, at);
                        ended.push(clock.clone());
                    }
                    if is_open {
                        *clock = clock.next(at);
                    }
                }
                _ => {}
            }
        }
    }

    fn set_status(&mut self, status: Status, waiting_on: Option<WaitingOn>, at: Time, ended: &mut Vec<Clock>) {
        let was_open = self.status.is_open();
        (self.status, self.waiting_on) = (status, waiting_on);
        let resumes = [Metric::RequesterWait, Metric::AgentWork, Metric::Resolution, Metric::TeamTime];
        for clock in &mut self.all {
            let is_reply = matches!(clock.metric, Metric::FirstResponse | Metric::NextResponse);
            if status == Status::Closed && clock.state.is_active() && is_reply {
                clock.end(State::Cancelled, Some(ClockReason::Closed), at);
                ended.push(clock.clone());
            } else if !status.is_open() && clock.state.is_active() && !is_reply {
                clock.end(State::Met, None, at);
                ended.push(clock.clone());
            } else if status.is_open() && !was_open && clock.state == State::Met && resumes.contains(&clock.metric) {
                (clock.state, clock.ended_at) = (State::Paused, None);
            }
        }
    }

    /// A hand-off ends one team's clock and begins the next one's; on a resolved ticket the next waits for it to open again.
    fn hand_off(&mut self, team: Option<TeamId>, at: Time, ended: &mut Vec<Clock>) {
        self.team = team;
        for clock in self.all.iter_mut().filter(|clock| clock.metric == Metric::TeamTime) {
            match clock.state {
                State::Running | State::Paused => {
                    clock.end(State::Met, None, at);
                    ended.push(clock.clone());
                    *clock = clock.next(at);
                }
                State::Met => {
                    *clock = clock.next(at);
                    clock.end(State::Met, None, at);
                }
                State::Idle | State::Cancelled => {}
            }
        }
    }

    fn end_all(&mut self, reason: ClockReason, at: Time, ended: &mut Vec<Clock>) {
        for clock in self.all.iter_mut().filter(|clock| clock.state.is_active()) {
            clock.end(State::Cancelled, Some(reason), at);
            ended.push(clock.clone());
        }
    }

    /// Lets active clocks run or wait, as the ticket now stands.
    fn turn(&mut self, plan: &Plan, at: Time) {
        let pauses = |metric| self.pause(plan, metric);
        let reasons: Vec<Option<ClockReason>> = self.all.iter().map(|clock| pauses(clock.metric)).collect();
        for (clock, reason) in self.all.iter_mut().zip(reasons).filter(|(clock, _)| clock.state.is_active()) {
            clock.reason = reason;
            (clock.state, clock.since) =
                if reason.is_some() { (State::Paused, None) } else { (State::Running, Some(at)) };
        }
    }

    /// Why a clock of a metric waits now; replies are waited for whatever the status says, until it is resolved.
    fn pause(&self, plan: &Plan, metric: Metric) -> Option<ClockReason> {
        use Metric::{AgentWork, FirstResponse, NextResponse, PausableUpdate, PeriodicUpdate, RequesterWait};
        if self.is_gone {
            return Some(ClockReason::Deleted);
        }
        let waiting_on = match (self.status, self.waiting_on) {
            (Status::Resolved, _) => return Some(ClockReason::Resolved),
            (Status::Closed, _) => return Some(ClockReason::Closed),
            (Status::Pending, waiting_on) => waiting_on.unwrap_or(WaitingOn::Customer),
            (Status::Open | Status::InProgress, _) => return None,
        };
        let by_policy = |pauses: bool| match metric {
            FirstResponse | NextResponse | PeriodicUpdate | RequesterWait => false,
            PausableUpdate | AgentWork => true,
            Metric::Resolution | Metric::TeamTime => pauses,
        };
        let is_for_reply = matches!(metric, FirstResponse | NextResponse | PeriodicUpdate);
        match waiting_on {
            WaitingOn::Customer => (!is_for_reply).then_some(ClockReason::Customer),
            WaitingOn::ThirdParty => by_policy(plan.pauses_on_third_party).then_some(ClockReason::ThirdParty),
            WaitingOn::Internal => by_policy(plan.pauses_on_internal).then_some(ClockReason::Internal),
        }
    }

    /// Microseconds the assistant had it before it reached the desk.
    pub fn before_arrival(&self) -> i64 {
        self.opened_at.zip(self.arrived_at).map_or(0, |(opened, arrived)| arrived.micros_since(opened))
    }
}

/// Times as microseconds, for rows that are many.
mod micros {
    use base::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde calls")]
    pub(super) fn serialize<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(Time::micros).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Time::from_micros))
    }
}
