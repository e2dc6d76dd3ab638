//! From events of a ticket to the steps of its clocks, and to the facts a policy's condition is asked over.
//! Rule: nothing but what the event carries is used, so that history can be replayed.

use rules::{Fact, Facts, Kind, Name, Vocabulary};
use serde::Deserialize;
use trust::nouns::TeamId;

use super::clocks::Step;
use crate::tickets::{Channel, HeldBy, MessageKind, Priority, Status, WaitingOn};

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

/// Which tickets a policy is for can be said over these.
pub(super) static OPENED: Vocabulary = Vocabulary(&[
    word("ticket", "priority", &["low", "normal", "high", "urgent"]),
    word("ticket", "channel", &["api", "widget", "email", "chat", "phone", "form"]),
    word("ticket", "held_by", &["desk", "assistant"]),
    text("ticket", "category"),
    text("ticket", "language"),
    text("ticket", "team"),
    text("company", "id"),
    text("company", "plan"),
    text("company", "tier"),
    text("company", "revenue_band"),
]);

const fn word(root: &'static str, field: &'static str, words: &'static [&'static str]) -> Name {
    Name { root, field, kind: Kind::Word(words) }
}

const fn text(root: &'static str, field: &'static str) -> Name {
    Name { root, field, kind: Kind::Text }
}

/// The facts of the moment a ticket was opened.
#[derive(Deserialize)]
struct Opened {
    priority: Priority,
    channel: Channel,
    held_by: HeldBy,
    category_id: Option<String>,
    company_id: Option<String>,
    plan: Option<String>,
    tier: Option<String>,
    revenue_band: Option<String>,
    language: Option<String>,
    to: Option<PlaceWords>,
}

#[derive(Deserialize)]
struct PlaceWords {
    team: Option<String>,
}

/// The facts of `ticket.opened`; `None` when it cannot be read.
pub(crate) fn facts(data: &str) -> Option<Facts> {
    let opened: Opened = serde_json::from_str(data).ok()?;
    let known = Facts::default()
        .with("ticket", "priority", Fact::Text(opened.priority.word().to_owned()))
        .with("ticket", "channel", Fact::Text(opened.channel.word().to_owned()))
        .with("ticket", "held_by", Fact::Text(opened.held_by.word().to_owned()))
        .with("ticket", "category", Fact::text(opened.category_id))
        .with("ticket", "language", Fact::text(opened.language))
        .with("ticket", "team", Fact::text(opened.to.and_then(|place| place.team)))
        .with("company", "id", Fact::text(opened.company_id))
        .with("company", "plan", Fact::text(opened.plan))
        .with("company", "tier", Fact::text(opened.tier))
        .with("company", "revenue_band", Fact::text(opened.revenue_band));
    Some(known)
}
