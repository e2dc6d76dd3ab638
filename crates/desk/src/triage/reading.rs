//! Reading what was kept of a ticket's triage, within the reader's reach.

use base::Result;
use db::Tx;
use trust::Cx;
use trust::nouns::{TicketId, WorkspaceId};

use super::codes;
use super::report::Report;
use super::shapes::{Kept, TriageOut};
use crate::tickets::Ticket;

/// What was found out about a ticket.
pub(super) fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<TriageOut> {
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let (kept, report) = kept_of(tx, cx.workspace(), id)?.ok_or_else(|| codes::NO_TRIAGE.error())?;
    TriageOut::draw(tx, cx, kept, report, Some(&ticket))
}

/// The row of a ticket's triage, for whoever may read the ticket.
pub(crate) fn kept_of(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TicketId) -> Result<Option<(Kept, Report)>> {
    let found = tx.first(
        "SELECT triaged_at, model_id, is_known, is_applied, priority, language, corrected_category_id, corrected_priority, \
         answered_at, report FROM ticket_triage WHERE workspace_id = $1 AND ticket_id = $2",
        &[&workspace, &id],
        |row| {
            let report: String = row.get(9)?;
            let kept = Kept {
                triaged_at: row.get(0)?,
                model: row.get(1)?,
                is_known: row.get(2)?,
                is_applied: row.get(3)?,
                priority: row.get(4)?,
                language: row.get(5)?,
                corrected_category: row.get(6)?,
                corrected_priority: row.get(7)?,
                answered_at: row.get(8)?,
            };
            Ok(Report::read(&report).map(|report| (kept, report)))
        },
    )?;
    Ok(found.flatten())
}

/// The company of a customer within reach.
pub(super) fn company_of(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: trust::nouns::CustomerId,
) -> Result<Option<people::nouns::CompanyId>> {
    let sql = "SELECT company_id FROM customer WHERE workspace_id = $1 AND id = $2";
    let found = tx.first(sql, &[&cx.workspace(), &customer], |row| row.get(0))?;
    let unknown = || web::INVALID_FIELD.error().field("/customer", "unknown", "is no customer of this workspace");
    found.ok_or_else(unknown)
}
