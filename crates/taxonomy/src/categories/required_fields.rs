//! The fields that a ticket of a category needs to be resolved; under the nil category, those that every ticket needs.

use std::collections::HashMap;

use base::{Id, Result};
use db::{Query, Tx};
use trust::Cx;
use trust::nouns::WorkspaceId;
use uuid::Uuid;

use crate::nouns::{CategoryId, FieldId};

/// The most fields of one category.
const MOST: usize = 20;

/// Stands for every category.
pub(crate) fn every_category() -> CategoryId {
    Id::from_uuid(Uuid::nil())
}

/// Sets all fields that a category needs.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId, fields: &[FieldId]) -> Result<()> {
    if fields.len() > MOST {
        let wrong = web::INVALID_FIELD.error();
        return Err(wrong.field("/required_field_ids", "too_many", format!("takes at most {MOST}")));
    }
    check(tx, cx, fields)?;
    clear(tx, cx, category)?;
    for field in fields {
        tx.exec(
            "INSERT INTO required_field (workspace_id, category_id, field_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&cx.workspace(), &category, field],
        )?;
    }
    cx.forget_settings(tx);
    Ok(())
}

/// Refuses fields that are not there or take no values any more.
fn check(tx: &mut Tx<'_>, cx: &Cx, fields: &[FieldId]) -> Result<()> {
    let sql = "SELECT 1 FROM custom_field WHERE workspace_id = $1 AND id = $2 AND is_archived = 0";
    for (at, field) in fields.iter().enumerate() {
        if tx.first(sql, &[&cx.workspace(), field], |_| Ok(()))?.is_none() {
            let pointer = format!("/required_field_ids/{at}");
            return Err(web::INVALID_FIELD.error().field(pointer, "unknown", "is no field that takes values"));
        }
    }
    Ok(())
}

/// Takes away what a category needs.
pub(super) fn clear(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<()> {
    let sql = "DELETE FROM required_field WHERE workspace_id = $1 AND category_id = $2";
    tx.exec(sql, &[&cx.workspace(), &category]).map(drop)
}

/// The fields that categories need, in one query.
pub(crate) fn of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    categories: &[CategoryId],
) -> Result<HashMap<CategoryId, Vec<FieldId>>> {
    let mut query = Query::new("SELECT category_id, field_id FROM required_field WHERE workspace_id = ");
    query.bind(workspace).push(" AND category_id IN (").bind_list(categories).push(") ORDER BY field_id");
    let mut found: HashMap<CategoryId, Vec<FieldId>> = HashMap::new();
    for (category, field) in tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))? {
        found.entry(category).or_default().push(field);
    }
    Ok(found)
}
