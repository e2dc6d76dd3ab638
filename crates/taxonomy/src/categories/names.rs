//! Categories by name: for imports, for triage, for lists of choices.

use base::Result;
use base::text::{Line, fold};
use db::Tx;
use trust::Cx;
use trust::nouns::WorkspaceId;

use super::category::{Growth, create};
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

/// The category of this name that takes tickets, the highest in the tree when several levels have one; else the one that
/// has it as another name.
pub fn category_named(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str) -> Result<Option<CategoryId>> {
    let folded = fold(name);
    let named = tx.first(
        "SELECT id FROM category WHERE workspace_id = $1 AND name_folded = $2 AND is_archived = 0 \
         ORDER BY CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, id LIMIT 1",
        &[&workspace, &folded],
        |row| row.get(0),
    )?;
    match named {
        Some(category) => Ok(Some(category)),
        None => tx.first(
            "SELECT c.id FROM category_synonym s JOIN category c ON c.workspace_id = s.workspace_id \
             AND c.id = s.category_id WHERE s.workspace_id = $1 AND s.word_folded = $2 AND c.is_archived = 0 \
             ORDER BY c.id LIMIT 1",
            &[&workspace, &folded],
            |row| row.get(0),
        ),
    }
}

/// The category at the end of these names, from the top of the tree down; missing ones are made.
pub fn category_at(tx: &mut Tx<'_>, cx: &Cx, names: &[Line<120>]) -> Result<Option<CategoryId>> {
    let mut above: Option<CategoryId> = None;
    for name in names {
        let mut query = db::Query::new("SELECT id FROM category WHERE workspace_id = ");
        query.bind(cx.workspace()).push(" AND name_folded = ").bind(fold(name));
        match above {
            Some(above) => drop(query.push(" AND parent_id = ").bind(above)),
            None => drop(query.push(" AND parent_id IS NULL")),
        }
        let found = tx.all_of(&query, |row| row.get::<CategoryId>(0))?.pop();
        above = Some(match found {
            Some(id) => id,
            None => create(tx, cx, &Growth::named(name.clone(), above))?.id,
        });
    }
    Ok(above)
}

/// The names of categories in the workspace's order, and which of them stand at the top.
pub fn category_names(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
) -> Result<Vec<(CategoryId, String, Option<CategoryId>)>> {
    tx.all(
        "SELECT id, name, parent_id FROM category WHERE workspace_id = $1 AND is_archived = 0 ORDER BY place, id LIMIT 500",
        &[&workspace],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// What live categories are also called.
pub fn category_synonyms(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<(CategoryId, String)>> {
    tx.all(
        "SELECT s.category_id, s.word FROM category_synonym s JOIN category c ON c.workspace_id = s.workspace_id \
         AND c.id = s.category_id WHERE s.workspace_id = $1 AND c.is_archived = 0 \
         ORDER BY s.category_id, s.word_folded LIMIT 5000",
        &[&workspace],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The categories for what fits nowhere else.
pub fn category_others(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<CategoryId>> {
    let sql = "SELECT id FROM category WHERE workspace_id = $1 AND is_other = 1";
    tx.all(sql, &[&workspace], |row| row.get(0))
}
