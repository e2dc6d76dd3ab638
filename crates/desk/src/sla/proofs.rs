//! Clocks against a second implementation that lives through a ticket second by second.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Time;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use trust::nouns::TeamId;
use uuid::Uuid;

use super::clocks::{Clock, Clocks, Mark, State, Step};
use super::plan::Plan;
use super::words::{BREACH, Measure, Metric, Promise, Target, Threshold};
use crate::calendars::tests::{definitions, instants, is_worked};
use crate::calendars::{Calendars, Definition, Hours};
use crate::tickets::{Priority, Status, WaitingOn};

/// How long a ticket lives here.
const LIFE: i64 = 18_000;

fn team(number: u128) -> Option<TeamId> {
    (number > 0).then(|| TeamId::from_uuid(Uuid::from_u128(number)))
}

fn steps() -> impl Strategy<Value = Step> {
    let waiting = prop::sample::select(WaitingOn::ALL);
    prop_oneof![
        3 => Just(Step::CustomerWrote),
        3 => Just(Step::Replied),
        4 => waiting.prop_map(|waiting| Step::Status(Status::Pending, Some(waiting))),
        4 => prop::sample::select(&[Status::Open, Status::InProgress, Status::Resolved, Status::Closed][..])
            .prop_map(|status| Step::Status(status, None)),
        2 => (prop::option::of(prop::sample::select(Priority::ALL)), prop::option::of(0..3_u128))
            .prop_map(|(priority, to)| Step::Changed { priority, team: to.map(team) }),
        1 => Just(Step::Deleted),
        1 => Just(Step::Restored),
        1 => Just(Step::HandedOver),
        1 => Just(Step::Merged),
    ]
}

prop_compose! {
    fn promises()(
        minutes in prop::collection::vec((any::<bool>(), 1..180_i64, any::<bool>()), 32),
        thresholds in prop::sample::subsequence(vec![Threshold::Percent(50), Threshold::Percent(75), Threshold::Percent(90), Threshold::Minutes(7)], 0..4),
        third in any::<bool>(), internal in any::<bool>(),
    ) -> Promise {
        let places = Metric::ALL.iter().flat_map(|metric| Priority::ALL.iter().map(move |priority| (*metric, *priority)));
        let targets = places.zip(&minutes).filter(|(_, (is_promised, _, _))| *is_promised);
        Promise {
            condition: None,
            calendar_id: None,
            targets: targets.map(|((metric, priority), (_, minutes, is_business))| Target {
                metric, priority, minutes: *minutes,
                hours: if *is_business { Measure::Business } else { Measure::Calendar },
            }).collect(),
            thresholds,
            pauses_on_third_party: third,
            pauses_on_internal: internal,
        }
    }
}

/// A ticket's life: the steps with their seconds, and the second at which another promise takes over.
#[derive(Debug)]
struct Life {
    from: Time,
    by_assistant: bool,
    steps: Vec<(i64, Step)>,
    swapped_at: i64,
}

prop_compose! {
    fn lives()(
        from in instants(), by_assistant in prop::bool::weighted(0.2),
        steps in prop::collection::vec((0..LIFE, steps()), 0..14), swapped_at in 0..LIFE,
    ) -> Life {
        let mut steps = steps;
        steps.sort_by_key(|(at, _)| *at);
        Life { from, by_assistant, steps, swapped_at }
    }
}

/// A clock as the slow way keeps it.
#[derive(Clone, Debug)]
struct Slow {
    instance: i64,
    seconds: i64,
    is_active: bool,
    is_done: bool,
    passed: Vec<Threshold>,
}

/// The slow way: every second is asked whether it counts.
struct Slowly<'s> {
    promises: [&'s Promise; 2],
    definitions: [&'s Definition; 2],
    now: usize,
    priority: Priority,
    status: (Status, Option<WaitingOn>),
    team: Option<TeamId>,
    is_gone: bool,
    has_arrived: bool,
    clocks: BTreeMap<Metric, Slow>,
    marks: Vec<Mark>,
    total: BTreeMap<(Metric, i64), i64>,
}

impl Slowly<'_> {
    fn target(&self, metric: Metric) -> Option<&Target> {
        self.promises[self.now].targets.iter().find(|one| one.metric == metric && one.priority == self.priority)
    }

    fn is_business(&self, metric: Metric) -> bool {
        let promise = self.promises[self.now];
        let other = promise.targets.iter().find(|one| one.metric == metric);
        let usual = promise.targets.iter().any(|one| one.hours == Measure::Business);
        self.target(metric).or(other).map_or(usual, |one| one.hours == Measure::Business)
    }

    fn runs(&self, metric: Metric) -> bool {
        let promise = self.promises[self.now];
        if self.is_gone || !self.clocks.get(&metric).is_some_and(|clock| clock.is_active) {
            return false;
        }
        let (pauses_third, pauses_internal) = (promise.pauses_on_third_party, promise.pauses_on_internal);
        match (metric, self.status) {
            (_, (Status::Resolved | Status::Closed, _)) => false,
            (_, (Status::Open | Status::InProgress, _)) => true,
            (Metric::FirstResponse | Metric::NextResponse | Metric::PeriodicUpdate, _) => true,
            (Metric::PausableUpdate | Metric::AgentWork, _) => false,
            (_, (_, Some(WaitingOn::Customer) | None)) => false,
            (Metric::RequesterWait, _) => true,
            (_, (_, Some(WaitingOn::ThirdParty))) => !pauses_third,
            (_, (_, Some(WaitingOn::Internal))) => !pauses_internal,
        }
    }

    fn begin(&mut self, metric: Metric) {
        let instance = self.clocks.get(&metric).map_or(0, |clock| clock.instance) + 1;
        self.clocks.insert(metric, Slow { instance, seconds: 0, is_active: true, is_done: false, passed: Vec::new() });
    }

    fn finish(&mut self, metric: Metric) {
        if let Some(clock) = self.clocks.get_mut(&metric).filter(|clock| clock.is_active) {
            (clock.is_active, clock.is_done) = (false, true);
        }
    }

    /// Ends a clock without a verdict.
    fn cancel(&mut self, metric: Metric) {
        if let Some(clock) = self.clocks.get_mut(&metric).filter(|clock| clock.is_active) {
            clock.is_active = false;
        }
    }

    fn is_active(&self, metric: Metric) -> bool {
        self.clocks.get(&metric).is_some_and(|clock| clock.is_active)
    }

    fn live_through(&mut self, step: Step) {
        let goes_on = [Metric::RequesterWait, Metric::AgentWork, Metric::Resolution, Metric::TeamTime];
        let is_open = !matches!(self.status.0, Status::Resolved | Status::Closed);
        match step {
            Step::HandedOver if !self.has_arrived => {
                self.has_arrived = true;
                self.begin(Metric::FirstResponse);
                goes_on.into_iter().for_each(|metric| self.begin(metric));
            }
            Step::CustomerWrote => {
                let is_answered = self.clocks.get(&Metric::FirstResponse).is_some_and(|clock| clock.is_done);
                if is_answered && !self.is_active(Metric::NextResponse) {
                    self.begin(Metric::NextResponse);
                }
            }
            Step::Replied if self.has_arrived => {
                self.finish(Metric::FirstResponse);
                self.finish(Metric::NextResponse);
                for metric in [Metric::PeriodicUpdate, Metric::PausableUpdate] {
                    self.finish(metric);
                    if is_open {
                        self.begin(metric);
                    }
                }
            }
            Step::Status(status, waiting) => {
                self.status = (status, waiting);
                let opens = !matches!(status, Status::Resolved | Status::Closed);
                if status == Status::Closed {
                    [Metric::FirstResponse, Metric::NextResponse].into_iter().for_each(|metric| self.cancel(metric));
                }
                if !opens {
                    [Metric::PeriodicUpdate, Metric::PausableUpdate].into_iter().for_each(|metric| self.finish(metric));
                    goes_on.into_iter().for_each(|metric| self.finish(metric));
                }
                if opens && !is_open {
                    for metric in goes_on {
                        if let Some(clock) = self.clocks.get_mut(&metric).filter(|clock| clock.is_done) {
                            (clock.is_active, clock.is_done) = (true, false);
                        }
                    }
                }
            }
            Step::Changed { priority, team } => {
                self.priority = priority.unwrap_or(self.priority);
                if let Some(team) = team
                    && team != self.team
                {
                    self.team = team;
                    let was_active = self.is_active(Metric::TeamTime);
                    if self.clocks.get(&Metric::TeamTime).is_some_and(|clock| clock.is_active || clock.is_done) {
                        self.begin(Metric::TeamTime);
                        if !was_active {
                            self.finish(Metric::TeamTime);
                        }
                    }
                }
            }
            Step::Deleted => self.is_gone = true,
            Step::Restored => self.is_gone = false,
            Step::Merged => Metric::ALL.iter().for_each(|metric| self.cancel(*metric)),
            _ => {}
        }
    }

    /// Notes what running clocks have passed by now.
    fn look(&mut self, at: Time) {
        for metric in Metric::ALL.iter().copied().filter(|metric| self.runs(*metric)).collect::<Vec<_>>() {
            let Some(target) = self.target(metric).map(|target| target.minutes * 60) else { continue };
            let mut thresholds = self.promises[self.now].thresholds.clone();
            thresholds.push(BREACH);
            let clock = self.clocks.get_mut(&metric).unwrap();
            for threshold in thresholds {
                let needed = match threshold {
                    Threshold::Percent(part) => target * i64::from(part),
                    Threshold::Minutes(more) => (target + i64::from(more) * 60) * 100,
                };
                if clock.seconds * 100 >= needed && !clock.passed.contains(&threshold) {
                    clock.passed.push(threshold);
                    self.marks.push(Mark { at, metric, instance: clock.instance, threshold });
                }
            }
        }
    }

    fn count(&mut self, second: i64) {
        let definition = self.definitions[self.now];
        let is_worked = is_worked(definition, &TimeZone::get(&definition.zone).unwrap(), second);
        for metric in Metric::ALL.iter().copied() {
            if self.runs(metric) && (is_worked || !self.is_business(metric)) {
                let clock = self.clocks.get_mut(&metric).unwrap();
                clock.seconds += 1;
                *self.total.entry((metric, clock.instance)).or_default() += 1;
            }
        }
    }

    fn live(&mut self, life: &Life) {
        if !life.by_assistant {
            self.live_through(Step::HandedOver);
        }
        let mut steps = life.steps.iter().peekable();
        for second in 0..=LIFE {
            let at = life.from.plus_seconds(second);
            self.look(at);
            // At one instant, steps come before another promise does.
            while let Some((_, step)) = steps.next_if(|(when, _)| *when == second) {
                self.live_through(*step);
                self.look(at);
            }
            if second == life.swapped_at {
                self.now = 1;
                self.look(at);
            }
            if second < LIFE {
                self.count(at.seconds());
            }
        }
    }
}

/// A plan whose business hours are those of a definition.
fn plan(promise: &Promise, definition: &Definition, at: Time) -> Plan {
    let hours = definition.compile("2020-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let id = base::Id::from_uuid(Uuid::from_u128(1));
    let promise = Promise { calendar_id: Some(id), ..promise.clone() };
    Plan::new(&promise, &Calendars::of(id, Arc::new(hours)), at)
}

/// What a life gave: its marks, its clocks at the end, and what every clock of it used up.
type Lived = (Vec<Mark>, Clocks, BTreeMap<(Metric, i64), i64>);

fn quickly(plans: &[Plan; 2], life: &Life) -> Lived {
    let (mut clocks, mut marks, mut ended) = (Clocks::default(), Vec::new(), Vec::<Clock>::new());
    let opened = Step::Opened { priority: Priority::Normal, team: None, by_assistant: life.by_assistant };
    marks.extend(clocks.apply(&plans[0], life.from, opened).marks);
    let mut now = &plans[0];
    for (at, step) in &life.steps {
        if *at > life.swapped_at && std::ptr::eq(now, &plans[0]) {
            marks.extend(clocks.swap(now, &plans[1], life.from.plus_seconds(life.swapped_at)).marks);
            now = &plans[1];
        }
        let outcome = clocks.apply(now, life.from.plus_seconds(*at), *step);
        marks.extend(outcome.marks);
        ended.extend(outcome.ended);
    }
    if std::ptr::eq(now, &plans[0]) {
        marks.extend(clocks.swap(now, &plans[1], life.from.plus_seconds(life.swapped_at)).marks);
    }
    let end = life.from.plus_seconds(LIFE);
    marks.extend(clocks.advance(&plans[1], end));
    let mut used = BTreeMap::new();
    for clock in ended.iter().chain(clocks.all()) {
        let consumed = clock.consumed_at(&plans[1], clocks.priority, end);
        if clock.instance > 0 {
            used.insert((clock.metric, clock.instance), consumed);
        }
    }
    used.retain(|_, consumed| *consumed > 0);
    marks.sort_unstable();
    (marks, clocks, used)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn clocks_are_what_living_through_every_second_gives(
        before in (promises(), definitions()), after in (promises(), definitions()), life in lives(),
    ) {
        let plans = [plan(&before.0, &before.1, life.from), plan(&after.0, &after.1, life.from)];
        let (marks, clocks, used) = quickly(&plans, &life);
        let mut slowly = Slowly {
            promises: [&before.0, &after.0], definitions: [&before.1, &after.1], now: 0, priority: Priority::Normal,
            status: (Status::Open, None), team: None, is_gone: false, has_arrived: false, clocks: BTreeMap::new(),
            marks: Vec::new(), total: BTreeMap::new(),
        };
        slowly.live(&life);
        slowly.marks.sort_unstable();
        prop_assert_eq!(&marks, &slowly.marks);
        let slow_used: BTreeMap<(Metric, i64), i64> =
            slowly.total.iter().map(|(key, seconds)| (*key, seconds * 1_000_000)).collect();
        prop_assert_eq!(&used, &slow_used);
        for clock in clocks.all() {
            let slow = slowly.clocks.get(&clock.metric);
            prop_assert_eq!(clock.state == State::Met, slow.is_some_and(|slow| slow.is_done), "{:?}", clock);
            prop_assert_eq!(clock.state.is_active(), slow.is_some_and(|slow| slow.is_active), "{:?}", clock);
        }
    }

    #[test]
    fn what_is_stored_between_two_steps_comes_back_as_it_was(
        promise in (promises(), definitions()), life in lives(),
    ) {
        let plan = plan(&promise.0, &promise.1, life.from);
        let opened = Step::Opened { priority: Priority::Normal, team: None, by_assistant: life.by_assistant };
        let (mut kept, mut stored) = (Clocks::default(), Clocks::default());
        for (at, step) in std::iter::once(&(0, opened)).chain(&life.steps) {
            let at = life.from.plus_seconds(*at);
            kept.apply(&plan, at, *step);
            // A timer may have looked in between; nothing depends on it.
            stored.advance(&plan, at);
            stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            stored.apply(&plan, at, *step);
            prop_assert_eq!(&stored, &kept);
            prop_assert_eq!(stored.next_at(&plan), kept.next_at(&plan));
        }
    }

    #[test]
    fn the_teams_time_is_the_tickets_time(promise in (promises(), definitions()), life in lives()) {
        let mut promise = promise;
        promise.0.targets.retain(|target| target.metric != Metric::TeamTime && target.metric != Metric::Resolution);
        let plans = [plan(&promise.0, &promise.1, life.from), plan(&promise.0, &promise.1, life.from)];
        let (_, _, used) = quickly(&plans, &life);
        let sum = |metric| -> i64 { used.iter().filter(|((of, _), _)| *of == metric).map(|(_, time)| time).sum() };
        prop_assert_eq!(sum(Metric::TeamTime), sum(Metric::Resolution));
    }
}

fn simple(first: i64, solved: i64) -> Plan {
    let target = |metric, priority, minutes| Target { metric, priority, minutes, hours: Measure::Calendar };
    let promise = Promise {
        condition: None,
        calendar_id: None,
        targets: vec![
            target(Metric::FirstResponse, Priority::Normal, first),
            target(Metric::FirstResponse, Priority::Urgent, first / 4),
            target(Metric::Resolution, Priority::Normal, solved),
        ],
        thresholds: vec![Threshold::Percent(75)],
        pauses_on_third_party: false,
        pauses_on_internal: false,
    };
    Plan::new(&promise, &Calendars::default(), at(0))
}

fn at(minute: i64) -> Time {
    Time::from_micros(1_772_442_000_000_000).plus_seconds(minute * 60)
}

fn opened(plan: &Plan) -> Clocks {
    let mut clocks = Clocks::default();
    clocks.apply(plan, at(0), Step::Opened { priority: Priority::Normal, team: None, by_assistant: false });
    clocks
}

#[test]
fn a_higher_priority_breaks_a_promise_that_is_used_up_at_that_instant() {
    let plan = simple(60, 600);
    let mut clocks = opened(&plan);
    let outcome = clocks.apply(&plan, at(30), Step::Changed { priority: Some(Priority::Urgent), team: None });
    let told: Vec<(i64, String)> = outcome
        .marks
        .iter()
        .map(|mark| (mark.at.micros_since(at(0)) / 60_000_000, mark.threshold.to_string()))
        .collect();
    assert_eq!(told, [(30, "75%".to_owned()), (30, "100%".to_owned())]);
}

#[test]
fn what_goes_into_another_ticket_ends_without_a_verdict() {
    let plan = simple(60, 600);
    let mut clocks = opened(&plan);
    clocks.apply(&plan, at(10), Step::Merged);
    assert!(clocks.all().iter().all(|clock| !clock.state.is_active()));
    assert_eq!(clocks.next_at(&plan), None);
}

#[test]
fn what_is_split_off_begins_when_it_is_opened_or_where_it_came_from() {
    let plan = simple(60, 600);
    let mut clocks = Clocks::default();
    // Who splits chooses the instant: the split message's, or that of the ticket it came from.
    clocks.apply(&plan, at(-50), Step::Opened { priority: Priority::Normal, team: None, by_assistant: false });
    assert_eq!(clocks.nearest(&plan), Some((at(10), Metric::FirstResponse)));
}

#[test]
fn a_ticket_opened_again_goes_on_with_what_was_used_up() {
    let plan = simple(60, 100);
    let mut clocks = opened(&plan);
    clocks.apply(&plan, at(10), Step::Replied);
    clocks.apply(&plan, at(40), Step::Status(Status::Resolved, None));
    clocks.apply(&plan, at(1_000), Step::Status(Status::Open, None));
    assert_eq!(clocks.nearest(&plan), Some((at(1_060), Metric::Resolution)));
}

#[test]
fn around_the_clock_hours_are_hours() {
    assert_eq!(Hours::always().between(at(0), at(60)), 3_600_000_000);
}
