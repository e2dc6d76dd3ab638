//! The personal data in tickets: what is exported about a customer, and what erasing removes.
//! Rule: the ticket stays as a fact with its times and counts; every word the customer or we wrote goes.

use base::Result;
use db::{Query, Tx};
use serde::{Deserialize, Serialize};
use trust::nouns::{CustomerId, TicketId, WorkspaceId};
use trust::{Cx, Erased, PersonalData, forget_answers};
use uuid::Uuid;

use super::message::Message;
use super::ticket::{COLUMNS, Ticket};
use super::words::MessageId;

/// What this slice declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "tickets", export, erase };

/// Messages read in one statement for an export.
const EXPORTED_AT_ONCE: usize = 1_000;

fn tickets(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Vec<Ticket>> {
    let sql = format!("SELECT {COLUMNS} FROM ticket t WHERE t.workspace_id = $1 AND t.customer_id = $2 ORDER BY t.id");
    tx.all(&sql, &[&cx.workspace(), &customer], Ticket::read)
}

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<serde_json::Value> {
    let mut exported = Vec::new();
    for ticket in tickets(tx, cx, customer)? {
        let messages = export_messages(tx, cx, ticket.id)?;
        exported.push(serde_json::json!({
            "id": ticket.id, "number": ticket.number, "subject": ticket.subject.reveal(), "status": ticket.status,
            "opened_at": ticket.opened_at, "messages": messages,
        }));
    }
    Ok(exported.into())
}

/// The messages of a ticket that were the customer's to see, with their files.
fn export_messages(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<Vec<serde_json::Value>> {
    let mut files = crate::uploads::exported_of(tx, cx, ticket)?;
    let (mut exported, mut after) = (Vec::new(), None);
    loop {
        let page = Message::list(tx, cx.workspace(), ticket, after, true, EXPORTED_AT_ONCE)?;
        let is_last = page.len() < EXPORTED_AT_ONCE;
        after = page.last().map(|message| message.id);
        exported.extend(page.into_iter().map(|message| {
            serde_json::json!({
                "id": message.id, "direction": message.direction, "body": message.body.reveal(),
                "body_format": message.format, "created_at": message.created_at,
                "attachments": files.remove(&message.id).unwrap_or_default(),
            })
        }));
        if is_last {
            return Ok(exported);
        }
    }
}

/// Rows that one step touches, about.
const AT_ONCE: usize = 100;

/// Where an erasure goes on: after a ticket in the order of opening, or after a message of the ticket after it.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    opened_at: i64,
    ticket: Uuid,
    message: Option<MessageId>,
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, place: Option<&str>) -> Result<Erased> {
    let start = Place { opened_at: i64::MIN, ..Place::default() };
    let mut place = place.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(start);
    let mut rows = 0;
    while rows < AT_ONCE as u64 {
        let Some((id, opened_at)) = next_ticket(tx, cx, customer, &place)? else {
            return Ok(Erased { rows, next: None });
        };
        let (touched, last) = erase_messages(tx, cx, id, place.message)?;
        rows += touched;
        place = match last {
            Some(message) => Place { message: Some(message), ..place },
            None => {
                rows += erase_ticket(tx, cx, id)?;
                Place { opened_at, ticket: id.uuid(), message: None }
            }
        };
    }
    Ok(Erased { rows, next: serde_json::to_string(&place).ok() })
}

fn next_ticket(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, place: &Place) -> Result<Option<(TicketId, i64)>> {
    let query = erasure_query(cx.workspace(), customer, place.opened_at, place.ticket);
    Ok(tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?.pop())
}

/// The query of the ticket that an erasure goes on with, for running and for explaining.
pub fn erasure_query(workspace: WorkspaceId, customer: CustomerId, opened_at: i64, ticket: Uuid) -> Query {
    let mut query = Query::new("SELECT id, opened_at FROM ticket WHERE workspace_id = ");
    query.bind(workspace).push(" AND customer_id = ").bind(customer).push(" AND (opened_at, id) > (");
    query.bind(opened_at).push(", ").bind(ticket).push(") ORDER BY opened_at, id LIMIT 1");
    query
}

/// Empties some messages after one, and says which was the last when there may be more.
fn erase_messages(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: TicketId,
    after: Option<MessageId>,
) -> Result<(u64, Option<MessageId>)> {
    let after = after.map_or(Uuid::nil(), MessageId::uuid);
    let some: Vec<MessageId> = tx.all(
        "SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND id > $3 ORDER BY id LIMIT $4",
        &[&cx.workspace(), &ticket, &after, &i64::try_from(AT_ONCE).unwrap_or(1)],
        |row| row.get(0),
    )?;
    if some.is_empty() {
        return Ok((0, None));
    }
    let mut touched = crate::uploads::forget_of_messages(tx, cx, ticket, &some)?;
    let mut query = Query::new("UPDATE message SET body = '', html = NULL, client_id = NULL WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND ticket_id = ").bind(ticket);
    query.push(" AND id IN (").bind_list(some.iter()).push(")");
    touched += tx.exec_of(&query)?;
    Ok((touched, some.last().copied().filter(|_| some.len() == AT_ONCE)))
}

/// Empties what the ticket itself holds.
fn erase_ticket(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<u64> {
    let workspace = cx.workspace();
    let mut touched = tx.exec(
        "UPDATE ticket SET subject = '', preview = '', external_id = NULL WHERE workspace_id = $1 AND id = $2",
        &[&workspace, &id],
    )?;
    touched += tx.exec("DELETE FROM ticket_field WHERE workspace_id = $1 AND ticket_id = $2", &[&workspace, &id])?;
    touched += forget_answers(tx, workspace, id.uuid())?;
    Ok(touched)
}
