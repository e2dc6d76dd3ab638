//! The doors of snoozing: until when a ticket sleeps, and waking it.

use base::Time;
use serde::Deserialize;
use trust::Cx;
use trust::nouns::Ticket as TicketNoun;
use utoipa::ToSchema;
use web::{Access, Json, Method, Op, PathId, Reply};

use super::shapes::{TicketOut, one_ticket_out};
use super::snoozing;

const SNOOZE: &str = "/api/v1/tickets/{id}/snooze";
const WRITE: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Put, SNOOZE, "snoozeTicket", WRITE, snooze)
            .about("Lets a ticket sleep until a time; a message of its customer wakes it before.")
            .takes::<SnoozeIn>()
            .gives::<TicketOut>(200),
        Op::new(Method::Delete, SNOOZE, "wakeTicket", WRITE, wake)
            .about("Wakes a ticket; one that is awake stays so.")
            .gives::<TicketOut>(200),
    ]
}

/// Until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeIn {
    /// When it wakes: a time within the next 366 days.
    until: Time,
}

async fn snooze(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: asked, .. }: Json<SnoozeIn>,
) -> web::Result<Reply<TicketOut>> {
    let ticket = cx.write(move |tx, cx| {
        let ticket = snoozing::snooze(tx, cx, id, asked.until)?;
        one_ticket_out(tx, cx, ticket)
    });
    let ticket = ticket.await?;
    let version = ticket.version;
    Ok(Reply::versioned(ticket, version))
}

async fn wake(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketOut>> {
    let ticket = cx.write(move |tx, cx| {
        let ticket = snoozing::wake(tx, cx, id)?;
        one_ticket_out(tx, cx, ticket)
    });
    let ticket = ticket.await?;
    let version = ticket.version;
    Ok(Reply::versioned(ticket, version))
}
