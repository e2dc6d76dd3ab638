//! Addresses that belong to customers: given by staff or a token, or verified.
//! Rule: an address belongs to one customer; a second one asking for it does not get it, and it is no error by itself.

use base::text::Email;
use base::{Result, Time};
use db::{Query, Tx};
use trust::Cx;
use trust::nouns::{CustomerId, WorkspaceId};

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

/// Takes an address away and says whether it was the customer's.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, address: AddressId) -> Result<bool> {
    let removed = tx.exec(
        "DELETE FROM customer_address WHERE workspace_id = $1 AND customer_id = $2 AND id = $3",
        &[&cx.workspace(), &customer, &address],
    )?;
    Ok(removed == 1)
}

/// Whom an address belongs to.
pub(super) fn owner(tx: &mut Tx<'_>, cx: &Cx, email: &Email) -> Result<Option<CustomerId>> {
    tx.first(
        "SELECT customer_id FROM customer_address WHERE workspace_id = $1 AND kind = 'email' AND value_folded = $2",
        &[&cx.workspace(), &email.folded()],
        |row| row.get(0),
    )
}

/// An address with its owner.
pub(super) struct Address {
    pub(super) customer: CustomerId,
    pub(super) id: AddressId,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) verified_at: Option<Time>,
}

/// The addresses of customers, oldest first, in one query.
pub(super) fn of(tx: &mut Tx<'_>, workspace: WorkspaceId, customers: &[CustomerId]) -> Result<Vec<Address>> {
    let mut query =
        Query::new("SELECT customer_id, id, kind, value, verified_at FROM customer_address WHERE workspace_id = ");
    query.bind(workspace).push(" AND customer_id IN (").bind_list(customers).push(") ORDER BY created_at, id");
    tx.all_of(&query, |row| {
        Ok(Address {
            customer: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            value: row.get(3)?,
            verified_at: row.get(4)?,
        })
    })
}
