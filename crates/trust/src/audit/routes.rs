//! The doors of the event feed, the live stream and the access log.

use axum::response::Response;
use base::{Page, Result};
use http::HeaderMap;
use web::{Access, Class, Method, Op, Query, Reply};

use super::shapes::{AccessOut, EventOut, EventsOut, EventsQuery, StreamQuery};
use super::{access, stream};
use crate::access::Right;
use crate::doors::Proof;
use crate::house::Cx;
use crate::log::{BAD_CURSOR, EventCursor, latest, since};
use crate::paging::{PageQuery, bounded};

/// The operations of this slice.
pub fn operations() -> Vec<Op> {
    let read = Access::Member(Right::EventsRead.word());
    let audit = Access::Member(Right::AuditRead.word());
    vec![
        Op::new(Method::Get, "/api/v1/events", "listEvents", read, list)
            .about("What happened after a cursor, within your reach, in order.")
            .query::<EventsQuery>()
            .gives::<EventsOut>(200),
        Op::new(Method::Get, "/api/v1/events/stream", "streamEvents", read, follow)
            .about("The same, live, as server-sent events; `Last-Event-ID` goes on where a stream ended.")
            .query::<StreamQuery>()
            .gives_raw(200, "text/event-stream"),
        Op::new(Method::Get, "/api/v1/access-log", "listAccess", audit, list_access)
            .about("Sign-ins, refusals and reads, newest first; this reading is written down too.")
            .query::<PageQuery>()
            .gives::<Page<AccessOut>>(200)
            .class(Class::Search),
    ]
}

fn cell_of(cx: &Cx) -> i64 {
    i64::from(cx.cell().get())
}

async fn list(cx: Cx, Query(query): Query<EventsQuery>) -> web::Result<Reply<EventsOut>> {
    let (cell, limit) = (cell_of(&cx), bounded(query.limit, 100, 1000)?);
    let asked = query.since.map(|text| EventCursor::decode(&text, cell)).transpose()?;
    let read = move |tx: &mut db::Tx<'_>, cx: &Cx| {
        let cursor = match asked {
            Some(cursor) => cursor,
            None => EventCursor { cell, seq: latest(tx, &cx.reach, cell)?.1 - 1 },
        };
        since(tx, &cx.reach, cursor, limit)
    };
    let feed = cx.read(read).await?;
    Ok(Reply::new(EventsOut {
        items: feed.events.iter().map(|event| EventOut::new(&cx.house().prefixes, event, cell)).collect(),
        next: EventCursor { cell, seq: feed.upto }.encode(),
    }))
}

async fn follow(cx: Cx, proof: Proof, headers: HeaderMap, Query(query): Query<StreamQuery>) -> web::Result<Response> {
    let from = match last_event_id(&headers)? {
        Some(text) => Some(text),
        None => query.since,
    };
    let from = from.map(|text| EventCursor::decode(&text, cell_of(&cx))).transpose()?;
    Ok(stream::open(cx, proof, from).await?)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("last-event-id").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| BAD_CURSOR.error())?;
    Ok(Some(text.to_owned()))
}

async fn list_access(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<AccessOut>>> {
    let found = cx.write(move |tx, cx| access::read(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(|entry| AccessOut::new(&cx.house().prefixes, entry))))
}
