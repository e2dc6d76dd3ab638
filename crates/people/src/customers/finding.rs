//! Finding the customer behind an id, an external id, an address or a device, with the facts of the account.
//! Rule: one statement finds; an absorbed customer answers as the one it was merged into.

use base::text::Email;
use base::{Result, ToValue};
use db::{Row, Tx};
use trust::nouns::{CustomerId, TerritoryId, WorkspaceId};

use super::refs::CustomerRef;
use crate::nouns::CompanyId;

/// A customer with what routing, policies and figures want to know of the account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The customer.
    pub customer: CustomerId,
    /// Whether this very call made the customer.
    pub is_new: bool,
    /// The primary company.
    pub company: Option<CompanyId>,
    /// The company's plan; without a company the person's own.
    pub plan: Option<String>,
    /// The company's tier.
    pub tier: Option<String>,
    /// The band of the company's monthly revenue.
    pub revenue_band: Option<&'static str>,
    /// The company's territory.
    pub territory: Option<TerritoryId>,
    /// The customer's language, as `de-CH`.
    pub locale: Option<String>,
    /// The customer as other shapes name them.
    pub named: CustomerRef,
}

/// An account, and the row that led to it.
pub(super) struct Found {
    pub(super) account: Account,
    /// The row that holds the key that was asked for: the customer itself, or one merged into it.
    pub(super) own: CustomerId,
    /// That row's external id.
    pub(super) own_external: Option<String>,
}

/// The row of a key, with what it says of the account. A row that was merged away leads to another, which is read by
/// its own id: an engine with row-level security reads every customer of the workspace for a join by "this or that id".
const ACCOUNT: &str = "f.id, f.merged_into, f.external_id, f.company_id, COALESCE(co.plan, f.plan), co.tier, \
    co.revenue_minor, co.territory_id, f.locale, COALESCE(f.name, f.claimed_name), (SELECT own.value \
    FROM customer_address own WHERE own.workspace_id = f.workspace_id AND own.customer_id = f.id AND own.kind = 'email' \
    ORDER BY own.created_at, own.id LIMIT 1)";
const JOINED: &str = "LEFT JOIN company co ON co.workspace_id = f.workspace_id AND co.id = f.company_id";

impl Account {
    /// A customer that was just made.
    pub(super) fn new(customer: CustomerId, name: Option<&str>, email: Option<&str>) -> Account {
        Account {
            customer,
            is_new: true,
            company: None,
            plan: None,
            tier: None,
            revenue_band: None,
            territory: None,
            locale: None,
            named: CustomerRef { id: customer, name: name.map(str::to_owned), email: email.map(str::to_owned) },
        }
    }
}

/// A row as it is read, and the customer it was merged into.
struct Read {
    found: Found,
    merged_into: Option<CustomerId>,
}

fn read(row: &Row<'_>) -> Result<Read> {
    let own = row.get(0)?;
    let account = Account {
        customer: own,
        is_new: false,
        company: row.get(3)?,
        plan: row.get(4)?,
        tier: row.get(5)?,
        revenue_band: row.get::<Option<i64>>(6)?.and_then(revenue_band),
        territory: row.get(7)?,
        locale: row.get(8)?,
        named: CustomerRef { id: own, name: row.get(9)?, email: row.get(10)? },
    };
    Ok(Read { found: Found { account, own, own_external: row.get(2)? }, merged_into: row.get(1)? })
}

/// What the row that was read leads to: itself, or the customer it was merged into.
fn lead(tx: &mut Tx<'_>, workspace: WorkspaceId, read_row: Option<Read>) -> Result<Option<Found>> {
    let Some(Read { found, merged_into }) = read_row else { return Ok(None) };
    let Some(kept) = merged_into else { return Ok(Some(found)) };
    let sql = format!("SELECT {ACCOUNT} FROM customer f {JOINED} WHERE f.workspace_id = $1 AND f.id = $2");
    let kept = tx.first(&sql, &[&workspace, &kept], read)?;
    Ok(kept.map(|kept| Found { account: kept.found.account, ..found }))
}

/// The band of a monthly revenue in minor units, taking a hundred of them for one of the currency.
pub(crate) fn revenue_band(minor: i64) -> Option<&'static str> {
    match minor {
        ..0 => None,
        0..100_000 => Some("under_1k"),
        100_000..500_000 => Some("1k_5k"),
        500_000..2_500_000 => Some("5k_25k"),
        2_500_000.. => Some("25k_up"),
    }
}

/// By id; an erased customer is not found.
pub(super) fn by_id(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CustomerId) -> Result<Option<Found>> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM customer f {JOINED} WHERE f.workspace_id = $1 AND f.id = $2 AND f.erased_by IS NULL"
    );
    let found = tx.first(&sql, &[&workspace, &id], read)?;
    lead(tx, workspace, found)
}

/// By the hash of a device token; an erased customer is not found, also while the erasure is under way.
pub(super) fn by_device(tx: &mut Tx<'_>, workspace: WorkspaceId, hash: &[u8; 32]) -> Result<Option<Found>> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM customer f {JOINED} WHERE f.workspace_id = $1 AND f.device_hash = $2 \
         AND f.erased_by IS NULL"
    );
    let found = tx.first(&sql, &[&workspace, hash], read)?;
    lead(tx, workspace, found)
}

/// By external id, else by an address that belongs to a customer.
pub(super) fn by_keys(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    external: Option<&str>,
    email: Option<&Email>,
) -> Result<Option<Found>> {
    let by_external = format!("FROM customer f {JOINED} WHERE f.workspace_id = $1 AND f.external_id = $2");
    match (external, email.map(Email::folded)) {
        (Some(external), None) => first(tx, workspace, &by_external, &[&workspace, &external]),
        (None, Some(email)) => first(tx, workspace, &by_address("$2"), &[&workspace, &email]),
        (Some(external), Some(email)) => {
            let from = format!(
                "FROM customer f {JOINED} WHERE f.workspace_id = $1 AND f.external_id = $2 \
                 UNION ALL SELECT {ACCOUNT}, 2 {} ORDER BY 12 LIMIT 1",
                by_address("$3")
            );
            first(tx, workspace, &from, &[&workspace, &external, &email])
        }
        (None, None) => Ok(None),
    }
}

fn by_address(place: &str) -> String {
    format!(
        "FROM customer_address a JOIN customer f ON f.workspace_id = a.workspace_id AND f.id = a.customer_id {JOINED} \
         WHERE a.workspace_id = $1 AND a.kind = 'email' AND a.value_folded = {place}"
    )
}

fn first(tx: &mut Tx<'_>, workspace: WorkspaceId, from: &str, values: &[&dyn ToValue]) -> Result<Option<Found>> {
    let found = tx.first(&format!("SELECT {ACCOUNT}, 1 {from}"), values, read)?;
    lead(tx, workspace, found)
}

/// The customer without an external id that a verified address belongs to.
pub(super) fn by_verified(tx: &mut Tx<'_>, workspace: WorkspaceId, email: &Email) -> Result<Option<Found>> {
    let from = format!("{} AND a.verified_at IS NOT NULL AND f.external_id IS NULL", by_address("$2"));
    first(tx, workspace, &from, &[&workspace, &email.folded()])
}

#[cfg(test)]
mod tests {
    use super::revenue_band;

    #[test]
    fn bands_end_where_the_next_begins() {
        let bands = [-1, 0, 99_999, 100_000, 499_999, 500_000, 2_499_999, 2_500_000, i64::MAX].map(revenue_band);
        let (low, small, middle, high) = (Some("under_1k"), Some("1k_5k"), Some("5k_25k"), Some("25k_up"));
        assert_eq!(bands, [None, low, low, small, small, middle, middle, high, high]);
    }
}
