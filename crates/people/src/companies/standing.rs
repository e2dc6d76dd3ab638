//! How a company stands with us: its plan, its tier, and the band of its revenue.

use base::Result;
use db::Tx;
use trust::nouns::WorkspaceId;

use crate::customers::revenue_band;
use crate::nouns::CompanyId;

/// How a company stands with us now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its plan.
    pub plan: Option<String>,
    /// Its tier.
    pub tier: Option<String>,
    /// The band of its monthly revenue.
    pub revenue_band: Option<&'static str>,
}

/// Reads how a company stands with us; nothing is known of one that is gone.
pub fn standing(tx: &mut Tx<'_>, workspace: WorkspaceId, company: CompanyId) -> Result<Standing> {
    let found = tx.first(
        "SELECT plan, tier, revenue_minor FROM company WHERE workspace_id = $1 AND id = $2",
        &[&workspace, &company],
        |row| {
            let revenue: Option<i64> = row.get(2)?;
            Ok(Standing { plan: row.get(0)?, tier: row.get(1)?, revenue_band: revenue.and_then(revenue_band) })
        },
    )?;
    Ok(found.unwrap_or_default())
}
