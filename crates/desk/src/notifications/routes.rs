//! The doors of notifications: a member's own, nobody else's.

use base::{Cursor, Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::access::ANYBODY;
use trust::nouns::{MemberId, TicketId};
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Method, NoContent, Op, PathId, Query, Reply};

use super::notice::{self, Kept, NoticeKind};
use super::{NotificationId, NotificationNoun};
use crate::tickets::Ticket;

const MINE: &str = "/api/v1/me/notifications";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, MINE, "listMyNotifications", ANYBODY, list)
            .about("What you were told, newest first, and how much of it you have not read.")
            .query::<NotificationQuery>()
            .gives::<NotificationPage>(200),
        Op::new(Method::Put, "/api/v1/me/notifications/{id}/reading", "readNotification", ANYBODY, read_one)
            .about("Marks a notification as read.")
            .gives_nothing(204),
        Op::new(Method::Put, "/api/v1/me/notifications/reading", "readNotifications", ANYBODY, read_all)
            .about("Marks everything told up to a time as read, or everything about one ticket.")
            .takes::<Reading>()
            .gives_nothing(204),
    ]
}

/// Which notifications.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NotificationQuery {
    /// Only those that are not read.
    #[serde(default)]
    unread: bool,
    /// How many, 1 to 100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(max_length = 200)]
    after: Option<String>,
}

/// What was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// Everything told up to then; now when absent.
    upto: Option<Time>,
    /// Only what is about this ticket.
    ticket_id: Option<TicketId>,
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
struct NotificationPage {
    /// The notifications, newest first.
    items: Vec<NotificationOut>,
    /// Where the next page starts; null at the end.
    next: Option<String>,
    /// How many are not read, up to 100.
    unread: i64,
}

/// A notification.
#[derive(Serialize, ToSchema)]
struct NotificationOut {
    /// The id.
    id: NotificationId,
    /// What it tells of.
    kind: NoticeKind,
    /// The ticket it is about.
    ticket_id: TicketId,
    /// The ticket's number.
    number: i64,
    /// The ticket's subject.
    subject: String,
    /// What goes with it, such as a rule's own words.
    reason: Option<String>,
    /// How often it was told since it was last read.
    times: i64,
    /// When it was told last.
    told_at: Time,
    /// When it was read.
    read_at: Option<Time>,
}

async fn list(cx: Cx, Query(asked): Query<NotificationQuery>) -> web::Result<Reply<NotificationPage>> {
    let page = PageQuery { limit: asked.limit, after: asked.after };
    let (limit, after) = (page.limit()?, page.cursor()?);
    let page = cx.read(move |tx, cx| {
        let member = me(cx)?;
        let mut found = notice::list(tx, cx, member, asked.unread, after, limit)?;
        let is_more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| is_more).map(cursor);
        Ok(NotificationPage { items: drawn(tx, cx, found)?, next, unread: notice::unread(tx, cx, member)? })
    });
    Ok(Reply::new(page.await?))
}

fn cursor(last: &Kept) -> String {
    Cursor { key: last.told_at.micros(), id: last.id.uuid() }.encode()
}

/// What is about tickets that are gone or out of reach is left out, so a page may be short.
fn drawn(tx: &mut Tx<'_>, cx: &Cx, kept: Vec<Kept>) -> Result<Vec<NotificationOut>> {
    let ids: Vec<TicketId> = kept.iter().map(|kept| kept.ticket).collect();
    let tickets = Ticket::find_many(tx, &cx.reach, &ids)?;
    let shown = kept.into_iter().filter_map(|kept| {
        let ticket = tickets.iter().find(|ticket| ticket.id() == kept.ticket)?;
        Some(NotificationOut {
            id: kept.id,
            kind: kept.kind,
            ticket_id: kept.ticket,
            number: ticket.number(),
            subject: ticket.subject().to_owned(),
            reason: kept.reason,
            times: kept.times,
            told_at: kept.told_at,
            read_at: kept.read_at,
        })
    });
    Ok(shown.collect())
}

async fn read_one(cx: Cx, PathId(id): PathId<NotificationNoun>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| notice::mark(tx, cx, me(cx)?, id)).await?;
    Ok(NoContent)
}

async fn read_all(cx: Cx, Json { value: read, .. }: Json<Reading>) -> web::Result<NoContent> {
    let marked = |tx: &mut Tx<'_>, cx: &Cx, read: &Reading| match read.ticket_id {
        Some(ticket) => notice::mark_ticket(tx, cx, me(cx)?, ticket),
        None => notice::mark_all(tx, cx, me(cx)?, read.upto.unwrap_or_else(|| cx.env().now())),
    };
    cx.write(move |tx, cx| marked(tx, cx, &read)).await?;
    Ok(NoContent)
}

/// The member that reads; a token of the workspace is nobody who could be told something.
fn me(cx: &Cx) -> Result<MemberId> {
    cx.actor.member().map(|member| member.id).ok_or_else(|| super::NO_MEMBER.error())
}
