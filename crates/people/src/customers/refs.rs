//! Customers as other shapes name them: id, name, first address, many at once.

use std::collections::HashMap;
use std::fmt;

use base::Result;
use db::{Query, Tx};
use serde::Serialize;
use trust::nouns::{CustomerId, WorkspaceId};

/// A customer as a ticket names them.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CustomerRef {
    /// The customer; the kept one after a merge.
    pub id: CustomerId,
    /// The name; a visitor's is what they typed.
    pub name: Option<String>,
    /// The first address that belongs to the customer; never a claim.
    pub email: Option<String>,
}

impl fmt::Debug for CustomerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerRef({})", self.id)
    }
}

/// The named customers by the id that was asked for, in one query.
pub fn refs(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[CustomerId]) -> Result<HashMap<CustomerId, CustomerRef>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = named(tx, workspace, ids)?;
    let kept: Vec<CustomerId> = found.iter().filter_map(|(_, merged_into)| *merged_into).collect();
    let kept = if kept.is_empty() { Vec::new() } else { named(tx, workspace, &kept)? };
    let kept: HashMap<CustomerId, CustomerRef> = kept.into_iter().map(|(name, _)| (name.id, name)).collect();
    let lead = |(name, merged_into): (CustomerRef, Option<CustomerId>)| {
        let kept = merged_into.and_then(|into| kept.get(&into).cloned());
        (name.id, kept.unwrap_or(name))
    };
    Ok(found.into_iter().map(lead).collect())
}

/// The rows of these ids as they are named, and the customers they were merged into.
fn named(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    ids: &[CustomerId],
) -> Result<Vec<(CustomerRef, Option<CustomerId>)>> {
    let mut query = Query::new(
        "SELECT f.id, f.merged_into, COALESCE(f.name, f.claimed_name), (SELECT a.value FROM customer_address a \
         WHERE a.workspace_id = f.workspace_id AND a.customer_id = f.id AND a.kind = 'email' \
         ORDER BY a.created_at, a.id LIMIT 1) FROM customer f WHERE f.workspace_id = ",
    );
    query.bind(workspace).push(" AND f.id IN (").bind_list(ids).push(")");
    tx.all_of(&query, |row| Ok((CustomerRef { id: row.get(0)?, name: row.get(2)?, email: row.get(3)? }, row.get(1)?)))
}

/// The customer and everybody merged into them; rows of other domains may name any of these.
pub fn merged_ids(tx: &mut Tx<'_>, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<CustomerId>> {
    // Sorted here: asked for in the order of the key, an engine may walk the key through the whole workspace.
    let mut ids: Vec<CustomerId> = tx.all(
        "SELECT id FROM customer WHERE workspace_id = $1 AND merged_into = $2",
        &[&workspace, &customer],
        |row| row.get(0),
    )?;
    ids.sort_unstable();
    ids.insert(0, customer);
    Ok(ids)
}

/// Everybody who is one person with a customer, merged into them or the other way round, the kept one first.
pub fn person_ids(tx: &mut Tx<'_>, workspace: WorkspaceId, customer: CustomerId) -> Result<Vec<CustomerId>> {
    let kept: Option<Option<CustomerId>> = tx.first(
        "SELECT merged_into FROM customer WHERE workspace_id = $1 AND id = $2",
        &[&workspace, &customer],
        |row| row.get(0),
    )?;
    merged_ids(tx, workspace, kept.flatten().unwrap_or(customer))
}
