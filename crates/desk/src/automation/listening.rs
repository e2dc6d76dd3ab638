//! What rules listen to: moments in a ticket's life, and which of them the workspace's rules wait for.
//! Rule: an event that no rule waits for costs one look into memory; the work itself is a job of its own.

use base::Result;
use db::Tx;
use jobs::{Enqueued, NewJob, enqueue};
use serde::{Deserialize, Serialize};
use trust::log::NewEvent;
use trust::nouns::TicketId;
use trust::{Cause, Cx};

use super::RuleId;
use super::definition::When;
use super::{rule, running, timers};

/// Rules that act one after the other because of one event, at most; the next one is only told.
pub(super) const LONGEST_CHAIN: u32 = 8;

base::words! {
    /// A moment in a ticket's life.
    pub enum Moment {
        /// It was opened.
        Opened = "opened",
        /// The customer wrote to it.
        CustomerWrote = "customer_wrote",
        /// A reply went to the customer.
        Replied = "replied",
        /// A note was added.
        Noted = "noted",
        /// Its status changed.
        StatusChanged = "status_changed",
        /// It went to another team or member.
        Assigned = "assigned",
        /// Fields of it changed.
        Updated = "updated",
        /// It fell asleep.
        Snoozed = "snoozed",
        /// It woke.
        Woken = "woken",
        /// A promise comes close to its end.
        ClockWarned = "clock_warned",
        /// A promise was broken.
        ClockBreached = "clock_breached",
        /// It was escalated.
        Escalated = "escalated",
    }
}

impl Moment {
    /// The moment an event is.
    pub(super) fn of(kind: &str, data: &str) -> Option<Moment> {
        Some(match kind {
            "ticket.opened" => Moment::Opened,
            "ticket.status_changed" => Moment::StatusChanged,
            "ticket.assigned" => Moment::Assigned,
            "ticket.updated" => Moment::Updated,
            "ticket.snoozed" => Moment::Snoozed,
            "ticket.woken" => Moment::Woken,
            "ticket.clock_warned" => Moment::ClockWarned,
            "ticket.clock_breached" => Moment::ClockBreached,
            "ticket.escalated" => Moment::Escalated,
            "ticket.message_added" => of_message(data)?,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
struct Said {
    message_kind: String,
    is_from_customer: bool,
}

fn of_message(data: &str) -> Option<Moment> {
    let said: Said = serde_json::from_str(data).ok()?;
    match (said.is_from_customer, said.message_kind.as_str()) {
        (true, _) => Some(Moment::CustomerWrote),
        (false, "reply") => Some(Moment::Replied),
        (false, "note") => Some(Moment::Noted),
        _ => None,
    }
}

/// What a workspace's enabled rules wait for.
#[derive(Default)]
pub(super) struct Listening {
    events: Vec<Moment>,
    later: Vec<(RuleId, Moment, i64)>,
}

impl Listening {
    pub(super) fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<Listening> {
        let mut listening = Listening::default();
        for rule in rule::enabled(tx, cx)? {
            match rule.definition.when {
                When::Events { events } => listening.events.extend(events),
                When::Later { after, minutes } => listening.later.push((rule.id, after, minutes)),
            }
        }
        Ok(listening)
    }
}

/// What a job needs to know of an event.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Happened {
    pub ticket: TicketId,
    pub seq: i64,
    pub cause: Option<Cause>,
}

/// Asks for the work that an event sets off, in its transaction.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    if !event.kind.starts_with("ticket.") || cx.cause.is_some_and(|cause| cause.depth > LONGEST_CHAIN) {
        return Ok(());
    }
    let listening = cx.remembered(tx, |tx| Listening::load(tx, cx))?;
    if listening.events.is_empty() && listening.later.is_empty() {
        return Ok(());
    }
    let Some(moment) = Moment::of(event.kind, &event.data) else { return Ok(()) };
    let ticket = TicketId::from_uuid(event.subject);
    if listening.events.contains(&moment) {
        let happened = Happened { ticket, seq: event.subject_seq, cause: cx.cause };
        enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(running::KIND, &happened))?;
    }
    for (rule, _, minutes) in listening.later.iter().filter(|(_, after, _)| *after == moment) {
        let due = event.occurred_at.plus_seconds(minutes * 60);
        let happened = Happened { ticket, seq: event.subject_seq, cause: cx.cause };
        timers::arm(tx, cx, *rule, due, &happened)?;
        tx.tell(Enqueued(due));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_moment_by_who_wrote_it() {
        let said = |kind: &str, from: bool| {
            Moment::of("ticket.message_added", &format!(r#"{{"message_kind": "{kind}", "is_from_customer": {from}}}"#))
        };
        assert_eq!(said("reply", true), Some(Moment::CustomerWrote));
        assert_eq!(said("reply", false), Some(Moment::Replied));
        assert_eq!(said("note", false), Some(Moment::Noted));
        assert_eq!(said("system", false), None);
        assert_eq!(Moment::of("ticket.rule_ran", "{}"), None);
    }
}
