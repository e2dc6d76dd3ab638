//! The personal data in tickets: what is exported about a customer, and what erasing removes.
//! Rule: the ticket stays as a fact with its times and counts; every word the customer or we wrote goes.

use base::Result;
use db::Tx;
use trust::nouns::{CustomerId, TicketId};
use trust::{Cx, PersonalData};

use super::message::Message;
use super::ticket::{COLUMNS, Ticket};

/// What this slice declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "tickets", export, erase };

fn tickets(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Vec<Ticket>> {
    let sql = format!("SELECT {COLUMNS} FROM ticket t WHERE t.workspace_id = $1 AND t.customer_id = $2 ORDER BY t.id");
    tx.all(&sql, &[&cx.workspace(), &customer], Ticket::read)
}

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<serde_json::Value> {
    let mut exported = Vec::new();
    for ticket in tickets(tx, cx, customer)? {
        let messages = Message::list(tx, cx.workspace(), ticket.id, None, true, 10_000)?;
        let messages: Vec<_> = messages
            .into_iter()
            .map(|message| {
                serde_json::json!({
                    "id": message.id, "direction": message.direction, "body": message.body.reveal(),
                    "body_format": message.format, "created_at": message.created_at,
                })
            })
            .collect();
        exported.push(serde_json::json!({
            "id": ticket.id, "number": ticket.number, "subject": ticket.subject.reveal(), "status": ticket.status,
            "opened_at": ticket.opened_at, "messages": messages,
        }));
    }
    Ok(exported.into())
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<u64> {
    let ids: Vec<TicketId> = tickets(tx, cx, customer)?.iter().map(|ticket| ticket.id).collect();
    let mut touched = crate::uploads::erase(tx, cx, customer, &ids)?;
    for id in ids {
        let workspace = cx.workspace();
        touched += tx.exec(
            "UPDATE message SET body = '', html = NULL, client_id = NULL WHERE workspace_id = $1 AND ticket_id = $2",
            &[&workspace, &id],
        )?;
        touched += tx.exec(
            "UPDATE ticket SET subject = '', preview = '', external_id = NULL WHERE workspace_id = $1 AND id = $2",
            &[&workspace, &id],
        )?;
        touched +=
            tx.exec("DELETE FROM ticket_field WHERE workspace_id = $1 AND ticket_id = $2", &[&workspace, &id])?;
        touched += tx.exec(
            "DELETE FROM idempotency WHERE workspace_id = $1 AND response LIKE $2",
            &[&workspace, &format!("%{id}%")],
        )?;
    }
    Ok(touched)
}
