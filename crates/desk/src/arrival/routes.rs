//! The door by which staff and other systems open tickets.

use axum::response::Response;
use trust::{Cx, IdempotencyKey, Made, created_once};
use web::{Access, Json, Method, Op};

use super::findings::{Draft, prepare};
use super::opening;
use crate::Desk;
use crate::tickets::*;

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/api/v1/tickets", "openTicket", Access::Member("tickets:write"), open)
            .about("Opens a ticket for a customer.")
            .takes::<NewTicket>()
            .gives::<TicketOut>(201)
            .idempotent(),
    ]
}

async fn open(
    cx: Cx,
    desk: Desk,
    key: IdempotencyKey,
    Json { value: new, hash }: Json<NewTicket>,
) -> web::Result<Response> {
    check_lengths(new.tags.len(), new.attachments.len())?;
    let body = Prepared::new(new.body.into(), new.body_format.unwrap_or(BodyFormat::Text)).await?;
    let number = desk.numbers().next(&cx).await?;
    let opening = Opening {
        priority: new.priority.unwrap_or(Priority::Normal),
        kind: new.kind,
        category: new.category_id,
        tags: new.tags,
        fields: new.fields,
        team: new.team_id,
        assignee: new.assignee_id,
        external_id: new.external_id.map(String::from),
        brand: new.brand.map(String::from),
        language: new.language.map(String::from),
        attachments: new.attachments,
        ..Opening::plain(number, new.subject.into(), body, new.channel.unwrap_or(Channel::Api))
    };
    let requester = new.requester;
    let findings = prepare(&cx, &desk, Draft::of(&opening)).await;
    created_once(&cx, "openTicket", key, hash, move |tx, cx| {
        let (ticket, customer) = opening::open_for(tx, cx, &requester, &opening, &findings)?;
        let is_plain = opening.tags.is_empty() && opening.fields.is_empty() && !findings.triage.adds_a_tag();
        let (id, version) = (Some(ticket.id().uuid()), Some(ticket.version));
        let shape = opened_ticket_out(tx, cx, ticket, customer, is_plain)?;
        Ok(Made { shape, version, id })
    })
    .await
}
