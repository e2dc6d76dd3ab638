//! The clocks of a ticket from its events alone: for showing why, for pinning anew, and for proving the stored ones.

use base::{Result, Time};
use db::Tx;
use trust::access::Reach;
use trust::log::{SealedEvent, of_subject};
use trust::nouns::{TicketId, WorkspaceId};

use super::clocks::{Clock, Clocks, Mark};
use super::pinned;
use super::plan::Plan;
use super::policies::Policies;
use super::steps::step;

/// Events read at a time.
const AT_ONCE: usize = 500;

/// A ticket's clocks and all they went through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replayed {
    pub(crate) clocks: Clocks,
    pub(crate) ended: Vec<Clock>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) seen: i64,
}

/// Every event of a ticket, in order.
pub(crate) fn events(tx: &mut Tx<'_>, reach: &Reach, ticket: TicketId) -> Result<Vec<SealedEvent>> {
    let mut all: Vec<SealedEvent> = Vec::new();
    loop {
        let after = all.last().map_or(0, |event| event.subject_seq);
        let some = of_subject(tx, reach, ticket.uuid(), after, AT_ONCE)?;
        let is_last = some.len() < AT_ONCE;
        all.extend(some);
        if is_last {
            return Ok(all);
        }
    }
}

/// Replays events by one plan after the other; a plan with the event after which it came. The first is for all before too.
pub(crate) fn replay(events: &[SealedEvent], plans: &[(Plan, Time, i64)], until: Time) -> Replayed {
    let mut replayed = Replayed::default();
    let Some(((first, _, _), later)) = plans.split_first() else { return replayed };
    let (mut plan, mut later) = (first, later.iter().peekable());
    for event in events {
        while let Some((next, at, _)) = later.next_if(|(_, _, seen)| *seen < event.subject_seq) {
            replayed.marks.extend(replayed.clocks.swap(plan, next, *at).marks);
            plan = next;
        }
        replayed.seen = event.subject_seq;
        let Some(step) = step(&event.kind, &event.actor_kind, &event.data) else { continue };
        let outcome = replayed.clocks.apply(plan, event.occurred_at, step);
        replayed.marks.extend(outcome.marks);
        replayed.ended.extend(outcome.ended);
    }
    for (next, at, _) in later {
        replayed.marks.extend(replayed.clocks.swap(plan, next, *at).marks);
        plan = next;
    }
    replayed.marks.extend(replayed.clocks.advance(plan, until));
    replayed
}

/// The plans of a ticket's pins.
pub(crate) fn plans(
    tx: &mut Tx<'_>,
    policies: &Policies,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Vec<(Plan, Time, i64)>> {
    let pins = pinned::pins(tx, workspace, ticket)?;
    let mut plans = Vec::new();
    for (pin, seen) in pins {
        plans.extend(policies.plan_of(tx, workspace, pin.of())?.map(|plan| (plan, pin.at, seen)));
    }
    Ok(plans)
}
