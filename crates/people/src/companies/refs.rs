//! Companies as other shapes name them, many at once.

use std::collections::HashMap;

use base::Result;
use db::{Query, Tx};
use serde::Serialize;
use trust::nouns::WorkspaceId;

use crate::nouns::CompanyId;

/// A company as a ticket or customer names it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CompanyRef {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: Option<String>,
    /// Its tier.
    pub tier: Option<String>,
}

/// The named companies, in one query.
pub fn refs(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[CompanyId]) -> Result<HashMap<CompanyId, CompanyRef>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::new("SELECT id, name, plan, tier FROM company WHERE workspace_id = ");
    query.bind(workspace).push(" AND id IN (").bind_list(ids).push(")");
    let found = tx.all_of(&query, |row| {
        let id: CompanyId = row.get(0)?;
        Ok((id, CompanyRef { id, name: row.get(1)?, plan: row.get(2)?, tier: row.get(3)? }))
    })?;
    Ok(found.into_iter().collect())
}
