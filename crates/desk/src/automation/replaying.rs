//! What rules would have done to a ticket of the past: its events once more, with the facts of their moment.
//! Rule: the order, the turns and the stops are those of a real run; what an action would have set off in its turn is not
//! replayed, nor is the guard on how often a rule acts within an hour.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::text::fold;
use base::{Result, Time};
use db::Tx;
use rules::{Condition, Facts, Fault, Held};
use serde_json::Value;
use trust::Cx;
use trust::log::{Origin, SealedEvent};

use super::RuleId;
use super::action::Action;
use super::checking::condition;
use super::definition::{Definition, When};
use super::listening::Moment;
use super::rule::{self, RuleRow};
use crate::facts::{Asked, Backdrop, Past};

/// Rules in their order, to be replayed.
pub(crate) struct Rules {
    all: Vec<Ready>,
    /// What tells one state of the rules from another.
    basis: String,
}

struct Ready {
    id: RuleId,
    definition: Definition,
    condition: Result<Option<Condition>, Fault>,
}

/// A turn that a rule would have taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub at: Time,
    /// The place of the event in the ticket's timeline.
    pub seq: i64,
    pub moment: Moment,
    pub rule: RuleId,
    /// Each action by its word, and whether something would have been different; nothing when the condition erred.
    pub actions: Option<Vec<(&'static str, bool)>>,
    /// Whether the condition asked for something that was not told then.
    pub is_unsure: bool,
}

impl Rules {
    /// The rules in force, and those with one in its place or, when it is new, after all others.
    pub(crate) fn load(tx: &mut Tx<'_>, cx: &Cx, id: RuleId, asked: &Definition) -> Result<(Rules, Rules)> {
        let known = rule::list(tx, cx, None, usize::try_from(rule::MOST).unwrap_or(200))?;
        let basis: Vec<String> = known.iter().map(|rule| format!("{}.{}", rule.id, rule.version)).collect();
        let basis = basis.join(",");
        let in_force = known.iter().filter(|rule| rule.is_enabled).map(Ready::of).collect();
        let mut changed: Vec<Ready> =
            known.iter().filter(|rule| rule.is_enabled || rule.id == id).map(Ready::of).collect();
        match changed.iter_mut().find(|rule| rule.id == id) {
            Some(rule) => *rule = Ready::new(id, asked.clone()),
            None => changed.push(Ready::new(id, asked.clone())),
        }
        Ok((Rules { all: in_force, basis: basis.clone() }, Rules { all: changed, basis }))
    }

    /// What tells one state of the rules from another.
    pub(crate) fn basis(&self) -> &str {
        &self.basis
    }

    /// What their conditions ask beyond what events carry.
    pub(crate) fn asked(&self) -> Asked {
        Asked::by(self.all.iter().map(|rule| rule.definition.condition.as_str()))
    }

    /// The turns of all rules on a ticket until an instant.
    pub(crate) fn replay(
        &self,
        (events, data): (&[SealedEvent], &[Value]),
        backdrop: &Backdrop,
        until: Time,
    ) -> Vec<Turn> {
        let Some(past) = Past::opened(events, data, backdrop) else { return Vec::new() };
        let roots = roots(events, data);
        let mut run = Replay { rules: self, events, backdrop, past, turns: Vec::new(), done: HashSet::new() };
        let mut waiting = Waiting::new();
        for (index, event) in events.iter().enumerate() {
            run.fire(&mut waiting, |due| due < event.occurred_at);
            if let Some(data) = data.get(index) {
                run.past.apply(event, data, backdrop);
            }
            let moment = Moment::of(&event.kind, &event.data).filter(|_| event.origin == Origin::Live);
            let Some(moment) = moment else { continue };
            let root = roots.get(&event.subject_seq).copied();
            run.hear(index, moment, root);
            run.arm(&mut waiting, (index, moment, root));
        }
        run.fire(&mut waiting, |due| due <= until);
        run.turns
    }
}

impl Ready {
    fn of(rule: &RuleRow) -> Ready {
        Ready::new(rule.id, rule.definition.clone())
    }

    fn new(id: RuleId, definition: Definition) -> Ready {
        let condition = condition(&definition.condition);
        Ready { id, definition, condition }
    }

    fn holds(&self, facts: &Facts) -> Held {
        match &self.condition {
            Ok(None) => Held::Yes,
            Ok(Some(condition)) => condition.holds(facts),
            Err(fault) => Held::Erred(fault.clone()),
        }
    }
}

/// Which rule waits until when, after which event, with the first of its chain.
type Waiting = BTreeMap<usize, (Time, usize, Option<i64>)>;

/// One ticket on its way through its past.
struct Replay<'a> {
    rules: &'a Rules,
    events: &'a [SealedEvent],
    backdrop: &'a Backdrop,
    past: Past,
    turns: Vec<Turn>,
    /// Which rule had its turn for which first event; without one, whether it ever acted.
    done: HashSet<(RuleId, Option<i64>)>,
}

impl Replay<'_> {
    /// Gives their turns to the rules that hear of an event at once.
    fn hear(&mut self, index: usize, moment: Moment, root: Option<i64>) {
        let rules = self.rules;
        if !rules.all.iter().any(|rule| rule.definition.when.hears(moment)) {
            return;
        }
        let before = self.past.clone();
        let at = self.events.get(index).map_or(Time::default(), |event| event.occurred_at);
        for rule in rules.all.iter().filter(|rule| rule.definition.when.hears(moment)) {
            if self.take(rule, (index, moment, root), at) && rule.definition.stops {
                break;
            }
        }
        // What really came of it is told by the events that follow.
        self.past = before;
    }

    /// Starts the wait of rules that wait, or starts it anew.
    fn arm(&self, waiting: &mut Waiting, (index, moment, root): (usize, Moment, Option<i64>)) {
        let Some(event) = self.events.get(index) else { return };
        for (place, rule) in self.rules.all.iter().enumerate() {
            if let When::Later { after, minutes } = rule.definition.when
                && after == moment
            {
                waiting.insert(place, (event.occurred_at.plus_seconds(minutes * 60), index, root));
            }
        }
    }

    /// Gives their turns to the rules whose time has come, the earliest first.
    fn fire(&mut self, waiting: &mut Waiting, is_due: impl Fn(Time) -> bool) {
        loop {
            let due = waiting.iter().filter(|(_, (due, ..))| is_due(*due)).map(|(place, wait)| (*place, *wait));
            let Some((place, (at, index, root))) = due.min_by_key(|(place, (at, ..))| (*at, *place)) else {
                return;
            };
            waiting.remove(&place);
            let rules = self.rules;
            if let (Some(rule), Some(event)) = (rules.all.get(place), self.events.get(index))
                && let Some(moment) = Moment::of(&event.kind, &event.data)
            {
                let before = self.past.clone();
                self.take(rule, (index, moment, root), at);
                self.past = before;
            }
        }
    }

    /// Gives a rule its turn; says whether it acted.
    fn take(&mut self, rule: &Ready, (index, moment, root): (usize, Moment, Option<i64>), at: Time) -> bool {
        let Some(event) = self.events.get(index).filter(|_| !self.past.is_deleted()) else { return false };
        let first = root.unwrap_or(event.subject_seq);
        let had_it = self.done.contains(&(rule.id, Some(first)));
        if had_it || rule.definition.once && self.done.contains(&(rule.id, None)) {
            return false;
        }
        let asks = rule.condition.as_ref().is_ok_and(Option::is_some);
        let facts = if asks { self.past.facts(at, (event, root.is_some()), self.backdrop) } else { Facts::default() };
        let held = rule.holds(&facts);
        if held == Held::No {
            return false;
        }
        self.done.insert((rule.id, Some(first)));
        if held.is_yes() {
            self.done.insert((rule.id, None));
        }
        let seen = self.events.iter().take_while(|event| event.occurred_at <= at).last();
        let seen = seen.map_or(0, |event| event.subject_seq).max(event.subject_seq);
        self.turns.push(Turn {
            at,
            seq: event.subject_seq,
            moment,
            rule: rule.id,
            is_unsure: self.past.is_unsure(&rule.definition.condition, seen),
            actions: held.is_yes().then(|| {
                let done = rule.definition.actions.iter();
                done.map(|action| (action.word(), pretend(action, &mut self.past))).collect()
            }),
        });
        held.is_yes()
    }
}

/// Does an action to what is known of the past, and says whether something would have been different.
fn pretend(action: &Action, past: &mut Past) -> bool {
    match action {
        Action::SetPriority { priority } => past.set_priority(priority.to_string()),
        Action::SetStatus { status, waiting_on } => past.set_status(*status, *waiting_on),
        Action::SetType { kind } => past.set_kind(kind.to_string()),
        Action::SetCategory { category_id } => past.set_category(category_id.to_string()),
        Action::SetField { key, value } => past.set_field(key, value),
        Action::AddTags { tags } => {
            let before = past.tags().len();
            for tag in tags {
                if !past.tags().iter().any(|known| fold(known) == fold(tag)) {
                    past.tags().push(tag.to_string());
                }
            }
            past.tags().sort_unstable();
            past.tags().len() != before
        }
        Action::RemoveTags { tags } => {
            let before = past.tags().len();
            past.tags().retain(|known| !tags.iter().any(|tag| fold(tag) == fold(known)));
            past.tags().len() != before
        }
        Action::Assign { team_id, assignee_id } => {
            past.assign(team_id.map(|id| id.to_string()), assignee_id.map(|id| id.to_string()))
        }
        Action::Unassign {} => past.unassign(),
        Action::Reply { .. }
        | Action::Note { .. }
        | Action::Notify { .. }
        | Action::Snooze { .. }
        | Action::Escalate { .. }
        | Action::RunMacro { .. }
        | Action::Webhook { .. } => true,
    }
}

/// Which events rules really did, with the first event of their chain: those of the house right before it tells of a run.
fn roots(events: &[SealedEvent], data: &[Value]) -> HashMap<i64, i64> {
    let mut roots = HashMap::new();
    for (index, (_, told)) in
        events.iter().zip(data).enumerate().filter(|(_, (event, _))| event.kind == "ticket.rule_ran")
    {
        let Some(root) = told.get("root_seq").and_then(Value::as_i64) else { continue };
        let effects = told.get("effects").and_then(Value::as_array).into_iter().flatten();
        let done = effects.filter(|effect| effect.get("outcome").is_some_and(|outcome| outcome == "done")).count();
        let before = events.iter().take(index).rev();
        let of_house = before.take_while(|event| {
            event.actor_kind == "house" && event.kind != "ticket.rule_ran" && event.subject_seq > root
        });
        of_house.take(done).for_each(|event| {
            roots.insert(event.subject_seq, root);
        });
    }
    roots
}

/// How often a rule really acted on a ticket.
pub(crate) fn really(rule: RuleId, events: &[SealedEvent], data: &[Value]) -> usize {
    let id = rule.to_string();
    let told = events.iter().zip(data).filter(|(event, _)| event.kind == "ticket.rule_ran");
    told.filter(|(_, data)| {
        data.get("rule_id").is_some_and(|rule| *rule == id)
            && data.get("outcome").is_some_and(|outcome| outcome == "ran")
    })
    .count()
}
