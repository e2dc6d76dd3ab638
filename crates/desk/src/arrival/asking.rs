//! The doors by which customers ask: a new ticket, a message to one, a follow-up of one that is closed.
//! Rule: one client id is one ticket and one message, however often it is sent.

use axum::Extension;
use base::Result;
use base::text::{Email, Line};
use db::{Query as Sql, Tx};
use people::customers::{guest, guest_or_create};
use serde::Deserialize;
use trust::Cx;
use trust::nouns::{CustomerId, Ticket as TicketNoun, TicketId};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, Op, PathId, Peer, Reply};

use super::findings::{Draft, prepare};
use super::receiving::{Arrived, receive};
use crate::Desk;
use crate::spam::{self, Entry, Signs};
use crate::tickets::*;
use crate::uploads::UploadId;

const ME: Access = Access::Customer;

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/api/v1/me/tickets", "askForHelp", ME, ask)
            .about("Opens a ticket of the customer.")
            .takes::<MyNewTicket>()
            .gives::<MyTicketOut>(201),
        Op::new(Method::Post, "/api/v1/me/tickets/{id}/messages", "writeToUs", ME, write)
            .about("Adds a message of the customer; to a closed ticket it opens a follow-up.")
            .takes::<MyNewMessage>()
            .gives::<MyMessageOut>(201),
    ]
}

/// A request for help.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MyNewTicket {
    /// What it is about; the start of the message when absent.
    pub subject: Option<Line<500>>,
    /// The message.
    #[schema(value_type = String, min_length = 1, max_length = 262_144)]
    pub body: BodyText,
    /// The widget's own id for it; sending twice is one ticket.
    pub client_id: Option<Line<100>>,
    /// Uploads; at most 20.
    #[serde(default)]
    pub attachments: Vec<UploadId>,
    /// A name the visitor claims.
    pub name: Option<Line<200>>,
    /// An address the visitor claims; it joins no customer until it is verified.
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Email>,
}

/// A message of the customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MyNewMessage {
    /// What it says.
    #[schema(value_type = String, min_length = 1, max_length = 262_144)]
    pub body: BodyText,
    /// The widget's own id for it; sending twice is one message.
    pub client_id: Option<Line<100>>,
    /// Uploads; at most 20.
    #[serde(default)]
    pub attachments: Vec<UploadId>,
}

async fn ask(
    cx: Cx,
    desk: Desk,
    peer: Option<Extension<Peer>>,
    Json { value: new, .. }: Json<MyNewTicket>,
) -> web::Result<Created<MyTicketOut>> {
    check_lengths(0, new.attachments.len())?;
    let body = Prepared::text(new.body.into());
    let subject = new.subject.map_or_else(|| redact::preview(&body.source, 80), String::from);
    let number = desk.numbers().next(&cx).await?;
    let opening = Opening {
        attachments: new.attachments,
        client_id: new.client_id.map(String::from),
        ..Opening::plain(number, subject, body, Channel::Widget)
    };
    let (name, email) = (new.name, new.email);
    let findings = prepare(&cx, &desk, Draft::of(&opening)).await;
    let signs = Signs::of(&cx, peer.map(|Extension(peer)| peer), email.as_ref()).count(&cx, desk.brakes()).await;
    let ticket = cx.write(move |tx, cx| {
        let (cx, account) = guest_or_create(tx, cx)?;
        people::customers::stays(tx, &cx, account.customer)?;
        people::customers::claim(tx, &cx, account.customer, name.as_ref(), email.as_ref())?;
        if let Some(sent) = sent_before(tx, &cx, account.customer, opening.client_id.as_deref())? {
            return Ok(my_ticket(sent));
        }
        if let Some(entry) = held_before(tx, &cx, opening.client_id.as_deref())? {
            return Ok(entry.my_ticket());
        }
        Ok(match receive(tx, &cx, &account, &opening, &findings, &signs)? {
            Arrived::Ticket(opened) => my_ticket(opened.0),
            Arrived::Held(entry) => entry.my_ticket(),
        })
    });
    Ok(Created(Reply::new(ticket.await?)))
}

/// The ticket that was opened under this client id before.
fn sent_before(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, client_id: Option<&str>) -> Result<Option<Ticket>> {
    let Some(client_id) = client_id else { return Ok(None) };
    people::customers::hold(tx, cx, customer)?;
    let mut query = Sql::new(&format!(
        "SELECT {} FROM ticket t JOIN message m ON m.workspace_id = t.workspace_id AND m.ticket_id = t.id WHERE t.workspace_id = ",
        TICKET_COLUMNS
    ));
    query.bind(cx.workspace()).push(" AND t.customer_id IN (").bind_list(cx.reach.person()).push(")");
    query.push(" AND m.direction = ").bind(Direction::In);
    query.push(" AND m.client_id = ").bind(client_id).push(" ORDER BY t.id LIMIT 1");
    Ok(tx.all_of(&query, Ticket::read)?.pop())
}

/// What was held back under this client id before.
fn held_before(tx: &mut Tx<'_>, cx: &Cx, client_id: Option<&str>) -> Result<Option<Entry>> {
    let Some(client_id) = client_id else { return Ok(None) };
    let held = spam::held_list(tx, cx)?;
    Ok(held.into_iter().find(|entry| entry.client_id.as_deref() == Some(client_id)))
}

async fn write(
    cx: Cx,
    desk: Desk,
    peer: Option<Extension<Peer>>,
    PathId(id): PathId<TicketNoun>,
    Json { value: new, .. }: Json<MyNewMessage>,
) -> web::Result<Created<MyMessageOut>> {
    check_lengths(0, new.attachments.len())?;
    let reply = NewReply {
        kind: MessageKind::Reply,
        body: Prepared::text(new.body.into()),
        last_seen: None,
        client_id: new.client_id.map(String::from),
        attachments: new.attachments,
    };
    let again = reply.clone();
    let peer = peer.map(|Extension(peer)| peer);
    let signs = Signs::of(&cx, peer, None).count_more(&cx, desk.brakes()).await;
    let written = cx.write(move |tx, cx| {
        let (cx, account) = guest(tx, cx)?.ok_or_else(gone)?;
        if let Some(entry) = spam::held_locked(tx, &cx, id)? {
            people::customers::stays(tx, &cx, account.customer)?;
            return Ok(vec![spam::write_more(tx, &cx, &entry, &reply)?]);
        }
        if is_to_be_judged(tx, &cx, id, reply.client_id.as_deref())? {
            spam::check_more(tx, &cx, &account, &signs)?;
        }
        let message = add_from_customer(tx, &cx, id, &reply)?;
        my_messages(tx, &cx, vec![message])
    });
    let written = match written.await {
        Err(error) if error.code() == &TICKET_CLOSED => follow_up(&cx, &desk, peer, id, again).await,
        other => other,
    };
    let message = written?.pop().ok_or_else(gone)?;
    Ok(Created(Reply::new(message)))
}

/// Whether a message may be refused: it was not sent before, and does not become a ticket, which is judged as such.
fn is_to_be_judged(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, client_id: Option<&str>) -> Result<bool> {
    let ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    let sent = match client_id {
        Some(client_id) => Message::by_client_id(tx, cx.workspace(), id, Sender::Customer, client_id)?,
        None => None,
    };
    Ok(ticket.status != Status::Closed && sent.is_none())
}

/// Opens a ticket that goes on from a closed one.
async fn follow_up(
    cx: &Cx,
    desk: &Desk,
    peer: Option<Peer>,
    id: TicketId,
    reply: NewReply,
) -> Result<Vec<MyMessageOut>> {
    let number = desk.numbers().next(cx).await?;
    let draft = Draft { subject: "", body: reply.body.source(), channel: Channel::Widget };
    let findings = prepare(cx, desk, draft).await;
    let signs = Signs::of(cx, peer, None).count(cx, desk.brakes()).await;
    cx.write(move |tx, cx| {
        let (cx, account) = guest(tx, cx)?.ok_or_else(gone)?;
        people::customers::stays(tx, &cx, account.customer)?;
        let closed = Ticket::find_locked(tx, &cx.reach, id)?;
        if let Some(sent) = followed_before(tx, &cx, &closed, reply.client_id.as_deref())? {
            return my_messages(tx, &cx, vec![sent]);
        }
        let opening = Opening {
            follows: Some(id),
            team: closed.team,
            brand: closed.brand.clone(),
            client_id: reply.client_id.clone(),
            attachments: reply.attachments.clone(),
            ..Opening::plain(number, closed.subject.reveal().clone(), reply.body.clone(), Channel::Widget)
        };
        match receive(tx, &cx, &account, &opening, &findings, &signs)? {
            Arrived::Ticket(opened) => my_messages(tx, &cx, vec![opened.1]),
            Arrived::Held(entry) => Ok(vec![entry.my_message()]),
        }
    })
    .await
}

/// The message that went on from a closed ticket under this client id before.
fn followed_before(tx: &mut Tx<'_>, cx: &Cx, closed: &Ticket, client_id: Option<&str>) -> Result<Option<Message>> {
    let Some(client_id) = client_id else { return Ok(None) };
    let mut query = Sql::new("SELECT id FROM ticket WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND customer_id IN (").bind_list(cx.reach.person()).push(") AND follows_id = ");
    query.bind(closed.id).push(" ORDER BY opened_at DESC, id DESC LIMIT 50");
    let next: Vec<TicketId> = tx.all_of(&query, |row| row.get(0))?;
    for ticket in next {
        if let Some(sent) = Message::by_client_id(tx, cx.workspace(), ticket, Sender::Customer, client_id)? {
            return Ok(Some(sent));
        }
    }
    Ok(None)
}
