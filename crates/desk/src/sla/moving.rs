//! Moves a ticket's clocks in the transaction of the event that moves them.
//! Rule: a workspace that has promised nothing pays one look into memory.

use base::Result;
use db::Tx;
use trust::Cx;
use trust::log::NewEvent;
use trust::nouns::TicketId;

use super::clocks::{Clocks, Step};
use super::pinned::{self, Pin, Pinned, write_pin};
use super::policies::Policies;
use super::steps::{facts, is_step, step};

/// What happens here when something happens to a ticket.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    if !event.kind.starts_with("ticket.") {
        return Ok(());
    }
    if event.kind == "ticket.purged" {
        return pinned::forget(tx, cx.workspace(), TicketId::from_uuid(event.subject));
    }
    if !is_step(event.kind) {
        return Ok(());
    }
    let policies = Policies::of(tx, cx)?;
    if policies.is_empty() {
        return Ok(());
    }
    let Some(step) = step(event.kind, cx.actor.named().0, &event.data) else { return Ok(()) };
    match step {
        Step::Opened { .. } => start(tx, cx, &policies, event, step),
        _ => go_on(tx, cx, &policies, event, step),
    }
}

/// The first policy that is for the ticket is pinned to it, and its clocks begin.
fn start(tx: &mut Tx<'_>, cx: &Cx, policies: &Policies, event: &NewEvent, step: Step) -> Result<()> {
    let Some(choice) = facts(&event.data).and_then(|facts| policies.choose(&facts).cloned()) else { return Ok(()) };
    let at = event.occurred_at;
    let pin = Pin { policy: choice.policy, number: choice.number, at };
    let Some(plan) = policies.plan_of(tx, cx.workspace(), pin.of())? else { return Ok(()) };
    let ticket = TicketId::from_uuid(event.subject);
    let mut pinned = Pinned { ticket, pin, seen: event.subject_seq, clocks: Clocks::default() };
    let outcome = pinned.clocks.apply(&plan, at, step);
    write_pin(tx, cx.workspace(), ticket, pin, 0)?;
    pinned.write(tx, cx.workspace(), &plan, &outcome.marks)
}

fn go_on(tx: &mut Tx<'_>, cx: &Cx, policies: &Policies, event: &NewEvent, step: Step) -> Result<()> {
    let ticket = TicketId::from_uuid(event.subject);
    let Some(mut pinned) = Pinned::find_locked(tx, cx.workspace(), ticket)? else { return Ok(()) };
    if event.subject_seq <= pinned.seen {
        return Ok(());
    }
    let Some(plan) = policies.plan_of(tx, cx.workspace(), pinned.pin.of())? else { return Ok(()) };
    let outcome = pinned.clocks.apply(&plan, event.occurred_at, step);
    pinned.seen = event.subject_seq;
    pinned.write(tx, cx.workspace(), &plan, &outcome.marks)
}
