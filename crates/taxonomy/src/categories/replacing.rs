//! Deprecating a category: another one takes its place. It takes no more tickets, and whoever keeps tickets moves them.
//! Rule: nothing that was itself replaced takes a place, so that leading on always ends.

use base::Result;
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::access::{Audience, Right};
use trust::log::{NewEvent, record};
use web::IfMatch;

use super::BAD_REPLACEMENT;
use super::category::{Category, find_locked};
use super::changing::{check_childless, store};
use crate::nouns::CategoryId;

/// The facts of `category.replaced`: what is to be moved where.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Replaced {
    /// The category that was replaced.
    pub category_id: CategoryId,
    /// What took its place.
    pub replaced_by: CategoryId,
}

impl Replaced {
    /// The kind of its event.
    pub const KIND: &'static str = "category.replaced";
}

/// Puts another category in the place of one.
pub fn replace(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId, seen: IfMatch, by: CategoryId) -> Result<Category> {
    cx.require(Right::SettingsWrite)?;
    trust::accounts::lock_workspace(tx, cx)?;
    let mut category = find_locked(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
    seen.check(category.version)?;
    let unfit = |why: &str| BAD_REPLACEMENT.error().field("/category_id", "unfit", why);
    if by == id {
        return Err(unfit("is this category itself"));
    }
    let other = find_locked(tx, cx, by)?.ok_or_else(|| unfit("is no category of this workspace"))?;
    if other.is_archived {
        return Err(unfit("is archived"));
    }
    check_childless(tx, cx, id)?;
    category.is_archived = true;
    category.replaced_by = Some(by);
    store(tx, cx, &mut category)?;
    let facts = Replaced { category_id: id, replaced_by: by };
    let (now, audience) = (cx.env().now(), Audience::staff());
    record(tx, cx, &[NewEvent::new(Replaced::KIND, id.uuid(), category.version, now, audience, &facts)])?;
    Ok(category)
}

/// The category that stands for one now: itself, or what took its place at the end.
pub fn category_leads_to(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<CategoryId> {
    let (mut at, mut seen) = (category, vec![category]);
    loop {
        let next: Option<Option<CategoryId>> = tx.first(
            "SELECT replaced_by FROM category WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &at],
            |row| row.get(0),
        )?;
        match next.flatten().filter(|next| !seen.contains(next)) {
            Some(next) => {
                seen.push(next);
                at = next;
            }
            None => return Ok(at),
        }
    }
}
