//! Adding messages: a member's reply or note, a customer's answer.
//! Rule: a reply written before the customer's newest message is not sent unseen; one client id of one sender is one message.

use base::{Code, Kind, Result, Time};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use trust::nouns::TicketId;

use super::body::Prepared;
use super::events::{Happening, MessageAdded, tell};
use super::message::{Message, NewMessage, Sender};
use super::snoozing::{self, WokenBy};
use super::status;
use super::ticket::Ticket;
use super::words::{Direction, MessageId, MessageKind, Status};
use crate::uploads::{UploadId, attach};

/// The customer wrote meanwhile.
pub static NEWER_MESSAGES: Code = Code::new(
    Kind::Conflict,
    "newer_messages",
    "The customer wrote after the last message you saw.",
    "Read `new_messages`; send again with the newest as `last_seen_message_id` if your reply still fits.",
);

/// A message a member or token wants to add.
#[derive(Clone, Debug)]
pub struct NewReply {
    /// Reply or note.
    pub kind: MessageKind,
    /// What it says.
    pub body: Prepared,
    /// The newest message the writer saw.
    pub last_seen: Option<MessageId>,
    /// The sender's own id for it.
    pub client_id: Option<String>,
    /// Uploads that go with it.
    pub attachments: Vec<UploadId>,
}

/// What became of a message.
pub enum Added {
    /// It was written, now or before under the same client id.
    Written(Message),
    /// The customer wrote meanwhile; nothing was written.
    Overtaken(Vec<Message>),
}

/// Adds a member's reply or note.
pub fn add(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, new: &NewReply) -> Result<Added> {
    cx.require(if new.kind == MessageKind::Note { Right::TicketsNote } else { Right::TicketsReply })?;
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    people::customers::stays_for_staff(tx, cx, ticket.customer)?;
    let (author_kind, author) = cx.actor.named();
    let sender = Sender::Staff((author_kind, author));
    if let Some(client_id) = &new.client_id
        && let Some(sent) = Message::by_client_id(tx, cx.workspace(), id, sender, client_id)?
    {
        return Ok(Added::Written(sent));
    }
    let is_note = new.kind == MessageKind::Note;
    if !is_note {
        ticket.check_not_closed()?;
        let newer = overtaking(tx, cx, &ticket, new.last_seen)?;
        if !newer.is_empty() {
            return Ok(Added::Overtaken(newer));
        }
    }
    let message = write(tx, cx, &ticket, new, (Direction::Out, author_kind, author))?;
    let is_by_person = author_kind == "member";
    let is_first = !is_note && is_by_person && ticket.first_response_at.is_none();
    if is_first {
        ticket.first_response_at = Some(message.created_at);
    }
    store(tx, cx, &mut ticket, &message, &new.body)?;
    announce(tx, cx, &ticket, &message, is_first, message.created_at)?;
    Ok(Added::Written(message))
}

/// Adds a customer's message; a resolved or pending ticket opens again.
pub fn add_from_customer(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, new: &NewReply) -> Result<Message> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    people::customers::stays(tx, cx, ticket.customer)?;
    if let Some(client_id) = &new.client_id
        && let Some(sent) = Message::by_client_id(tx, cx.workspace(), id, Sender::Customer, client_id)?
    {
        return Ok(sent);
    }
    ticket.check_not_closed()?;
    let from = (Direction::In, "customer", Some(ticket.customer.uuid()));
    let message = write(tx, cx, &ticket, new, from)?;
    ticket.last_customer_message = Some(message.id);
    store(tx, cx, &mut ticket, &message, &new.body)?;
    announce(tx, cx, &ticket, &message, false, message.created_at)?;
    snoozing::rouse(tx, cx, &mut ticket, WokenBy::Customer)?;
    if matches!(ticket.status, Status::Resolved | Status::Pending) {
        status::change(tx, cx, &mut ticket, Status::Open, None)?;
    }
    Ok(message)
}

/// A message of the customer that was held back with the one that opened the ticket.
pub(crate) struct Held<'a> {
    pub id: MessageId,
    pub body: &'a Prepared,
    pub client_id: Option<&'a str>,
    pub attachments: i64,
    pub received_at: Time,
}

/// Adds a message that was held back, with its id, time and files.
pub(crate) fn add_held(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, held: &Held<'_>) -> Result<()> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    let message = NewMessage {
        id: Some(held.id),
        kind: MessageKind::Reply,
        direction: Direction::In,
        author_kind: "customer",
        author: Some(ticket.customer.uuid()),
        body: held.body,
        client_id: held.client_id,
        attachments: held.attachments,
        at: held.received_at,
    };
    let message = Message::write(tx, cx, id, &message)?;
    ticket.last_customer_message = Some(message.id);
    store(tx, cx, &mut ticket, &message, held.body)?;
    announce(tx, cx, &ticket, &message, false, cx.env().now())
}

/// The customer's messages after the last one the writer saw.
fn overtaking(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, last_seen: Option<MessageId>) -> Result<Vec<Message>> {
    let (Some(seen), Some(newest)) = (last_seen, ticket.last_customer_message) else { return Ok(Vec::new()) };
    if seen >= newest {
        return Ok(Vec::new());
    }
    let after = Message::list(tx, cx.workspace(), ticket.id, Some(seen), true, 50)?;
    Ok(after.into_iter().filter(|message| message.direction == Direction::In).collect())
}

fn write(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &Ticket,
    new: &NewReply,
    (direction, author_kind, author): (Direction, &'static str, Option<uuid::Uuid>),
) -> Result<Message> {
    let at = cx.env().now();
    let message = NewMessage {
        id: Some(Message::next_id(tx, cx, ticket.id, at)?),
        kind: new.kind,
        direction,
        author_kind,
        author,
        body: &new.body,
        client_id: new.client_id.as_deref(),
        attachments: i64::try_from(new.attachments.len()).unwrap_or(0),
        at,
    };
    let message = Message::write(tx, cx, ticket.id, &message)?;
    attach(tx, cx, ticket.id, message.id, &new.attachments)?;
    Ok(message)
}

/// Writes what a message changes on its ticket.
fn store(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, message: &Message, body: &Prepared) -> Result<()> {
    ticket.version += 1;
    let shows = message.kind != MessageKind::Note;
    if shows {
        ticket.preview = base::Personal::new(body.preview.clone());
        ticket.last_message = message.id;
        ticket.last_message_at = message.created_at;
    }
    tx.exec(
        "UPDATE ticket SET version = $1, last_message_at = $2, last_message_id = $3, last_customer_message_id = $4, \
         first_response_at = $5, preview = $6 WHERE workspace_id = $7 AND id = $8",
        &[
            &ticket.version,
            &ticket.last_message_at,
            &ticket.last_message,
            &ticket.last_customer_message,
            &ticket.first_response_at,
            &ticket.preview,
            &cx.workspace(),
            &ticket.id,
        ],
    )?;
    Ok(())
}

fn announce(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, message: &Message, is_first: bool, at: Time) -> Result<()> {
    let data = MessageAdded {
        number: ticket.number,
        message_id: message.id,
        message_kind: message.kind,
        is_from_customer: message.direction == Direction::In,
        is_first_response: is_first,
        attachments: message.attachments,
    };
    let is_internal = message.kind == MessageKind::Note;
    tell(tx, cx, ticket, Happening::with_reach("ticket.message_added", at, is_internal), &data)
}
