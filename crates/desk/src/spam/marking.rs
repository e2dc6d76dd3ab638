//! The buttons on a ticket: this is spam, this is not.

use base::Result;
use db::Tx;
use serde::Deserialize;
use trust::Cx;
use trust::access::Right;
use trust::nouns::{Ticket as TicketNoun, TicketId};
use utoipa::ToSchema;
use web::{Access, IfMatch, Json, Method, NoContent, Op, PathId};

use super::learning::learn_of_ticket;
use super::rules::block;
use crate::tickets::{Ticket, check_seen, delete};

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Put, "/api/v1/tickets/{id}/spam", "markSpam", Access::Member("tickets:delete"), mark_one)
            .about("Says that a ticket is spam, which deletes it, or that it is not; the filter learns from it.")
            .takes::<SpamMark>()
            .versioned()
            .gives_nothing(204),
    ]
}

/// What a ticket is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpamMark {
    /// Whether it is spam.
    spam: bool,
    /// Whether its sender is held back from now on.
    #[serde(default)]
    block: bool,
}

/// Learns from a ticket; spam is deleted, and can be restored for 30 days.
fn mark(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch, is_spam: bool, is_blocked: bool) -> Result<()> {
    cx.require(Right::TicketsDelete)?;
    let ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    if is_blocked && !is_spam {
        let wrong = web::INVALID_FIELD.error();
        return Err(wrong.field("/block", "misplaced", "goes with `spam` only"));
    }
    learn_of_ticket(tx, cx, &ticket, is_spam)?;
    if is_blocked {
        let customer = people::customers::refs(tx, cx.workspace(), &[ticket.customer])?.remove(&ticket.customer);
        block(tx, cx, ticket.customer, customer.and_then(|customer| customer.email).as_deref())?;
    }
    if is_spam { delete(tx, cx, id, seen) } else { Ok(()) }
}

async fn mark_one(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    seen: IfMatch,
    Json { value: asked, .. }: Json<SpamMark>,
) -> web::Result<NoContent> {
    cx.write(move |tx, cx| mark(tx, cx, id, seen, asked.spam, asked.block)).await?;
    Ok(NoContent)
}
