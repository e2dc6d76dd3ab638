//! The customer's own doors: their tickets, their messages, and what arrives live.
//! Rule: these shapes have no field for notes, members' ids or log numbers, so that none can leak.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use base::{Code, Cursor, Kind, Page, Result, Time};
use bus::Heard;
use db::{Query as Sql, Tx};
use futures_util::stream::{self, Stream};
use http::HeaderMap;
use people::customers::{guest, guest_or_create};
use serde::{Deserialize, Serialize};
use trust::audit::Place;
use trust::nouns::{CustomerId, TicketId};
use trust::{Cx, VisitorProof};
use utoipa::ToSchema;
use web::{Access, Class, Method, Op};

use super::body::html;
use super::listing;
use super::message::{Message, member_names};
use super::routes::message_cursor;
use super::shapes::files_of;
use super::ticket::{TICKET_NOT_FOUND, Ticket};
use super::words::*;
use crate::uploads::AttachmentOut;

const ME: Access = Access::Customer;

/// A stream begins where too much was missed.
pub static MISSED_TOO_MUCH: Code = Code::new(
    Kind::Gone,
    "missed_too_much",
    "More was written meanwhile than a stream makes up for.",
    "Read your tickets and messages again, and open the stream without `Last-Event-ID`.",
);

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/me/events", "followMyTickets", ME, follow)
            .about("Streams the customer's messages and tickets as server-sent events.")
            .class(Class::Read)
            .gives_raw(200, "text/event-stream"),
    ]
}

/// A ticket as its customer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MyTicketOut {
    pub id: TicketId,
    pub number: i64,
    pub subject: String,
    pub status: Status,
    pub opened_at: Time,
    pub last_message_at: Time,
    pub preview: String,
}

base::words! {
    /// Who wrote, as the customer sees it.
    pub enum MyAuthorKind {
        /// The customer.
        Me = "me",
        /// Somebody of ours.
        Agent = "agent",
        /// The system.
        System = "system",
    }
}

/// Who wrote, as the customer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MyAuthor {
    pub kind: MyAuthorKind,
    pub name: Option<String>,
}

/// A message as its customer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MyMessageOut {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub author: MyAuthor,
    /// The text as it was written.
    pub text: String,
    /// Safe HTML derived from it.
    pub html: String,
    pub attachments: Vec<AttachmentOut>,
    pub client_id: Option<String>,
    pub created_at: Time,
}

pub(crate) fn my_ticket(ticket: Ticket) -> MyTicketOut {
    MyTicketOut {
        id: ticket.id,
        number: ticket.number,
        subject: ticket.subject.into_inner(),
        status: ticket.status,
        opened_at: ticket.opened_at,
        last_message_at: ticket.last_message_at,
        preview: ticket.preview.into_inner(),
    }
}

pub(crate) fn my_messages(tx: &mut Tx<'_>, cx: &Cx, messages: Vec<Message>) -> Result<Vec<MyMessageOut>> {
    let names = member_names(tx, cx.workspace(), &messages)?;
    let mut files = files_of(tx, cx, &messages)?;
    let draw = |message: Message| {
        let attachments = files.remove(&message.id).unwrap_or_default();
        let author = match message.author_kind.as_str() {
            "customer" => MyAuthor { kind: MyAuthorKind::Me, name: None },
            "member" => MyAuthor {
                kind: MyAuthorKind::Agent,
                name: message.author.and_then(|id| names.get(&id)).and_then(|name| given_name(name)),
            },
            _ => MyAuthor { kind: MyAuthorKind::System, name: None },
        };
        let safe = html(
            message.body.reveal(),
            message.format,
            message.html.map(base::Personal::into_inner),
            message.sanitiser,
        );
        MyMessageOut {
            id: message.id,
            ticket_id: message.ticket,
            author,
            text: message.body.into_inner(),
            html: safe,
            attachments,
            client_id: message.client_id,
            created_at: message.created_at,
        }
    };
    Ok(messages.into_iter().map(draw).collect())
}

/// What a customer reads of a member's name.
fn given_name(name: &str) -> Option<String> {
    name.split_whitespace().next().map(str::to_owned)
}

/// The customer behind the request, who must exist.
pub(crate) fn known(tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<Cx>> {
    Ok(guest(tx, cx)?.map(|(cx, _)| cx))
}

pub(crate) fn gone() -> base::Error {
    TICKET_NOT_FOUND.error()
}

/// A page of the customer's own tickets.
pub(crate) fn my_list(tx: &mut Tx<'_>, cx: &Cx, after: Option<Cursor>, limit: usize) -> Result<Page<MyTicketOut>> {
    let page = listing::list(tx, &cx.reach, &listing::Filter::default(), None, after, limit)?;
    Ok(page.map(my_ticket))
}

/// A page of the messages of a ticket of the customer, oldest first.
pub(crate) fn my_message_page(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: TicketId,
    after: Option<MessageId>,
    limit: usize,
) -> Result<Page<MyMessageOut>> {
    Ticket::find(tx, &cx.reach, id)?;
    let found = Message::list(tx, cx.workspace(), id, after, true, limit + 1)?;
    let page = Page::cut(found, limit, |message| message.id.to_string());
    Ok(Page { items: my_messages(tx, cx, page.items)?, next: page.next })
}

/// Words of the customer that are no message of a ticket.
pub(crate) fn my_words(
    id: MessageId,
    ticket: TicketId,
    text: &str,
    client_id: Option<String>,
    at: Time,
) -> MyMessageOut {
    MyMessageOut {
        id,
        ticket_id: ticket,
        author: MyAuthor { kind: MyAuthorKind::Me, name: None },
        text: text.to_owned(),
        html: html(text, BodyFormat::Text, None, redact::SANITISER_VERSION),
        attachments: Vec::new(),
        client_id,
        created_at: at,
    }
}

/// Follows the customer's tickets; what was missed since `Last-Event-ID` (a message id) comes first.
async fn follow(cx: Cx, proof: VisitorProof, headers: HeaderMap) -> web::Result<Response> {
    let place = Place::take(proof.id, &cx.house().settings)?;
    let (cx, _) = cx.write(guest_or_create).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = message_cursor(last.filter(|text| !text.is_empty()))?;
    let listener = cx.house().bus.listen(cx.workspace().uuid());
    let missed = match last {
        Some(last) => missed(&cx, last).await?,
        None => Vec::new(),
    };
    let frames = frames(Following::new(cx, (proof, place), listener, last), missed);
    let keep = KeepAlive::new().interval(std::time::Duration::from_secs(15));
    Ok(Sse::new(frames).keep_alive(keep).into_response())
}

/// The customer's messages after one; refused when they are more than a stream makes up for.
async fn missed(cx: &Cx, after: MessageId) -> Result<Vec<MyMessageOut>> {
    cx.read(move |tx, cx| {
        let mut query = Sql::new("SELECT id FROM ticket WHERE workspace_id = ");
        query.bind(cx.workspace()).push(" AND customer_id IN (").bind_list(cx.reach.person()).push(")");
        query.push(" AND last_message_id > ").bind(after);
        query.push(" AND deleted_at IS NULL ORDER BY opened_at DESC, id DESC LIMIT ");
        query.bind(i64::try_from(MISSED_TICKETS + 1).unwrap_or(1));
        let tickets: Vec<TicketId> = tx.all_of(&query, |row| row.get(0))?;
        let mut found = Vec::new();
        let is_much = tickets.len() > MISSED_TICKETS;
        for ticket in tickets {
            found.extend(Message::list(tx, cx.workspace(), ticket, Some(after), true, MISSED_MESSAGES + 1)?);
            if is_much || found.len() > MISSED_MESSAGES {
                return Err(MISSED_TOO_MUCH.error());
            }
        }
        found.sort_by_key(|message| message.id);
        my_messages_of_many(tx, cx, found)
    })
    .await
}

/// The messages of several tickets, in their order.
fn my_messages_of_many(tx: &mut Tx<'_>, cx: &Cx, messages: Vec<Message>) -> Result<Vec<MyMessageOut>> {
    let mut by_ticket: BTreeMap<TicketId, Vec<Message>> = BTreeMap::new();
    for message in messages {
        by_ticket.entry(message.ticket).or_default().push(message);
    }
    let mut shown = Vec::new();
    for (_, messages) in by_ticket {
        shown.extend(my_messages(tx, cx, messages)?);
    }
    shown.sort_by_key(|message| message.id);
    Ok(shown)
}

/// Tickets and messages that a stream makes up for; whoever missed more reads anew.
const MISSED_TICKETS: usize = 50;
const MISSED_MESSAGES: usize = 200;
/// Seconds between two looks at the visitor's credential.
const CHECK: i64 = 60;

/// Messages remembered as given, so that what is both missed and heard comes once.
const REMEMBERED: usize = 1000;

struct Following {
    cx: Cx,
    proof: VisitorProof,
    checked_at: Time,
    listener: bus::Listener<trust::log::SealedBatch>,
    ready: VecDeque<Event>,
    last: Option<MessageId>,
    given: BTreeSet<MessageId>,
    _place: Place,
}

fn frames(
    mut following: Following,
    missed: Vec<MyMessageOut>,
) -> impl Stream<Item = std::result::Result<Event, std::convert::Infallible>> {
    following.take(missed);
    stream::unfold(following, |mut following| async move {
        loop {
            if let Some(frame) = following.ready.pop_front() {
                return Some((Ok(frame), following));
            }
            following.hear().await?;
        }
    })
}

/// The message that an event of a ticket tells of.
#[derive(Deserialize)]
struct Told {
    message_id: Option<MessageId>,
}

/// Into whom a customer was merged, or was until now.
#[derive(Deserialize)]
struct Merge {
    into: CustomerId,
}

impl Following {
    fn new(
        cx: Cx,
        (proof, place): (VisitorProof, Place),
        listener: bus::Listener<trust::log::SealedBatch>,
        last: Option<MessageId>,
    ) -> Following {
        let ready = VecDeque::from([Event::default().event("hello").data("{}")]);
        let checked_at = cx.env().now();
        Following { cx, proof, checked_at, listener, ready, last, given: BTreeSet::new(), _place: place }
    }

    /// Looks at the credential once a minute: when its key was revoked or its signature is over, the stream ends.
    async fn still_holds(&mut self) -> bool {
        let now = self.cx.env().now();
        if now < self.checked_at.plus_seconds(CHECK) {
            return true;
        }
        self.checked_at = now;
        self.proof.holds(self.cx.house()).await.unwrap_or(false)
    }

    /// Waits for the next news and readies its frames; `None` ends the stream.
    async fn hear(&mut self) -> Option<()> {
        let patience = std::time::Duration::from_secs(CHECK.unsigned_abs());
        let heard = tokio::time::timeout(patience, self.listener.next()).await;
        if let Ok(Heard::Frame(batch)) = &heard
            && batch.events.iter().any(|event| event.kind.ends_with("_key.revoked"))
        {
            self.checked_at = Time::default();
        }
        if !self.still_holds().await {
            return None;
        }
        let Ok(heard) = heard else { return Some(()) };
        match heard {
            Heard::Closed => None,
            // Whoever missed too much comes back, is told so, and reads anew.
            Heard::Missed => {
                let last = self.last?;
                let missed = missed(&self.cx, last).await.ok()?;
                self.take(missed);
                Some(())
            }
            // Who is one person with this customer changed: the widget comes back with what it may see from now on.
            Heard::Frame(batch) if self.is_about_who_i_am(&batch) => None,
            Heard::Frame(batch) => {
                for (ticket, messages) in self.news(&batch) {
                    self.read_ticket(ticket, messages).await;
                }
                Some(())
            }
        }
    }

    /// The customer's tickets that a batch tells of, each with its new messages.
    fn news(&self, batch: &trust::log::SealedBatch) -> BTreeMap<TicketId, Vec<MessageId>> {
        let mut news: BTreeMap<TicketId, Vec<MessageId>> = BTreeMap::new();
        let mine = batch.events.iter().filter(|event| self.cx.reach.sees(&event.audience));
        for event in mine.filter(|event| event.kind.starts_with("ticket.")) {
            let told = serde_json::from_str::<Told>(&event.data).ok();
            let messages = news.entry(TicketId::from_uuid(event.subject)).or_default();
            messages.extend(told.and_then(|told| told.message_id));
        }
        news
    }

    fn is_about_who_i_am(&self, batch: &trust::log::SealedBatch) -> bool {
        let me = |id: CustomerId| self.cx.reach.person().contains(&id);
        let mut merges =
            batch.events.iter().filter(|event| matches!(event.kind.as_str(), "customer.merged" | "customer.unmerged"));
        merges.any(|event| {
            let into = serde_json::from_str::<Merge>(&event.data).map(|merge| merge.into);
            me(CustomerId::from_uuid(event.subject)) || into.is_ok_and(me)
        })
    }

    async fn read_ticket(&mut self, id: TicketId, messages: Vec<MessageId>) {
        let read = self.cx.read(move |tx, cx| {
            let Ok(ticket) = Ticket::find(tx, &cx.reach, id) else { return Ok(None) };
            let mut found = Vec::new();
            for message in &messages {
                found.extend(Message::find(tx, cx.workspace(), id, *message)?);
            }
            found.retain(|message| message.kind != MessageKind::Note);
            Ok(Some((my_ticket(ticket), my_messages(tx, cx, found)?)))
        });
        let Ok(Some((ticket, messages))) = read.await else { return };
        self.take(messages);
        let data = serde_json::to_string(&ticket).unwrap_or_default();
        self.ready.push_back(Event::default().event("ticket").data(data));
    }

    /// Readies the messages that were not given before.
    fn take(&mut self, messages: Vec<MyMessageOut>) {
        for message in messages {
            if self.given.insert(message.id) {
                self.last = self.last.max(Some(message.id));
                self.ready.push_back(message_frame(&message));
            }
        }
        while self.given.len() > REMEMBERED {
            self.given.pop_first();
        }
    }
}

fn message_frame(message: &MyMessageOut) -> Event {
    let data = serde_json::json!({"ticket_id": message.ticket_id, "message": message}).to_string();
    Event::default().event("message").id(message.id.to_string()).data(data)
}
