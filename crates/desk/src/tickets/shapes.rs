//! The shapes of tickets and messages: what comes in, and what goes out for a reader.
//! Rule: the customer's shapes (`My…`) have no field for notes, members' ids or log numbers.

use std::collections::HashMap;

use base::text::{Label, Line};
use base::{Patch, Result, Time};
use db::Tx;
use people::companies::CompanyRef;
use people::customers::{CustomerRef, Requester};
use people::nouns::CompanyId;
use serde::{Deserialize, Serialize};
use taxonomy::StatusNameId;
use taxonomy::nouns::CategoryId;
use taxonomy::statuses::{StatusColour, StatusName, status_names};
use trust::nouns::{CustomerId, MemberId, TeamId, TicketId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{BodyText, html};
use super::message::{Message, member_names};
use super::snoozing::snoozes_of;
use super::ticket::Ticket;
use super::words::*;
use super::{fields, naming};
use crate::uploads::{AttachmentOut, UploadId, attachments_of};

/// A ticket to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTicket {
    /// What it is about, in one line.
    pub subject: Line<500>,
    /// The first message.
    #[schema(value_type = String, min_length = 1, max_length = 262_144)]
    pub body: BodyText,
    /// How the body is written; `text` when absent.
    pub body_format: Option<BodyFormat>,
    /// Who asks.
    pub requester: Requester,
    /// `normal` when absent.
    pub priority: Option<Priority>,
    /// Tags by name; at most 50.
    #[serde(default)]
    pub tags: Vec<Line<60>>,
    /// Custom fields by key.
    #[serde(default)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// `api` when absent.
    pub channel: Option<Channel>,
    /// What sort of request it is.
    #[serde(rename = "type")]
    pub kind: Option<TicketType>,
    /// Its category.
    pub category_id: Option<CategoryId>,
    /// Its team.
    pub team_id: Option<TeamId>,
    /// Its assignee.
    pub assignee_id: Option<MemberId>,
    /// Its id in your system; unique.
    pub external_id: Option<Line<200>>,
    /// Its language, as in `en`.
    pub language: Option<Label<20>>,
    /// Which of your brands it came to, in your own words; a follow-up has its ticket's.
    pub brand: Option<Line<60>>,
    /// Uploads of the first message; at most 20.
    #[serde(default)]
    pub attachments: Vec<UploadId>,
}

/// Changes to a ticket; absent fields stay, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketPatch {
    /// The subject.
    pub subject: Option<Line<500>>,
    /// The priority.
    pub priority: Option<Priority>,
    /// The type.
    #[serde(rename = "type", default)]
    #[schema(value_type = Option<TicketType>)]
    pub kind: Patch<TicketType>,
    /// The category.
    #[serde(default)]
    #[schema(value_type = Option<CategoryId>)]
    pub category_id: Patch<CategoryId>,
    /// All tags by name.
    pub tags: Option<Vec<Line<60>>>,
    /// Custom fields by key; null empties one.
    pub fields: Option<serde_json::Map<String, serde_json::Value>>,
    /// The team.
    #[serde(default)]
    #[schema(value_type = Option<TeamId>)]
    pub team_id: Patch<TeamId>,
    /// Whether only its assignee, its team's leads and administrators see it.
    pub restricted: Option<bool>,
    /// The language.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20)]
    pub language: Patch<Label<20>>,
}

/// A status to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusIn {
    /// The status.
    pub status: Status,
    /// Whom it waits for; `customer` when absent and the status is `pending`.
    pub waiting_on: Option<WaitingOn>,
    /// The workspace's own name of the status; its default when absent.
    pub status_id: Option<StatusNameId>,
}

/// Whom a ticket goes to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentIn {
    /// The member.
    pub assignee_id: Option<MemberId>,
    /// The team.
    pub team_id: Option<TeamId>,
}

base::words! {
    /// What a member can write.
    pub enum WrittenKind {
        /// To the customer.
        Reply = "reply",
        /// Among ourselves.
        Note = "note",
    }
}

/// A reply or note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessageIn {
    /// Reply or note.
    pub kind: WrittenKind,
    /// What it says.
    #[schema(value_type = String, min_length = 1, max_length = 262_144)]
    pub body: BodyText,
    /// How it is written; `text` when absent.
    pub body_format: Option<BodyFormat>,
    /// The newest message the writer saw; a reply the customer overtook answers 409.
    pub last_seen_message_id: Option<MessageId>,
    /// The sender's own id for it; sending twice is one message.
    pub client_id: Option<Line<100>>,
    /// Uploads that go with it; at most 20.
    #[serde(default)]
    pub attachments: Vec<UploadId>,
}

/// A ticket.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TicketOut {
    pub id: TicketId,
    /// The number people say; unique, not gapless.
    pub number: i64,
    pub subject: String,
    pub status: Status,
    pub waiting_on: Option<WaitingOn>,
    /// The workspace's own name of the status, when it has one.
    pub status_id: Option<StatusNameId>,
    pub status_name: Option<String>,
    pub status_colour: Option<StatusColour>,
    pub priority: Priority,
    #[serde(rename = "type")]
    pub kind: Option<TicketType>,
    pub category_id: Option<CategoryId>,
    pub tags: Vec<String>,
    pub fields: serde_json::Map<String, serde_json::Value>,
    pub channel: Channel,
    pub language: Option<String>,
    /// The brand that was named when it was opened.
    pub brand: Option<String>,
    pub customer: CustomerRef,
    pub company: Option<CompanyRef>,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<MemberId>,
    pub held_by: HeldBy,
    pub restricted: bool,
    pub external_id: Option<String>,
    /// The closed ticket it goes on from.
    pub follows_id: Option<TicketId>,
    pub opened_at: Time,
    pub first_response_at: Option<Time>,
    pub resolved_at: Option<Time>,
    pub closed_at: Option<Time>,
    pub deleted_at: Option<Time>,
    /// Until when it sleeps.
    pub snoozed_until: Option<Time>,
    pub last_message_at: Time,
    pub last_message_id: MessageId,
    pub last_customer_message_id: Option<MessageId>,
    /// The newest public message in at most 140 characters.
    pub preview: String,
    pub version: i64,
}

/// Draws tickets for a reader: names, tags and fields in one query each.
pub(crate) fn ticket_outs(tx: &mut Tx<'_>, cx: &trust::Cx, tickets: Vec<Ticket>) -> Result<Vec<TicketOut>> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let workspace = cx.workspace();
    let mut names = naming::names_of(tx, cx, &tickets)?;
    let ids: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
    let customers: Vec<CustomerId> = distinct(tickets.iter().map(|ticket| ticket.customer));
    let companies: Vec<CompanyId> = distinct(tickets.iter().filter_map(|ticket| ticket.company));
    let customers = people::customers::refs(tx, workspace, &customers)?;
    let companies =
        if companies.is_empty() { HashMap::new() } else { people::companies::refs(tx, workspace, &companies)? };
    let mut tags = fields::tags_of(tx, workspace, &ids)?;
    let mut values = fields::fields_of(tx, workspace, &ids)?;
    let snoozes = snoozes_of(tx, workspace, &ids)?;
    Ok(tickets
        .into_iter()
        .map(|ticket| {
            let (tags, values) = (tags.remove(&ticket.id), values.remove(&ticket.id));
            let (name, snoozed_until) = (names.remove(&ticket.id), snoozes.get(&ticket.id).copied());
            let drawn = named(ticket_out(ticket, &customers, &companies, tags, values), name);
            TicketOut { snoozed_until, ..drawn }
        })
        .collect())
}

/// Draws one ticket.
pub(crate) fn one_ticket_out(tx: &mut Tx<'_>, cx: &trust::Cx, ticket: Ticket) -> Result<TicketOut> {
    let drawn = ticket_outs(tx, cx, vec![ticket])?.pop();
    drawn.ok_or_else(|| super::ticket::TICKET_NOT_FOUND.error())
}

/// Draws a ticket that was just opened; what it was opened without is not looked for.
pub(crate) fn opened_ticket_out(
    tx: &mut Tx<'_>,
    cx: &trust::Cx,
    ticket: Ticket,
    customer: CustomerRef,
    is_plain: bool,
) -> Result<TicketOut> {
    if !is_plain || ticket.company.is_some() {
        return one_ticket_out(tx, cx, ticket);
    }
    let name = status_names(tx, cx)?.shown(ticket.status, None).cloned();
    let customers = HashMap::from([(ticket.customer, customer)]);
    Ok(named(ticket_out(ticket, &customers, &HashMap::new(), None, None), name))
}

/// Adds the workspace's own name of the status.
fn named(ticket: TicketOut, name: Option<StatusName>) -> TicketOut {
    let Some(name) = name else { return ticket };
    let (id, colour) = (name.id, name.colour);
    TicketOut { status_id: Some(id), status_name: Some(name.name), status_colour: Some(colour), ..ticket }
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn ticket_out(
    ticket: Ticket,
    customers: &HashMap<CustomerId, CustomerRef>,
    companies: &HashMap<CompanyId, CompanyRef>,
    tags: Option<Vec<String>>,
    fields: Option<serde_json::Map<String, serde_json::Value>>,
) -> TicketOut {
    let nameless = || CustomerRef { id: ticket.customer, name: None, email: None };
    TicketOut {
        id: ticket.id,
        number: ticket.number,
        subject: ticket.subject.into_inner(),
        status: ticket.status,
        waiting_on: ticket.waiting_on,
        status_id: None,
        status_name: None,
        status_colour: None,
        priority: ticket.priority,
        kind: ticket.kind,
        category_id: ticket.category,
        tags: tags.unwrap_or_default(),
        fields: fields.unwrap_or_default(),
        channel: ticket.channel,
        language: ticket.language,
        brand: ticket.brand,
        customer: customers.get(&ticket.customer).cloned().unwrap_or_else(nameless),
        company: ticket.company.and_then(|company| companies.get(&company).cloned()),
        team_id: ticket.team,
        assignee_id: ticket.assignee,
        held_by: ticket.held_by,
        restricted: ticket.is_restricted,
        external_id: ticket.external_id,
        follows_id: ticket.follows,
        opened_at: ticket.opened_at,
        first_response_at: ticket.first_response_at,
        resolved_at: ticket.resolved_at,
        closed_at: ticket.closed_at,
        deleted_at: ticket.deleted_at,
        snoozed_until: None,
        last_message_at: ticket.last_message_at,
        last_message_id: ticket.last_message,
        last_customer_message_id: ticket.last_customer_message,
        preview: ticket.preview.into_inner(),
        version: ticket.version,
    }
}

/// Who wrote a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuthorOut {
    /// member, customer, token or house.
    pub kind: String,
    pub id: Option<String>,
    pub name: Option<String>,
}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageOut {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub kind: MessageKind,
    pub direction: Direction,
    pub author: AuthorOut,
    pub body_format: BodyFormat,
    /// The source as it was written.
    pub body: String,
    /// Safe HTML derived from it.
    pub html: String,
    pub attachments: Vec<AttachmentOut>,
    pub client_id: Option<String>,
    pub created_at: Time,
}

/// Draws the messages of a ticket.
pub(crate) fn message_outs(
    tx: &mut Tx<'_>,
    cx: &trust::Cx,
    customer: &CustomerRef,
    messages: Vec<Message>,
) -> Result<Vec<MessageOut>> {
    let names = member_names(tx, cx.workspace(), &messages)?;
    let mut files = files_of(tx, cx, &messages)?;
    Ok(messages
        .into_iter()
        .map(|message| {
            let files = files.remove(&message.id).unwrap_or_default();
            message_out(message, &names, customer, files)
        })
        .collect())
}

pub(crate) fn files_of(
    tx: &mut Tx<'_>,
    cx: &trust::Cx,
    messages: &[Message],
) -> Result<HashMap<MessageId, Vec<AttachmentOut>>> {
    let with_files: Vec<MessageId> =
        messages.iter().filter(|message| message.attachments > 0).map(|message| message.id).collect();
    match messages.first() {
        Some(first) if !with_files.is_empty() => attachments_of(tx, cx, first.ticket, &with_files),
        _ => Ok(HashMap::new()),
    }
}

fn message_out(
    message: Message,
    names: &HashMap<Uuid, String>,
    customer: &CustomerRef,
    attachments: Vec<AttachmentOut>,
) -> MessageOut {
    let safe =
        html(message.body.reveal(), message.format, message.html.map(base::Personal::into_inner), message.sanitiser);
    MessageOut {
        id: message.id,
        ticket_id: message.ticket,
        kind: message.kind,
        direction: message.direction,
        author: author_out(&message.author_kind, message.author, names, customer),
        body_format: message.format,
        body: message.body.into_inner(),
        html: safe,
        attachments,
        client_id: message.client_id,
        created_at: message.created_at,
    }
}

fn author_out(kind: &str, id: Option<Uuid>, names: &HashMap<Uuid, String>, customer: &CustomerRef) -> AuthorOut {
    let name = match kind {
        "customer" => customer.name.clone().or_else(|| customer.email.clone()),
        _ => id.and_then(|id| names.get(&id).cloned()),
    };
    let id = id.map(|id| match kind {
        "member" => MemberId::from_uuid(id).to_string(),
        "customer" => CustomerId::from_uuid(id).to_string(),
        _ => trust::nouns::TokenId::from_uuid(id).to_string(),
    });
    AuthorOut { kind: kind.to_owned(), id, name }
}
