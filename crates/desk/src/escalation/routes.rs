//! The doors of escalation: tiers, who is on call, and a ticket's way up and back.

use base::text::Block;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::Ticket as TicketNoun;
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Reply};

use super::ending::give_back;
use super::raised::{Escalation, EscalationOut};
use super::raising::escalate;
use super::rota::{self, RotaIn, RotaOut};
use super::tiers::{self, Tiers};
use super::words::{Ended, EscalationCause};
use crate::tickets::Ticket;

const SET: Access = Access::Member("settings:write");
const READ: Access = Access::Member("tickets:read");
const WORK: Access = Access::Member("tickets:write");

pub(crate) fn operations() -> Vec<Op> {
    let (tiers, on_call, ticket) = ("/api/v1/escalation/tiers", "/api/v1/on-call", "/api/v1/tickets/{id}/escalation");
    vec![
        Op::new(Method::Get, tiers, "getTiers", READ, read_tiers)
            .about("The tiers a ticket can be raised to, lowest first.")
            .gives::<Tiers>(200),
        Op::new(Method::Put, tiers, "setTiers", SET, set_tiers)
            .about("Sets all tiers; tickets that are at one stay where they are.")
            .takes::<Tiers>()
            .gives::<Tiers>(200),
        Op::new(Method::Get, on_call, "getOnCall", READ, read_rota)
            .about("Who is on call, now and next.")
            .gives::<RotaOut>(200),
        Op::new(Method::Put, on_call, "setOnCall", SET, set_rota)
            .about("Sets who is on call; the first is from now on.")
            .takes::<RotaIn>()
            .gives::<RotaOut>(200),
        Op::new(Method::Delete, on_call, "clearOnCall", SET, clear_rota).about("Takes the rota away."),
        Op::new(Method::Get, ticket, "ticketEscalation", READ, read)
            .about("Where a ticket is raised to, with its card, and its earlier escalations.")
            .gives::<TicketEscalationOut>(200),
        Op::new(Method::Post, ticket, "escalateTicket", WORK, raise)
            .about("Raises a ticket to a tier, to the next one when none is named.")
            .takes::<EscalateIn>()
            .gives::<EscalationOut>(201),
        Op::new(Method::Delete, ticket, "returnTicket", WORK, end)
            .about("Gives an escalated ticket back with a result.")
            .takes::<ReturnIn>()
            .gives::<EscalationOut>(200),
    ]
}

/// Why, and how far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EscalateIn {
    /// The tier, counted from 1; the next one when absent.
    #[schema(minimum = 1, maximum = 10)]
    pub tier: Option<i64>,
    /// Why, for those who get it.
    pub reason: Block<2000>,
}

/// With what a ticket comes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnIn {
    /// answered, needs_more or declined.
    pub result: Ended,
    /// What those need to know who get it back.
    pub note: Block<2000>,
}

/// A ticket's escalations.
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketEscalationOut {
    /// The one it is at, with its card; absent when it is not raised.
    pub current: Option<EscalationOut>,
    /// Earlier ones, newest first; at most 20.
    pub earlier: Vec<EscalationOut>,
}

async fn read_tiers(cx: Cx) -> web::Result<Reply<Tiers>> {
    Ok(Reply::new(cx.read(tiers::read).await?))
}

async fn set_tiers(cx: Cx, Json { value: new, .. }: Json<Tiers>) -> web::Result<Reply<Tiers>> {
    Ok(Reply::new(cx.write(move |tx, cx| tiers::set(tx, cx, &new)).await?))
}

async fn read_rota(cx: Cx) -> web::Result<Reply<RotaOut>> {
    Ok(Reply::new(cx.read(rota::read).await?))
}

async fn set_rota(cx: Cx, Json { value: new, .. }: Json<RotaIn>) -> web::Result<Reply<RotaOut>> {
    Ok(Reply::new(cx.write(move |tx, cx| rota::set(tx, cx, &new)).await?))
}

async fn clear_rota(cx: Cx) -> web::Result<NoContent> {
    cx.write(rota::clear).await?;
    Ok(NoContent)
}

async fn read(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketEscalationOut>> {
    let found = cx.read(move |tx, cx| {
        Ticket::find(tx, &cx.reach, id)?;
        Escalation::of_ticket(tx, cx, id)
    });
    let (current, earlier): (Vec<_>, Vec<_>) = found.await?.into_iter().partition(|one| one.ended_at.is_none());
    let current = current.into_iter().next().map(|one| one.out(true));
    Ok(Reply::new(TicketEscalationOut { current, earlier: earlier.into_iter().map(|one| one.out(false)).collect() }))
}

async fn raise(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: asked, .. }: Json<EscalateIn>,
) -> web::Result<Created<EscalationOut>> {
    let raised = cx.write(move |tx, cx| escalate(tx, cx, id, asked.tier, &asked.reason, EscalationCause::Hand)).await?;
    Ok(Created(Reply::new(raised.out(true))))
}

async fn end(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Json { value: said, .. }: Json<ReturnIn>,
) -> web::Result<Reply<EscalationOut>> {
    let ended = cx.write(move |tx, cx| give_back(tx, cx, id, said.result, &said.note)).await?;
    Ok(Reply::new(ended.out(true)))
}
