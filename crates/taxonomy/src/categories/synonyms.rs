//! What else a category is called: found by in imports and by triage.

use std::collections::HashMap;

use base::Result;
use base::text::{Line, fold};
use db::{Query, Tx};
use trust::Cx;
use trust::nouns::WorkspaceId;

use crate::nouns::CategoryId;

/// The most other names of one category.
const MOST: usize = 50;

/// Sets all other names of a category.
pub(super) fn set(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId, words: &[Line<120>]) -> Result<()> {
    if words.len() > MOST {
        return Err(web::INVALID_FIELD.error().field("/synonyms", "too_many", format!("takes at most {MOST}")));
    }
    clear(tx, cx, category)?;
    for word in words {
        tx.exec(
            "INSERT INTO category_synonym (workspace_id, category_id, word_folded, word) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            &[&cx.workspace(), &category, &fold(word), word],
        )?;
    }
    Ok(())
}

/// Takes all other names of a category away.
pub(super) fn clear(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<()> {
    let sql = "DELETE FROM category_synonym WHERE workspace_id = $1 AND category_id = $2";
    tx.exec(sql, &[&cx.workspace(), &category]).map(drop)
}

/// The other names of categories, in one query.
pub(super) fn of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    categories: &[CategoryId],
) -> Result<HashMap<CategoryId, Vec<String>>> {
    let mut query = Query::new("SELECT category_id, word FROM category_synonym WHERE workspace_id = ");
    query.bind(workspace).push(" AND category_id IN (").bind_list(categories).push(") ORDER BY word_folded");
    let mut found: HashMap<CategoryId, Vec<String>> = HashMap::new();
    for (category, word) in tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))? {
        found.entry(category).or_default().push(word);
    }
    Ok(found)
}
