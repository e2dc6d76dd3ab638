//! The personal data of triage: words of the customer as evidence, and meanings of their tickets.
//! Rule: both go with an erasure, and the workspace is trained again without them.

use base::Result;
use db::Tx;
use trust::nouns::CustomerId;
use trust::{Cx, Erased, PersonalData};

use super::jobs;
use super::report::Report;

/// What this slice declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "triage", export, erase };

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<serde_json::Value> {
    let rows: Vec<(trust::nouns::TicketId, String)> = tx.all(
        "SELECT ticket_id, report FROM ticket_triage WHERE workspace_id = $1 AND customer_id = $2 ORDER BY ticket_id",
        &[&cx.workspace(), &customer],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let shape = |(ticket, report): (trust::nouns::TicketId, String)| {
        let report = Report::read(&report);
        serde_json::json!({
            "ticket_id": ticket,
            "words": report.as_ref().map(|report| &report.words),
            "leaving": report.as_ref().map(|report| &report.leaving),
            "reasons": report.as_ref().map(|report| &report.reasons),
        })
    };
    Ok(rows.into_iter().map(shape).collect::<Vec<_>>().into())
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, _: Option<&str>) -> Result<Erased> {
    let key: [&dyn base::ToValue; 2] = [&cx.workspace(), &customer];
    let rows = tx.exec("DELETE FROM ticket_triage WHERE workspace_id = $1 AND customer_id = $2", &key)?;
    let meanings = tx.exec("DELETE FROM ticket_meaning WHERE workspace_id = $1 AND customer_id = $2", &key)?;
    // A model keeps hashes and meanings of what it was taught; the next one knows nothing of this customer.
    if super::models::current(tx, cx)?.is_some() {
        jobs::train_later(tx, cx)?;
    }
    Ok(Erased { rows: rows + meanings, next: None })
}
