//! The doors of tickets.

use base::{Cursor, Page};
use serde::Deserialize;
use trust::Cx;
use trust::nouns::Ticket as TicketNoun;
use utoipa::IntoParams;
use web::{Access, Created, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::body::Prepared;
use super::message::Message;
use super::patching::Changes;
use super::replying::{Added, NEWER_MESSAGES, NewReply};
use super::shapes::*;
use super::ticket::Ticket;
use super::timeline::{TimelineEntry, timeline};
use super::words::*;
use super::{assigning, deleting, lists, mine, participant_routes, patching, replying, snooze_routes, status};

const TICKET: &str = "/api/v1/tickets/{id}";
const READ: Access = Access::Member("tickets:read");
const WRITE: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    let mut ops = vec![
        Op::new(Method::Get, TICKET, "getTicket", READ, get).about("Reads a ticket.").gives::<TicketOut>(200),
        Op::new(Method::Patch, TICKET, "changeTicket", WRITE, patch)
            .about("Changes fields of a ticket.")
            .takes::<TicketPatch>()
            .gives::<TicketOut>(200)
            .versioned(),
        Op::new(Method::Delete, TICKET, "deleteTicket", Access::Member("tickets:delete"), delete)
            .about("Deletes a ticket; it can be restored for 30 days.")
            .versioned(),
        Op::new(
            Method::Post,
            "/api/v1/tickets/{id}/restoration",
            "restoreTicket",
            Access::Member("tickets:delete"),
            restore,
        )
        .about("Brings a deleted ticket back.")
        .gives::<TicketOut>(200),
        Op::new(Method::Put, "/api/v1/tickets/{id}/status", "setTicketStatus", WRITE, set_status)
            .about("Sets a ticket's status.")
            .takes::<StatusIn>()
            .gives::<TicketOut>(200)
            .versioned(),
        Op::new(Method::Put, "/api/v1/tickets/{id}/assignment", "assignTicket", WRITE, assign)
            .about("Gives a ticket to a member, a team, or both.")
            .takes::<AssignmentIn>()
            .gives::<TicketOut>(200)
            .versioned(),
        Op::new(Method::Delete, "/api/v1/tickets/{id}/assignment", "unassignTicket", WRITE, unassign)
            .about("Takes a ticket from its assignee.")
            .gives::<TicketOut>(200)
            .versioned(),
        Op::new(Method::Get, "/api/v1/tickets/{id}/messages", "listMessages", READ, messages)
            .about("Lists a ticket's messages, oldest first.")
            .query::<PageQuery>()
            .gives::<Page<MessageOut>>(200),
        Op::new(Method::Post, "/api/v1/tickets/{id}/messages", "addMessage", READ, add_message)
            .about("Adds a reply or a note; needs the right `tickets:reply` or `tickets:note`.")
            .takes::<NewMessageIn>()
            .gives::<MessageOut>(201),
        Op::new(Method::Get, "/api/v1/tickets/{id}/timeline", "ticketTimeline", READ, read_timeline)
            .about("Lists what happened to a ticket, oldest first.")
            .query::<PageQuery>()
            .gives::<Page<TimelineEntry>>(200),
    ];
    ops.extend(lists::operations());
    ops.extend(participant_routes::operations());
    ops.extend(snooze_routes::operations());
    ops.extend(mine::operations());
    ops
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// How many, 1 to 100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// The number of items a page may have.
pub(crate) fn limit(asked: Option<usize>) -> base::Result<usize> {
    match asked {
        None => Ok(50),
        Some(limit @ 1..=100) => Ok(limit),
        Some(_) => Err(web::INVALID_QUERY.because("`limit` takes 1 to 100.")),
    }
}

/// The place a page goes on from.
pub(crate) fn cursor(text: Option<&str>) -> base::Result<Option<Cursor>> {
    let bad = || trust::log::BAD_CURSOR.error();
    text.map(|text| Cursor::decode(text).ok_or_else(bad)).transpose()
}

/// Refuses lists that are too long.
pub(crate) fn check_lengths(tags: usize, attachments: usize) -> base::Result<()> {
    let wrong = |pointer: &str, most: usize| {
        Err(web::INVALID_FIELD.error().field(pointer, "too_many", format!("takes at most {most}")))
    };
    match (tags, attachments) {
        (51.., _) => wrong("/tags", 50),
        (_, 21..) => wrong("/attachments", 20),
        _ => Ok(()),
    }
}

async fn get(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketOut>> {
    drawn(cx.read(move |tx, cx| {
        let ticket = Ticket::find(tx, &cx.reach, id)?;
        cx.note_read("ticket.read", Some(id.uuid()));
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn patch(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<TicketPatch>,
) -> web::Result<Reply<TicketOut>> {
    check_lengths(patch.tags.as_ref().map_or(0, Vec::len), 0)?;
    let changes = Changes {
        subject: patch.subject.map(String::from),
        priority: patch.priority,
        kind: patch.kind,
        category: patch.category_id,
        tags: patch.tags,
        fields: patch.fields,
        team: patch.team_id,
        is_restricted: patch.restricted,
        language: match patch.language {
            base::Patch::Set(language) => base::Patch::Set(language.into()),
            base::Patch::Clear => base::Patch::Clear,
            base::Patch::Keep => base::Patch::Keep,
        },
    };
    drawn(cx.write(move |tx, cx| {
        let ticket = patching::patch(tx, cx, id, seen, &changes)?;
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn delete(cx: Cx, PathId(id): PathId<TicketNoun>, seen: IfMatch) -> web::Result<NoContent> {
    cx.write(move |tx, cx| deleting::delete(tx, cx, id, seen)).await?;
    Ok(NoContent)
}

async fn restore(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketOut>> {
    drawn(cx.write(move |tx, cx| {
        let ticket = deleting::restore(tx, cx, id)?;
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn set_status(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    seen: IfMatch,
    Json { value: asked, .. }: Json<StatusIn>,
) -> web::Result<Reply<TicketOut>> {
    let new = status::NewStatus { status: asked.status, waiting_on: asked.waiting_on, name: asked.status_id };
    drawn(cx.write(move |tx, cx| {
        let ticket = status::set(tx, cx, id, seen, new)?;
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn assign(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    seen: IfMatch,
    Json { value: asked, .. }: Json<AssignmentIn>,
) -> web::Result<Reply<TicketOut>> {
    let target = assigning::Target { team: asked.team_id, assignee: asked.assignee_id };
    drawn(cx.write(move |tx, cx| {
        let ticket = assigning::assign(tx, cx, id, seen, target)?;
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn unassign(cx: Cx, PathId(id): PathId<TicketNoun>, seen: IfMatch) -> web::Result<Reply<TicketOut>> {
    drawn(cx.write(move |tx, cx| {
        let ticket = assigning::unassign(tx, cx, id, seen)?;
        one_ticket_out(tx, cx, ticket)
    }))
    .await
}

async fn drawn(ticket: impl Future<Output = base::Result<TicketOut>>) -> web::Result<Reply<TicketOut>> {
    let ticket = ticket.await?;
    let version = ticket.version;
    Ok(Reply::versioned(ticket, version))
}

async fn messages(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Query(asked): Query<PageQuery>,
) -> web::Result<Reply<Page<MessageOut>>> {
    let limit = limit(asked.limit)?;
    let after = message_cursor(asked.after.as_deref())?;
    let page = cx.read(move |tx, cx| {
        let ticket = Ticket::find(tx, &cx.reach, id)?;
        cx.note_read("ticket.read", Some(id.uuid()));
        let customer = customer_of(tx, cx, &ticket)?;
        let found = Message::list(tx, cx.workspace(), id, after, false, limit + 1)?;
        let page = Page::cut(found, limit, |message| message.id.to_string());
        Ok(Page { items: message_outs(tx, cx, &customer, page.items)?, next: page.next })
    });
    Ok(Reply::new(page.await?))
}

pub(crate) fn message_cursor(text: Option<&str>) -> base::Result<Option<MessageId>> {
    text.map(|text| text.parse().map_err(|()| trust::log::BAD_CURSOR.error())).transpose()
}

fn customer_of(tx: &mut db::Tx<'_>, cx: &Cx, ticket: &Ticket) -> base::Result<people::customers::CustomerRef> {
    let mut refs = people::customers::refs(tx, cx.workspace(), &[ticket.customer])?;
    let nameless = people::customers::CustomerRef { id: ticket.customer, name: None, email: None };
    Ok(refs.remove(&ticket.customer).unwrap_or(nameless))
}

/// The refusal of a reply that the customer overtook, with what they wrote.
pub(crate) fn overtaken(
    tx: &mut db::Tx<'_>,
    cx: &Cx,
    ticket: &Ticket,
    newer: Vec<Message>,
) -> base::Result<base::Error> {
    let customer = customer_of(tx, cx, ticket)?;
    let newer = serde_json::to_value(message_outs(tx, cx, &customer, newer)?).unwrap_or_default();
    Ok(NEWER_MESSAGES.error().with("new_messages", newer))
}

async fn add_message(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: new, .. }: Json<NewMessageIn>,
) -> web::Result<Created<MessageOut>> {
    check_lengths(0, new.attachments.len())?;
    let body = Prepared::new(new.body.into(), new.body_format.unwrap_or(BodyFormat::Text)).await?;
    let reply = NewReply {
        kind: match new.kind {
            WrittenKind::Reply => MessageKind::Reply,
            WrittenKind::Note => MessageKind::Note,
        },
        body,
        last_seen: new.last_seen_message_id,
        client_id: new.client_id.map(String::from),
        attachments: new.attachments,
    };
    let added = cx.write(move |tx, cx| {
        let (messages, is_overtaken) = match replying::add(tx, cx, id, &reply)? {
            Added::Written(message) => (vec![message], false),
            Added::Overtaken(newer) => (newer, true),
        };
        let ticket = Ticket::find(tx, &cx.reach, id)?;
        let customer = customer_of(tx, cx, &ticket)?;
        Ok((message_outs(tx, cx, &customer, messages)?, is_overtaken))
    });
    let (mut messages, is_overtaken) = added.await?;
    match (is_overtaken, messages.pop()) {
        (false, Some(message)) => Ok(Created(Reply::new(message))),
        (_, newest) => {
            messages.extend(newest);
            let newer = serde_json::to_value(&messages).unwrap_or_default();
            Err(NEWER_MESSAGES.error().with("new_messages", newer).into())
        }
    }
}

async fn read_timeline(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Query(asked): Query<PageQuery>,
) -> web::Result<Reply<Page<TimelineEntry>>> {
    let limit = limit(asked.limit)?;
    Ok(Reply::new(cx.read(move |tx, cx| timeline(tx, cx, id, asked.after.as_deref(), limit)).await?))
}
