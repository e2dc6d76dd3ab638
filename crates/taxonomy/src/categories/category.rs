//! Categories: finding them.

use base::Result;
use base::text::fold;
use db::Tx;
use trust::nouns::WorkspaceId;

use crate::nouns::CategoryId;

/// Whether a category is there and takes tickets.
pub fn category_exists(tx: &mut Tx<'_>, workspace: WorkspaceId, category: CategoryId) -> Result<bool> {
    let found = tx.first(
        "SELECT 1 FROM category WHERE workspace_id = $1 AND id = $2 AND is_archived = 0",
        &[&workspace, &category],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// The category of this name that takes tickets; the highest in the tree when several levels have one.
pub fn category_named(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str) -> Result<Option<CategoryId>> {
    tx.first(
        "SELECT id FROM category WHERE workspace_id = $1 AND name_folded = $2 AND is_archived = 0 \
         ORDER BY CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, id LIMIT 1",
        &[&workspace, &fold(name)],
        |row| row.get(0),
    )
}
