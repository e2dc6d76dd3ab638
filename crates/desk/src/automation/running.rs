//! Running rules: those that wait for an event, in their order, each asked with the facts the one before left.
//! Rule: all of it is one transaction with the end of its job; a rule has one turn per ticket and first event.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Job, Kind, Run};
use rules::{Facts, Held};
use trust::access::Via;
use trust::log::{SealedEvent, of_subject};
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cause, Cx, House};

use super::acting::{Place, act};
use super::compiled::condition;
use super::listening::{Happened, LONGEST_CHAIN, Moment};
use super::rate::{self, Allowance};
use super::rule::{self, RuleRow};
use super::runs::{self, Outcome, RunOutcome};
use crate::facts::{Occasion, of_ticket};
use crate::tickets::Ticket;

pub(super) const KIND: &str = "run_rules";

/// The job that an event enqueues.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: KIND, tries: 10, run: Run::Inside(run) }
}

fn run(tx: &mut Tx<'_>, house: &Arc<House>, job: &Job) -> Result<()> {
    let happened: Happened = job.payload()?;
    let cx = Cx::of_house(house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let Some(event) = event(tx, &cx, happened.ticket, happened.seq)? else { return Ok(()) };
    let Some(moment) = Moment::of(&event.kind, &event.data) else { return Ok(()) };
    let mut turns = Turns::new(&cx, happened, Some(event));
    for rule in rule::enabled(tx, &cx)?.iter().filter(|rule| rule.definition.when.hears(moment)) {
        if turns.take(tx, rule, moment)? && rule.definition.stops {
            break;
        }
    }
    Ok(())
}

/// The event at a place of a ticket's timeline.
pub(super) fn event(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, seq: i64) -> Result<Option<SealedEvent>> {
    let found = of_subject(tx, &cx.reach, ticket.uuid(), seq - 1, 1)?.pop();
    Ok(found.filter(|event| event.subject_seq == seq))
}

/// The turns that rules take on one ticket because of one event.
pub(super) struct Turns {
    cx: Cx,
    ticket: TicketId,
    root: i64,
    by_rule: bool,
    event: Option<SealedEvent>,
    /// What is known now; forgotten when a rule acted.
    facts: Option<Facts>,
}

impl Turns {
    /// Turns of the house, one step further in the chain that led here.
    pub(super) fn new(cx: &Cx, happened: Happened, event: Option<SealedEvent>) -> Turns {
        let start = Cause { subject: happened.ticket.uuid(), seq: happened.seq, depth: 0 };
        let cause = happened.cause.unwrap_or(start);
        let root = if cause.subject == start.subject { cause.seq } else { start.seq };
        Turns {
            cx: cx.clone().because_of(Cause { depth: cause.depth + 1, ..cause }),
            ticket: happened.ticket,
            root,
            by_rule: happened.cause.is_some(),
            event,
            facts: None,
        }
    }

    /// Gives a rule its turn; says whether it acted.
    pub(super) fn take(&mut self, tx: &mut Tx<'_>, rule: &RuleRow, moment: Moment) -> Result<bool> {
        let cx = self.cx.clone();
        let Some(ticket) = Ticket::find_any_locked(tx, &cx.reach, self.ticket)?.filter(|found| !found.is_deleted())
        else {
            return Ok(false);
        };
        if runs::is_done(tx, &cx, rule, self.ticket, self.root)? {
            return Ok(false);
        }
        let held = self.ask(tx, rule, &ticket)?;
        let (outcome, fault) = match &held {
            Held::No => return Ok(false),
            Held::Yes => (RunOutcome::Ran, None),
            Held::Erred(fault) => (RunOutcome::Erred, Some(fault)),
        };
        let outcome = if cx.cause.is_some_and(|cause| cause.depth > LONGEST_CHAIN) {
            RunOutcome::CutOff
        } else {
            match rate::count(tx, &cx, rule.id, rule.definition.per_hour)? {
                Allowance::Granted => outcome,
                Allowance::JustSpent => RunOutcome::HeldBack,
                Allowance::Spent => return Ok(false),
            }
        };
        let mut effects = Vec::new();
        if outcome == RunOutcome::Ran {
            for (index, action) in rule.definition.actions.iter().enumerate() {
                let (ticket, root) = (self.ticket, self.root);
                let place = Place { rule: rule.id, version: rule.version, ticket, root, index, is_trial: false };
                effects.push(act(tx, &cx, place, action)?);
            }
            self.facts = None;
        }
        let result = Outcome { moment: Some(moment), root: self.root, outcome, fault, effects: &effects };
        runs::record(tx, &cx, rule, self.ticket, &result)?;
        Ok(outcome == RunOutcome::Ran)
    }

    fn ask(&mut self, tx: &mut Tx<'_>, rule: &RuleRow, ticket: &Ticket) -> Result<Held> {
        let condition = match condition(self.cx.workspace(), rule.id, rule.version, &rule.definition.condition) {
            Ok(None) => return Ok(Held::Yes),
            Ok(Some(condition)) => condition,
            Err(fault) => return Ok(Held::Erred(fault)),
        };
        let facts = match self.facts.take() {
            Some(facts) => facts,
            None => of_ticket(tx, &self.cx, ticket, &Occasion { event: self.event.as_ref(), by_rule: self.by_rule })?,
        };
        let held = condition.holds(&facts);
        self.facts = Some(facts);
        Ok(held)
    }
}
