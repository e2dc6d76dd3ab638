//! What happens to tickets, as events: ids, enums, numbers and times; texts stay in rows or in salted details.

use base::{Result, Time};
use db::Tx;
use people::nouns::CompanyId;
use serde::Serialize;
use taxonomy::StatusNameId;
use taxonomy::nouns::{CategoryId, TagId};
use trust::Cx;
use trust::log::{NewEvent, of_subject, record};
use web::IfMatch;

use super::place::Place;
use super::ticket::Ticket;
use super::words::{Channel, HeldBy, MessageId, MessageKind, Priority, Status, TicketType, WaitingOn};

/// The facts of the moment a ticket was opened, so that history can be replayed.
#[derive(Serialize)]
pub(crate) struct Opened<'a> {
    pub number: i64,
    pub message_id: MessageId,
    pub channel: Channel,
    pub priority: Priority,
    pub held_by: HeldBy,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<TicketType>,
    #[serde(skip_serializing_if = "<[TagId]>::is_empty")]
    pub tag_ids: &'a [TagId],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue_band: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'a str>,
    pub to: Place,
}

/// A message was added.
#[derive(Serialize)]
pub(crate) struct MessageAdded {
    pub number: i64,
    pub message_id: MessageId,
    pub message_kind: MessageKind,
    pub is_from_customer: bool,
    pub is_first_response: bool,
    pub attachments: i64,
}

/// The status changed.
#[derive(Serialize)]
pub(crate) struct StatusChanged {
    pub number: i64,
    pub before: Status,
    pub after: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_on: Option<WaitingOn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<StatusNameId>,
    pub from: Place,
    pub to: Place,
}

/// It moved to another team or member, or became restricted.
#[derive(Serialize)]
pub(crate) struct Moved {
    pub number: i64,
    pub from: Place,
    pub to: Place,
}

/// Fields changed. What may be empty stands twice: it is absent when it did not change, and null when it was emptied.
#[derive(Serialize)]
pub(crate) struct Updated<'a> {
    pub number: i64,
    pub changed: Vec<&'static str>,
    pub priority: Priority,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Option<TicketType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<&'a [TagId]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
}

/// It left the desk, or came back to it.
#[derive(Serialize)]
pub(crate) struct Removed {
    pub number: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
}

/// What is told of a ticket and changes nothing that anybody edits: who saw the version before it saw what is there.
const REMARKS: &[&str] =
    &["ticket.clock_warned", "ticket.clock_breached", "ticket.rule_ran", "ticket.rule_action_refused"];

/// Refuses a change of somebody who has not seen what happened to a locked ticket since; remarks do not count.
pub(crate) fn check_seen(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, seen: IfMatch) -> Result<()> {
    let checked = seen.check(ticket.version);
    if checked.is_ok() || seen.0 < 1 || seen.0 > ticket.version {
        return checked;
    }
    let missed = of_subject(tx, &cx.reach, ticket.id.uuid(), seen.0, MISSED)?;
    let is_all = i64::try_from(missed.len()).unwrap_or(0) == ticket.version - seen.0;
    if is_all && missed.iter().all(|event| REMARKS.contains(&event.kind.as_str())) { Ok(()) } else { checked }
}

/// Events that are looked at for whoever comes late.
const MISSED: usize = 50;

/// What happened, when, and whether it is for staff only.
pub(crate) struct Happening {
    kind: &'static str,
    at: Time,
    is_internal: bool,
}

impl Happening {
    /// Something the customer may know.
    pub(crate) fn public(kind: &'static str, at: Time) -> Happening {
        Happening { kind, at, is_internal: false }
    }

    /// Something that stays among ourselves when `is_internal`.
    pub(crate) fn with_reach(kind: &'static str, at: Time, is_internal: bool) -> Happening {
        Happening { kind, at, is_internal }
    }
}

/// Records an event about a ticket whose version is already the one after it.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &Ticket,
    Happening { kind, at, is_internal }: Happening,
    data: &impl Serialize,
) -> Result<()> {
    let event = NewEvent::new(kind, ticket.id.uuid(), ticket.version, at, ticket.audience(is_internal), data);
    record(tx, cx, &[event])
}

/// Raises the version of a ticket and records what happened to it, for staff only.
pub(crate) fn tell_next(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &mut Ticket,
    kind: &'static str,
    data: &impl Serialize,
) -> Result<()> {
    ticket.version += 1;
    tx.exec(
        "UPDATE ticket SET version = $1 WHERE workspace_id = $2 AND id = $3",
        &[&ticket.version, &cx.workspace(), &ticket.id],
    )?;
    tell(tx, cx, ticket, Happening::with_reach(kind, cx.env().now(), true), data)
}
