//! From events of a ticket to the steps of its clocks, and to the facts a policy's condition is asked over.
//! Rule: nothing but what the event carries is used, so that history can be replayed.

use rules::Facts;
use serde::Deserialize;
use trust::nouns::TeamId;

use super::clocks::Step;
use crate::facts::of_opened;
use crate::tickets::{HeldBy, MessageKind, Priority, Status, WaitingOn};

/// The part of an event's facts that moves clocks.
#[derive(Deserialize, Default)]
struct Told {
    priority: Option<Priority>,
    held_by: Option<HeldBy>,
    message_kind: Option<MessageKind>,
    #[serde(default)]
    is_from_customer: bool,
    after: Option<Status>,
    waiting_on: Option<WaitingOn>,
    to: Option<Place>,
}

#[derive(Deserialize)]
struct Place {
    team: Option<TeamId>,
}

/// The step an event makes; `None` when it moves no clock. Only a member's public reply answers.
pub(super) fn step(kind: &str, actor_kind: &str, data: &str) -> Option<Step> {
    if !is_step(kind) {
        return None;
    }
    let told: Told = serde_json::from_str(data).ok()?;
    let team = told.to.as_ref().map(|place| place.team);
    match kind {
        "ticket.opened" => Some(Step::Opened {
            priority: told.priority?,
            team: team.flatten(),
            by_assistant: told.held_by == Some(HeldBy::Assistant),
        }),
        "ticket.handed_over" => Some(Step::HandedOver),
        "ticket.message_added" => match told.message_kind? {
            MessageKind::Reply if told.is_from_customer => Some(Step::CustomerWrote),
            MessageKind::Reply if actor_kind == "member" => Some(Step::Replied),
            _ => None,
        },
        "ticket.status_changed" => Some(Step::Status(told.after?, told.waiting_on)),
        "ticket.deleted" => Some(Step::Deleted),
        "ticket.restored" => Some(Step::Restored),
        "ticket.merged" => Some(Step::Merged),
        _ => Some(Step::Changed { priority: told.priority, team }),
    }
}

/// Whether events of this kind move clocks.
pub(super) fn is_step(kind: &str) -> bool {
    matches!(
        kind,
        "ticket.opened"
            | "ticket.handed_over"
            | "ticket.message_added"
            | "ticket.status_changed"
            | "ticket.deleted"
            | "ticket.restored"
            | "ticket.merged"
            | "ticket.updated"
            | "ticket.assigned"
    )
}

/// The facts of `ticket.opened`; `None` when it cannot be read.
pub(crate) fn facts(data: &str) -> Option<Facts> {
    serde_json::from_str(data).ok().map(|data| of_opened(&data))
}
