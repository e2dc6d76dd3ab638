//! Trying a rule on a real ticket: what its conditions say, and what each action would change.
//! Rule: the actions are really done, in a transaction that is always undone, so that what is shown is what would happen.

use std::sync::Arc;

use base::{Code, Kind, Result};
use db::Tx;
use parking_lot::Mutex;
use rules::{Form, Held};
use serde_json::Value;
use trust::access::{Right, Via};
use trust::log::{SealedEvent, of_subject};
use trust::nouns::TicketId;
use trust::{Cause, Cx};

use super::RuleId;
use super::acting::{Effect, Place, act};
use super::action::Action;
use super::checking::{check, condition};
use super::definition::{Definition, When};
use super::listening::Moment;
use crate::facts::{Occasion, of_ticket};
use crate::tickets::{Message, Sender, Ticket, ticket_outs};

/// Events of a ticket that are looked through for the one the rule waits for.
const LOOKED_THROUGH: i64 = 200;
/// What changes with every change says nothing.
const SILENT: [&str; 4] = ["version", "last_message_id", "last_message_at", "preview"];

/// What undoes a trial; nobody sees it.
pub(super) static TRIED: Code = Code::new(Kind::Conflict, "tried", "A rule was only tried.", "Nothing was changed.");

/// What a trial shows.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub held: Held,
    pub parts: Vec<(String, Held)>,
    /// Whether the ticket's past has an event that the rule waits for.
    pub has_event: bool,
    pub effects: Vec<Shown>,
}

/// What an action would do.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub effect: Effect,
    pub changes: Vec<(String, Value, Value)>,
}

/// A ticket by its id, or by its number.
pub(super) type Named = (Option<TicketId>, Option<i64>);

/// Tries a rule and leaves everything as it was.
pub(super) async fn attempt(cx: &Cx, definition: Definition, ticket: Named) -> Result<Trial> {
    let found: Arc<Mutex<Option<Trial>>> = Arc::default();
    let room = found.clone();
    let outcome: Result<()> = cx
        .write(move |tx, cx| {
            let trial = run(tx, cx, &definition, ticket)?;
            *room.lock() = Some(trial);
            Err(TRIED.error())
        })
        .await;
    let trial = found.lock().take();
    match (outcome, trial) {
        (Err(error), Some(trial)) if error.code() == &TRIED => Ok(trial),
        (Err(error), _) => Err(error),
        (Ok(()), _) => Err(web::INTERNAL.error()),
    }
}

fn run(tx: &mut Tx<'_>, cx: &Cx, definition: &Definition, named: Named) -> Result<Trial> {
    cx.require(Right::SettingsWrite)?;
    let id = id_of(tx, cx, named)?;
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    check(tx, cx, definition)?;
    let event = newest(tx, cx, &ticket, &definition.when)?;
    let facts = of_ticket(tx, cx, &ticket, &Occasion { event: event.as_ref(), by_rule: false })?;
    let compiled = condition(&definition.condition);
    let (held, form) = match &compiled {
        Ok(None) => (Held::Yes, None),
        Ok(Some(condition)) => (condition.holds(&facts), condition.as_form()),
        Err(fault) => (Held::Erred(fault.clone()), None),
    };
    let mut sources = Vec::new();
    form.iter().for_each(|form| leaves(form, &mut sources));
    let parts = sources.into_iter().filter_map(|source| {
        let held = condition(&source).ok()??.holds(&facts);
        Some((source, held))
    });
    let parts = parts.collect();
    // Also when the condition does not hold, so that whoever writes the rule sees what it would do.
    let effects = perform(tx, cx, id, &definition.actions)?;
    Ok(Trial { held, parts, has_event: event.is_some(), effects })
}

fn id_of(tx: &mut Tx<'_>, cx: &Cx, (id, number): Named) -> Result<TicketId> {
    let found = match (id, number) {
        (Some(id), _) => Some(id),
        (None, Some(number)) => {
            let sql = "SELECT id FROM ticket WHERE workspace_id = $1 AND number = $2";
            tx.first(sql, &[&cx.workspace(), &number], |row| row.get(0))?
        }
        (None, None) => None,
    };
    found.ok_or_else(|| web::NOT_FOUND.error())
}

/// The newest event of the ticket that the rule waits for.
fn newest(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, when: &When) -> Result<Option<SealedEvent>> {
    let after = (ticket.version() - LOOKED_THROUGH).max(0);
    let events = of_subject(tx, &cx.reach, ticket.id().uuid(), after, usize::try_from(LOOKED_THROUGH).unwrap_or(200))?;
    let is_waited_for = |event: &SealedEvent| match (Moment::of(&event.kind, &event.data), when) {
        (Some(moment), When::Events { events }) => events.contains(&moment),
        (Some(moment), When::Later { after, .. }) => moment == *after,
        (None, _) => false,
    };
    Ok(events.into_iter().rev().find(is_waited_for))
}

fn leaves(form: &Form, into: &mut Vec<String>) {
    match form {
        Form::All { all } => all.iter().for_each(|part| leaves(part, into)),
        Form::Any { any } => any.iter().for_each(|part| leaves(part, into)),
        Form::Not { not } => leaves(not, into),
        Form::Fact(_) => into.push(form.to_source()),
    }
}

/// Does the actions as the house would, and compares the ticket before and after each.
fn perform(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, actions: &[Action]) -> Result<Vec<Shown>> {
    let cause = Cause { subject: id.uuid(), seq: 0, depth: u32::MAX };
    let house = Cx::of_house(cx.house(), cx.workspace(), Via::Job).because_of(cause);
    let rule: RuleId = cx.new_id();
    let mut before = drawn(tx, &house, id)?;
    let mut shown = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let effect = act(tx, &house, Place { rule, version: 0, ticket: id, root: 0, index, is_trial: true }, action)?;
        let after = drawn(tx, &house, id)?;
        let mut changes = compared(&before, &after);
        changes.extend(written(tx, &house, id, &format!("{rule}.0.{index}"))?);
        shown.push(Shown { effect, changes });
        before = after;
    }
    Ok(shown)
}

fn drawn(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Value> {
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let drawn = ticket_outs(tx, cx, vec![ticket])?.pop();
    Ok(serde_json::to_value(drawn).unwrap_or_default())
}

fn compared(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    let fields = after.as_object().into_iter().flatten();
    let changed = fields.filter(|(name, value)| !SILENT.contains(&name.as_str()) && before.get(name) != Some(value));
    changed.map(|(name, value)| (name.clone(), before.get(name).cloned().unwrap_or_default(), value.clone())).collect()
}

/// The message an action wrote, as a change.
fn written(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, client_id: &str) -> Result<Option<(String, Value, Value)>> {
    let message = Message::by_client_id(tx, cx.workspace(), id, Sender::Staff(cx.actor.named()), client_id)?;
    Ok(message.map(|message| (message.kind.word().to_owned(), Value::Null, message.words().into())))
}
