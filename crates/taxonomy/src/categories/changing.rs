//! Changing a category: its names, its place, who answers for it; archiving it; deleting one that nothing uses.

use base::text::{Line, fold};
use base::{Patch, Result};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use trust::nouns::MemberId;
use web::IfMatch;

use super::category::{Category, check_owner, find_locked};
use super::tree::Tree;
use super::{CATEGORY_HAS_CHILDREN, CATEGORY_IN_USE, required_fields, synonyms, taken};
use crate::nouns::CategoryId;

/// What a patch says of a category.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Option<Line<120>>,
    /// The category above it.
    pub parent: Patch<CategoryId>,
    /// Who answers for it.
    pub owner: Patch<MemberId>,
    /// All other names.
    pub synonyms: Option<Vec<Line<120>>>,
    /// Where it stands in lists.
    pub place: Option<i64>,
    /// Whether it takes what fits nowhere else.
    pub is_other: Option<bool>,
    /// Whether it takes no more tickets.
    pub is_archived: Option<bool>,
}

/// Changes a category; one that is brought back is its own again.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId, seen: IfMatch, changes: &Changes) -> Result<Category> {
    cx.require(Right::SettingsWrite)?;
    if changes.parent.is_named() {
        // Two moves at once could make a circle that neither sees.
        trust::accounts::lock_workspace(tx, cx)?;
    }
    let mut category = find_locked(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
    seen.check(category.version)?;
    if changes.parent.is_named() {
        let parent = changes.parent.clone().over(None);
        Tree::load(tx, cx)?.check_move(id, parent)?;
        category.parent = parent;
    }
    if let Patch::Set(owner) = changes.owner {
        check_owner(tx, cx, Some(owner))?;
    }
    category.owner = changes.owner.clone().over(category.owner);
    category.name = changes.name.as_ref().map_or(category.name, |name| name.to_string());
    category.place = changes.place.unwrap_or(category.place);
    category.is_other = changes.is_other.unwrap_or(category.is_other);
    category.is_archived = changes.is_archived.unwrap_or(category.is_archived);
    category.replaced_by = category.replaced_by.filter(|_| category.is_archived);
    store(tx, cx, &mut category)?;
    if let Some(words) = &changes.synonyms {
        synonyms::set(tx, cx, id, words)?;
    }
    Ok(category)
}

/// Writes a category with its next version.
pub(super) fn store(tx: &mut Tx<'_>, cx: &Cx, category: &mut Category) -> Result<()> {
    category.version += 1;
    let changed = tx.exec(
        "UPDATE category SET name = $1, name_folded = $2, parent_id = $3, owner_id = $4, place = $5, is_other = $6, \
         is_archived = $7, replaced_by = $8, version = $9 WHERE workspace_id = $10 AND id = $11",
        &[
            &category.name,
            &fold(&category.name),
            &category.parent,
            &category.owner,
            &category.place,
            &category.is_other,
            &category.is_archived,
            &category.replaced_by,
            &category.version,
            &cx.workspace(),
            &category.id,
        ],
    );
    changed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    cx.forget_settings(tx);
    Ok(())
}

/// Deletes a category that nothing stands below, archived or not, and that took nobody's place; whoever stands above this crate says
/// first whether anything uses it.
pub fn remove(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId, seen: IfMatch) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let category = find_locked(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
    seen.check(category.version)?;
    let below = "SELECT 1 FROM category WHERE workspace_id = $1 AND parent_id = $2 LIMIT 1";
    if tx.first(below, &[&cx.workspace(), &id], |_| Ok(()))?.is_some() {
        return Err(CATEGORY_HAS_CHILDREN.error());
    }
    let sql = "SELECT 1 FROM category WHERE workspace_id = $1 AND replaced_by = $2";
    if tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))?.is_some() {
        return Err(CATEGORY_IN_USE.because("This category took the place of another one."));
    }
    synonyms::clear(tx, cx, id)?;
    required_fields::clear(tx, cx, id)?;
    tx.exec("DELETE FROM category WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    cx.forget_settings(tx);
    Ok(())
}

/// Refuses when other categories that take tickets stand below.
pub(super) fn check_childless(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId) -> Result<()> {
    let sql = "SELECT 1 FROM category WHERE workspace_id = $1 AND parent_id = $2 AND is_archived = 0 LIMIT 1";
    match tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))? {
        Some(()) => Err(CATEGORY_HAS_CHILDREN.error()),
        None => Ok(()),
    }
}
