//! Deleting a category, and putting another in its place: refused while something above the taxonomy depends on it.

use base::Result;
use db::Tx;
use taxonomy::CategoryId;
use taxonomy::categories::{self, CATEGORY_IN_USE, Category};
use trust::Cx;
use web::IfMatch;

/// Deletes a category that no ticket and no article has.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId, seen: IfMatch) -> Result<()> {
    let sql = "SELECT 1 FROM ticket WHERE workspace_id = $1 AND category_id = $2 LIMIT 1";
    if tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))?.is_some() {
        return Err(CATEGORY_IN_USE.because("Tickets have this category."));
    }
    check_no_articles(tx, cx, id)?;
    categories::remove(tx, cx, id, seen)
}

/// Puts another category in the place of one; its tickets follow by and by.
pub(super) fn replace(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId, seen: IfMatch, by: CategoryId) -> Result<Category> {
    check_no_articles(tx, cx, id)?;
    categories::replace(tx, cx, id, seen, by)
}

/// Articles are shelved by hand: where they go is for their owners to say.
fn check_no_articles(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId) -> Result<()> {
    if knowledge::articles::is_shelved(tx, cx, id)? {
        return Err(CATEGORY_IN_USE.because("Articles have this category; move them to another one first."));
    }
    Ok(())
}
