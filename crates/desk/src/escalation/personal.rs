//! The personal data in escalations: what was written about a customer's tickets when they were raised.
//! Rule: the escalation stays as a fact with its times and tiers; every word of it goes.

use base::Result;
use db::{Query, Tx};
use serde_json::{Value, json};
use trust::nouns::CustomerId;
use trust::{Cx, Erased, PersonalData};

use super::words::EscalationId;

/// What this slice declares.
pub(crate) static PERSONAL: PersonalData = PersonalData { name: "escalations", export, erase };

/// Rows that one step touches.
const AT_ONCE: i64 = 200;

fn export(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<Value> {
    let rows = tx.all(
        "SELECT e.id, e.tier_name, e.escalated_at, e.ended_at, e.result FROM ticket t JOIN escalation e \
         ON e.workspace_id = t.workspace_id AND e.ticket_id = t.id WHERE t.workspace_id = $1 AND t.customer_id = $2 ORDER BY e.id",
        &[&cx.workspace(), &customer],
        |row| {
            Ok(json!({
                "id": row.get::<EscalationId>(0)?, "tier": row.get::<String>(1)?, "escalated_at": row.get::<base::Time>(2)?,
                "ended_at": row.get::<Option<base::Time>>(3)?, "result": row.get::<Option<super::words::Ended>>(4)?,
            }))
        },
    )?;
    Ok(rows.into())
}

fn erase(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, place: Option<&str>) -> Result<Erased> {
    let after = place.and_then(|text| text.parse().ok()).unwrap_or(EscalationId::from_uuid(uuid::Uuid::nil()));
    let some: Vec<EscalationId> = tx.all(
        "SELECT e.id FROM ticket t JOIN escalation e ON e.workspace_id = t.workspace_id AND e.ticket_id = t.id \
         WHERE t.workspace_id = $1 AND t.customer_id = $2 AND e.id > $3 ORDER BY e.id LIMIT $4",
        &[&cx.workspace(), &customer, &after, &AT_ONCE],
        |row| row.get(0),
    )?;
    if some.is_empty() {
        return Ok(Erased::default());
    }
    let mut query = Query::new("UPDATE escalation SET card = '{}', reason = '', note = NULL WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND id IN (").bind_list(some.iter()).push(")");
    let rows = tx.exec_of(&query)?;
    Ok(Erased { rows, next: some.last().map(ToString::to_string) })
}
