//! Addresses that belong to customers: given by staff or a token, or verified.
//! Rule: an address belongs to one customer; a second one asking for it does not get it, and it is no error by itself.

use base::text::Email;
use base::{Result, Time};
use db::Tx;
use trust::Cx;
use trust::nouns::CustomerId;

use crate::nouns::AddressId;

/// Gives an address to a customer and says whether it was free.
pub(super) fn give(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    email: &Email,
    verified_at: Option<Time>,
) -> Result<bool> {
    let id: AddressId = cx.new_id();
    let given = tx.exec(
        "INSERT INTO customer_address (workspace_id, kind, value_folded, value, id, customer_id, verified_at, created_at) \
         VALUES ($1, 'email', $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, kind, value_folded) DO NOTHING",
        &[&cx.workspace(), &email.folded(), &email.typed(), &id, &customer, &verified_at, &cx.env().now()],
    )?;
    Ok(given == 1)
}

/// Moves an address that was just given, when its customer turned out to exist already.
pub(super) fn hand_over(tx: &mut Tx<'_>, cx: &Cx, email: &Email, to: CustomerId) -> Result<()> {
    tx.exec(
        "UPDATE customer_address SET customer_id = $1 WHERE workspace_id = $2 AND kind = 'email' AND value_folded = $3",
        &[&to, &cx.workspace(), &email.folded()],
    )?;
    Ok(())
}

/// Notes that the host app vouches for an address; one that belongs to somebody else stays there.
/// Says whether anything changed.
pub(super) fn confirm(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, email: &Email) -> Result<bool> {
    let now = cx.env().now();
    let known = tx.first(
        "SELECT customer_id, verified_at FROM customer_address \
         WHERE workspace_id = $1 AND kind = 'email' AND value_folded = $2",
        &[&cx.workspace(), &email.folded()],
        |row| Ok((row.get::<CustomerId>(0)?, row.get::<Option<Time>>(1)?)),
    )?;
    match known {
        None => give(tx, cx, customer, email, Some(now)),
        Some((owner, None)) if owner == customer => {
            tx.exec(
                "UPDATE customer_address SET verified_at = $1 \
                 WHERE workspace_id = $2 AND kind = 'email' AND value_folded = $3",
                &[&now, &cx.workspace(), &email.folded()],
            )?;
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}
