//! Bringing tickets from another system: with their dates, authors and states, without rules, clocks or notices.
//! Rule: a line is imported once, whichever file it comes in and wherever it stands; a wrong line loses nothing but itself.

use base::text::{Email, Label, Line};
use base::{Code, Error, Kind, Result, Time};
use db::Tx;
use people::customers::Requester;
use serde::Deserialize;
use trust::Cx;
use trust::nouns::{MemberId, TicketId};

use super::body::{BodyText, Prepared};
use super::events::{Happening, MessageAdded, StatusChanged, tell};
use super::message::{Message, NewMessage};
use super::opening::{self, Opening};
use super::ticket::Ticket;
use super::words::*;

/// A line that cannot be imported.
pub static BAD_LINE: Code = Code::new(
    Kind::Unprocessable,
    "bad_line",
    "A line of the import cannot be read.",
    "Correct the line and import the file again; lines that were imported are skipped.",
);

base::words! {
    /// Who wrote an imported message.
    pub enum ImportedAuthor {
        /// The customer.
        Customer = "customer",
        /// Somebody of ours.
        Agent = "agent",
    }
}

/// A message of an imported ticket.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportedMessage {
    author: ImportedAuthor,
    body: BodyText,
    created_at: Time,
}

/// A line of an import: the fields of a new ticket, its dates, its state and its messages.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedTicket {
    subject: Line<500>,
    body: BodyText,
    body_format: Option<BodyFormat>,
    requester: Requester,
    priority: Option<Priority>,
    #[serde(default)]
    tags: Vec<Line<60>>,
    #[serde(default)]
    fields: serde_json::Map<String, serde_json::Value>,
    channel: Option<Channel>,
    #[serde(rename = "type")]
    kind: Option<TicketType>,
    external_id: Option<Line<200>>,
    language: Option<Label<20>>,
    brand: Option<Line<60>>,
    created_at: Option<Time>,
    status: Option<Status>,
    category: Option<Line<200>>,
    assignee_email: Option<Email>,
    #[serde(default)]
    messages: Vec<ImportedMessage>,
}

/// What a line is known by: its text, so that a resumed import, a corrected file and a later export know what is there.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// SHA-256 of the text.
    pub row: [u8; 32],
    /// Which of the lines with this text, from 1: what is there twice is imported twice.
    pub nth: i64,
}

impl ImportedTicket {
    /// Reads a line.
    pub fn read(line: &str) -> Result<ImportedTicket> {
        let mut reader = serde_json::Deserializer::from_str(line);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| bad(error.path().to_string(), error.inner()))
    }

    /// Its id in the other system.
    pub(super) fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }
}

fn bad(path: String, why: impl std::fmt::Display) -> Error {
    BAD_LINE.because(format!("{path}: {why}"))
}

/// Whether a line was imported before.
fn is_done(tx: &mut Tx<'_>, cx: &Cx, source: Source) -> Result<bool> {
    let found = tx.first(
        "SELECT 1 FROM import_row WHERE workspace_id = $1 AND source = $2 AND line = $3",
        &[&cx.workspace(), &source.row, &source.nth],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Imports a line unless it was imported before; says whether it wrote.
pub fn import(tx: &mut Tx<'_>, cx: &Cx, source: Source, number: i64, line: &ImportedTicket) -> Result<bool> {
    if is_done(tx, cx, source)? {
        return Ok(false);
    }
    let assignee = assignee(tx, cx, line.assignee_email.as_ref())?;
    let category = match &line.category {
        Some(name) => Some(
            taxonomy::category_named(tx, cx.workspace(), name)?
                .ok_or_else(|| bad("category".to_owned(), format!("there is no category `{name}`")))?,
        ),
        None => None,
    };
    let format = line.body_format.unwrap_or(BodyFormat::Text);
    let opening = Opening {
        priority: line.priority.unwrap_or(Priority::Normal),
        kind: line.kind,
        category,
        tags: line.tags.clone(),
        fields: line.fields.clone(),
        assignee,
        external_id: line.external_id.clone().map(String::from),
        language: line.language.clone().map(String::from),
        brand: line.brand.clone().map(String::from),
        opened_at: line.created_at,
        ..Opening::plain(
            number,
            line.subject.to_string(),
            prepared(&line.body, format),
            line.channel.unwrap_or(Channel::Api),
        )
    };
    let (mut ticket, _) = opening::open_for(tx, cx, &line.requester, &opening)?;
    // In the order of their times; those of one time as the file has them.
    let mut newest = ticket.last_message;
    let mut messages: Vec<&ImportedMessage> = line.messages.iter().collect();
    messages.sort_by_key(|message| message.created_at);
    for message in messages {
        add(tx, cx, (&mut ticket, &mut newest), assignee, message)?;
    }
    finish(tx, cx, &mut ticket, line.status.unwrap_or(Status::Open))?;
    remember(tx, cx, source, ticket.id)?;
    Ok(true)
}

fn prepared(body: &BodyText, format: BodyFormat) -> Prepared {
    match format {
        BodyFormat::Text => Prepared::text(body.to_string()),
        format => Prepared::markup(body.to_string(), format),
    }
}

fn assignee(tx: &mut Tx<'_>, cx: &Cx, email: Option<&Email>) -> Result<Option<MemberId>> {
    let Some(email) = email else { return Ok(None) };
    let found = tx.first(
        "SELECT m.id FROM account a JOIN member m ON m.account_id = a.id WHERE m.workspace_id = $1 AND a.email_folded = $2 \
         AND m.is_active = 1",
        &[&cx.workspace(), &email.folded()],
        |row| row.get(0),
    )?;
    found.map(Some).ok_or_else(|| bad("assignee_email".to_owned(), "no active member has this address"))
}

fn add(
    tx: &mut Tx<'_>,
    cx: &Cx,
    (ticket, newest): (&mut Ticket, &mut MessageId),
    assignee: Option<MemberId>,
    message: &ImportedMessage,
) -> Result<()> {
    let is_customer = message.author == ImportedAuthor::Customer;
    let body = Prepared::text(message.body.to_string());
    // The row of the ticket is this transaction's own.
    let id = MessageId::at(message.created_at, cx.cell(), cx.env().random()).after(Some(*newest), cx.env().random());
    *newest = id;
    let new = NewMessage {
        id: Some(id),
        kind: MessageKind::Reply,
        direction: if is_customer { Direction::In } else { Direction::Out },
        author_kind: if is_customer { "customer" } else { "member" },
        author: if is_customer { Some(ticket.customer.uuid()) } else { assignee.map(base::Id::uuid) },
        body: &body,
        client_id: None,
        attachments: 0,
        at: message.created_at,
    };
    let written = Message::write(tx, cx, ticket.id, &new)?;
    let is_first = !is_customer && ticket.first_response_at.is_none();
    if is_first {
        ticket.first_response_at = Some(message.created_at);
    }
    if is_customer {
        ticket.last_customer_message = Some(written.id);
    }
    ticket.last_message = written.id;
    ticket.last_message_at = message.created_at;
    ticket.preview = base::Personal::new(body.preview.clone());
    ticket.version += 1;
    let data = MessageAdded {
        number: ticket.number,
        message_id: written.id,
        message_kind: MessageKind::Reply,
        is_from_customer: is_customer,
        is_first_response: is_first,
        attachments: 0,
    };
    tell(tx, cx, ticket, Happening::public("ticket.message_added", message.created_at), &data)
}

/// Writes what the messages changed, and the state the ticket was in.
fn finish(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, status: Status) -> Result<()> {
    let (from, before, at) = (ticket.place(), ticket.status, ticket.last_message_at);
    if status != before {
        ticket.status = status;
        ticket.waiting_on = (status == Status::Pending).then_some(WaitingOn::Customer);
        ticket.resolved_at = (!status.is_open()).then_some(at);
        ticket.closed_at = (status == Status::Closed).then_some(at);
        ticket.version += 1;
        let data = StatusChanged {
            status_id: None,
            number: ticket.number,
            before,
            after: status,
            waiting_on: ticket.waiting_on,
            from,
            to: ticket.place(),
        };
        tell(tx, cx, ticket, Happening::public("ticket.status_changed", at), &data)?;
    }
    tx.exec(
        "UPDATE ticket SET status = $1, waiting_on = $2, is_open = $3, resolved_at = $4, closed_at = $5, version = $6, \
         last_message_at = $7, last_message_id = $8, last_customer_message_id = $9, first_response_at = $10, preview = $11 \
         WHERE workspace_id = $12 AND id = $13",
        &[
            &ticket.status, &ticket.waiting_on, &ticket.status.is_open(), &ticket.resolved_at, &ticket.closed_at,
            &ticket.version, &ticket.last_message_at, &ticket.last_message, &ticket.last_customer_message,
            &ticket.first_response_at, &ticket.preview, &cx.workspace(), &ticket.id,
        ],
    )?;
    Ok(())
}

fn remember(tx: &mut Tx<'_>, cx: &Cx, source: Source, ticket: TicketId) -> Result<()> {
    tx.exec(
        "INSERT INTO import_row (workspace_id, source, line, ticket_id) VALUES ($1, $2, $3, $4)",
        &[&cx.workspace(), &source.row, &source.nth, &ticket],
    )?;
    Ok(())
}
