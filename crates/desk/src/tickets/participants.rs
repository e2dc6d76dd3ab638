//! Participants of a ticket: customers beside the one who asked whom it concerns as well, such as a colleague or a buyer.
//! Rule: being named gives nobody a look at the ticket: its own customer alone reads it at `/me`, and is the one we answer.

use base::{Code, Kind, Page, Result};
use db::Tx;
use people::customers::{CustomerRef, Requester, refs, requester};
use serde::Serialize;
use trust::nouns::{CustomerId, TicketId};
use trust::{Cx, Erased, PersonalData};
use utoipa::ToSchema;

use super::events::tell_next;
use super::ticket::Ticket;

/// Nobody is taken as participant once more.
pub static TOO_MANY_PARTICIPANTS: Code = Code::new(
    Kind::Unprocessable,
    "too_many_participants",
    "A ticket has 50 participants at most.",
    "Take somebody away first.",
);
/// The customer of a ticket is no participant of it.
pub static IS_REQUESTER: Code = Code::new(
    Kind::Unprocessable,
    "is_requester",
    "The ticket is this customer's own.",
    "Name somebody else; its customer takes part as it is.",
);

/// Participants of a ticket at most.
const MOST: usize = 50;
/// Rows that one step of an erasure touches.
const AT_ONCE: i64 = 200;

/// What erasing a person takes of it, and what an export shows.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "participations", export, erase };

/// Somebody whom a ticket concerns as well.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ParticipantOut {
    /// The id to take them away by; after a merge another one than the customer's.
    pub id: CustomerId,
    /// Who.
    pub customer: CustomerRef,
}

/// What an event about a participant carries.
#[derive(Serialize)]
struct Participates {
    number: i64,
    participant_id: CustomerId,
}

/// The participants of a ticket; there are never more than a page of them.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Page<ParticipantOut>> {
    Ticket::find(tx, &cx.reach, id)?;
    let ids = ids_of(tx, cx, id)?;
    let named = refs(tx, cx.workspace(), &ids)?;
    let items = ids.into_iter().map(|id| ParticipantOut { id, customer: known(&named, id) }).collect();
    Ok(Page { items, next: None })
}

fn known(named: &std::collections::HashMap<CustomerId, CustomerRef>, id: CustomerId) -> CustomerRef {
    named.get(&id).cloned().unwrap_or(CustomerRef { id, name: None, email: None })
}

fn ids_of(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Vec<CustomerId>> {
    tx.all(
        "SELECT customer_id FROM ticket_participant WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY customer_id",
        &[&cx.workspace(), &id],
        |row| row.get(0),
    )
}

/// Adds somebody to a ticket; who takes part already is left as they are.
pub(crate) fn add(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, who: &Requester) -> Result<ParticipantOut> {
    Ticket::find(tx, &cx.reach, id)?;
    // The customer first, as where a ticket is opened, so that nobody waits in a circle.
    let account = requester(tx, cx, who)?;
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.check_not_closed()?;
    let there = ids_of(tx, cx, id)?;
    // Under whatever customer they were named: merged ones are one person.
    let people: Vec<CustomerId> = there.iter().copied().chain([ticket.customer]).collect();
    let named = refs(tx, cx.workspace(), &people)?;
    let is_them =
        |id: &CustomerId| *id == account.customer || named.get(id).is_some_and(|one| one.id == account.customer);
    if is_them(&ticket.customer) {
        return Err(IS_REQUESTER.error());
    }
    if let Some(known) = there.iter().copied().find(is_them) {
        return Ok(ParticipantOut { id: known, customer: account.named });
    }
    let participant = ParticipantOut { id: account.customer, customer: account.named };
    if there.len() >= MOST {
        return Err(TOO_MANY_PARTICIPANTS.error());
    }
    tx.exec(
        "INSERT INTO ticket_participant (workspace_id, ticket_id, customer_id) VALUES ($1, $2, $3)",
        &[&cx.workspace(), &id, &account.customer],
    )?;
    let told = Participates { number: ticket.number, participant_id: account.customer };
    tell_next(tx, cx, &mut ticket, "ticket.participant_added", &told)?;
    Ok(participant)
}

/// Takes somebody away; who does not take part is left out already.
pub(crate) fn remove(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, participant: CustomerId) -> Result<()> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.check_not_closed()?;
    let gone = tx.exec(
        "DELETE FROM ticket_participant WHERE workspace_id = $1 AND ticket_id = $2 AND customer_id = $3",
        &[&cx.workspace(), &id, &participant],
    )?;
    if gone == 0 {
        return Ok(());
    }
    let told = Participates { number: ticket.number, participant_id: participant };
    tell_next(tx, cx, &mut ticket, "ticket.participant_removed", &told)
}

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<serde_json::Value> {
    let numbers = tx.all(
        "SELECT t.number FROM ticket_participant p JOIN ticket t ON t.workspace_id = p.workspace_id AND t.id = p.ticket_id \
         WHERE p.workspace_id = $1 AND p.customer_id = $2 ORDER BY t.number",
        &[&cx.workspace(), &customer],
        |row| row.get::<i64>(0),
    )?;
    Ok(numbers.into())
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let rows = tx.exec(
        "DELETE FROM ticket_participant WHERE workspace_id = $1 AND customer_id = $2 AND ticket_id IN (SELECT ticket_id \
         FROM ticket_participant WHERE workspace_id = $1 AND customer_id = $2 LIMIT $3)",
        &[&cx.workspace(), &customer, &AT_ONCE],
    )?;
    Ok(Erased { rows, next: (rows > 0).then(String::new) })
}
