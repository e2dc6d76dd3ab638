//! Letting out what was held back: it becomes the ticket it would have been, with its id, number, files and time.
//! Rule: it is looked at and routed as it would have been; promises are counted from the moment the desk has it.

use base::Result;
use db::Tx;
use people::customers::guest;
use serde::Deserialize;
use trust::Cx;
use trust::access::Right;
use trust::nouns::{Ticket as TicketNoun, TicketId};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, Op, PathId, Reply};

use super::{Draft, Findings, opening, prepare};
use crate::Desk;
use crate::spam;
use crate::tickets::{Again, Held, Opening, Prepared, Ticket, TicketOut, add_held, one_ticket_out};

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(
            Method::Post,
            "/api/v1/quarantine/{id}/recovery",
            "recoverQuarantined",
            Access::Member("tickets:delete"),
            recover_one,
        )
        .about(
            "Makes a message that was held back the ticket it would have been; the filter learns that it is no spam.",
        )
        .takes::<Recovery>()
        .gives::<TicketOut>(201),
    ]
}

/// How a message is recovered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Recovery {
    /// Whether its sender is let in from now on.
    #[serde(default)]
    allow: bool,
}

/// Makes a held message a ticket, of which this was found out; `is_allowed` lets its sender in from now on.
pub fn recover(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, is_allowed: bool, findings: &Findings) -> Result<Ticket> {
    cx.require(Right::TicketsDelete)?;
    let gone = || web::NOT_FOUND.error();
    let entry = spam::find_locked(tx, cx, id)?.ok_or_else(gone)?;
    let (sender, account) = guest(tx, &cx.as_customer(entry.customer))?.ok_or_else(gone)?;
    spam::learn(tx, cx, id, entry.subject.reveal(), entry.body.reveal(), false)?;
    if is_allowed {
        spam::allow(tx, cx, account.customer, account.named.email.as_deref())?;
    }
    let (subject, body) = (entry.subject.reveal().clone(), Prepared::text(entry.body.reveal().clone()));
    // A follow-up belongs to the team of the ticket it goes on from.
    let follows = match entry.follows {
        Some(follows) => Ticket::find_many(tx, &sender.reach, &[follows])?.pop(),
        None => None,
    };
    let opening = Opening {
        brand: follows.as_ref().and_then(|ticket| ticket.brand.clone()),
        team: follows.and_then(|ticket| ticket.team()),
        client_id: entry.client_id.clone(),
        follows: entry.follows,
        opened_at: Some(entry.received_at),
        again: Some(Again { ticket: entry.id, message: entry.message, attachments: entry.attachments }),
        ..Opening::plain(entry.number, subject, body, entry.channel)
    };
    let (ticket, _) = opening::open(tx, cx, &account, &opening, findings)?;
    for more in &entry.more {
        let body = Prepared::text(more.body.reveal().clone());
        let (client_id, attachments, received_at) = (more.client_id.as_deref(), more.attachments, more.received_at);
        add_held(tx, &sender, ticket.id(), &Held { id: more.id, body: &body, client_id, attachments, received_at })?;
    }
    spam::remove(tx, cx, &entry, true)?;
    // The one who lets it out may not be among those who see it.
    Ticket::find_locked(tx, &sender.reach, ticket.id())
}

async fn recover_one(
    cx: Cx,
    desk: Desk,
    PathId(id): PathId<TicketNoun>,
    Json { value: asked, .. }: Json<Recovery>,
) -> web::Result<Created<TicketOut>> {
    let entry = cx.read(move |tx, cx| spam::find(tx, cx, id)).await?.ok_or_else(|| web::NOT_FOUND.error())?;
    let draft = Draft { subject: entry.subject.reveal(), body: entry.body.reveal(), channel: entry.channel };
    let findings = prepare(&cx, &desk, draft).await;
    let ticket = cx.write(move |tx, cx| {
        let ticket = recover(tx, cx, id, asked.allow, &findings)?;
        one_ticket_out(tx, cx, ticket)
    });
    let ticket = ticket.await?;
    let version = ticket.version;
    Ok(Created(Reply::versioned(ticket, version)))
}
