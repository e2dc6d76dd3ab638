//! A ticket's timeline: its events in order, sealed or not yet, with the names of who did them.

use std::collections::HashMap;

use base::{Page, Result, Time};
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::log::{BAD_CURSOR, SealedEvent, of_subject};
use trust::nouns::{CustomerId, MemberId, TicketId, TokenId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::message::names;
use super::shapes::AuthorOut;
use super::ticket::Ticket;

/// One entry of a timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// The place in the ticket's own order.
    pub seq: i64,
    /// What happened, as `ticket.opened`.
    pub kind: String,
    pub occurred_at: Time,
    /// live, import or restore.
    pub origin: String,
    pub actor: AuthorOut,
    /// Which door it came through.
    pub via: String,
    /// The facts: ids, enums, numbers, times.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// A page of a ticket's timeline, oldest first.
pub(crate) fn timeline(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: TicketId,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<TimelineEntry>> {
    Ticket::find(tx, &cx.reach, id)?;
    let after = match after {
        None => 0,
        Some(text) => text.parse::<i64>().ok().filter(|seq| *seq >= 0).ok_or_else(|| BAD_CURSOR.error())?,
    };
    let events = of_subject(tx, &cx.reach, id.uuid(), after, limit + 1)?;
    let members: Vec<Uuid> =
        events.iter().filter(|event| event.actor_kind == "member").filter_map(|event| event.actor).collect();
    let names = names(tx, cx.workspace(), &members)?;
    let entries = events.into_iter().map(|event| entry(event, &names)).collect();
    Ok(Page::cut(entries, limit, |entry: &TimelineEntry| entry.seq.to_string()))
}

fn entry(event: SealedEvent, names: &HashMap<Uuid, String>) -> TimelineEntry {
    let id = event.actor.map(|id| match event.actor_kind.as_str() {
        "member" => MemberId::from_uuid(id).to_string(),
        "customer" => CustomerId::from_uuid(id).to_string(),
        _ => TokenId::from_uuid(id).to_string(),
    });
    let name = event.actor.and_then(|id| names.get(&id).cloned());
    TimelineEntry {
        seq: event.subject_seq,
        kind: event.kind,
        occurred_at: event.occurred_at,
        origin: event.origin.word().to_owned(),
        actor: AuthorOut { kind: event.actor_kind, id, name },
        via: event.via,
        data: serde_json::from_str(&event.data).unwrap_or_default(),
    }
}
