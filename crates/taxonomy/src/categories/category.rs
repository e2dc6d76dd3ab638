//! Categories: the row, the list in the workspace's own order, and growing the tree.

use base::text::{Line, fold};
use base::{Cursor, Page, Result};
use db::{Row, Tx};
use trust::access::Right;
use trust::nouns::MemberId;
use trust::{Cx, PageQuery};

use super::tree::Tree;
use super::{synonyms, taken};
use crate::nouns::CategoryId;

/// A category.
#[derive(Clone, Debug)]
pub struct Category {
    pub(super) id: CategoryId,
    pub(super) name: String,
    pub(super) parent: Option<CategoryId>,
    pub(super) owner: Option<MemberId>,
    pub(super) place: i64,
    pub(super) is_other: bool,
    pub(super) is_archived: bool,
    pub(super) replaced_by: Option<CategoryId>,
    pub(super) version: i64,
}

/// What a new category is made of.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Its name.
    pub name: Line<120>,
    /// The category above it.
    pub parent: Option<CategoryId>,
    /// Who answers for it.
    pub owner: Option<MemberId>,
    /// What else it is called.
    pub synonyms: Vec<Line<120>>,
    /// Where it stands in lists; behind all others when not said.
    pub place: Option<i64>,
    /// Whether it takes what fits nowhere else.
    pub is_other: bool,
}

impl Growth {
    /// A category with a name and a parent.
    pub fn named(name: Line<120>, parent: Option<CategoryId>) -> Growth {
        Growth { name, parent, owner: None, synonyms: Vec::new(), place: None, is_other: false }
    }
}

const COLUMNS: &str = "id, name, parent_id, owner_id, place, is_other, is_archived, replaced_by, version";

fn read(row: &Row<'_>) -> Result<Category> {
    Ok(Category {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        owner: row.get(3)?,
        place: row.get(4)?,
        is_other: row.get(5)?,
        is_archived: row.get(6)?,
        replaced_by: row.get(7)?,
        version: row.get(8)?,
    })
}

/// The categories in the workspace's order, archived ones too.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Category>> {
    let limit = page.limit()?;
    let after = page.cursor()?.unwrap_or(Cursor { key: i64::MIN, id: uuid::Uuid::nil() });
    let found = tx.all(
        &format!(
            "SELECT {COLUMNS} FROM category WHERE workspace_id = $1 AND (place, id) > ($2, $3) ORDER BY place, id LIMIT $4"
        ),
        &[&cx.workspace(), &after.key, &after.id, &i64::try_from(limit + 1).unwrap_or(1)],
        read,
    )?;
    Ok(Page::cut(found, limit, |last| Cursor { key: last.place, id: last.id.uuid() }.encode()))
}

/// A category, locked until the commit.
pub(super) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: CategoryId) -> Result<Option<Category>> {
    let sql = format!("SELECT {COLUMNS} FROM category WHERE workspace_id = $1 AND id = $2");
    tx.first_locked(&sql, &[&cx.workspace(), &id], read)
}

/// Makes a category.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &Growth) -> Result<Category> {
    cx.require(Right::SettingsWrite)?;
    Tree::check_room(tx, cx, new.parent)?;
    check_owner(tx, cx, new.owner)?;
    let place = match new.place {
        Some(place) => place,
        None => last_place(tx, cx)? + 1,
    };
    let category = Category {
        id: cx.new_id(),
        name: new.name.to_string(),
        parent: new.parent,
        owner: new.owner,
        place,
        is_other: new.is_other,
        is_archived: false,
        replaced_by: None,
        version: 1,
    };
    let made = tx.exec(
        "INSERT INTO category (workspace_id, id, name, name_folded, parent_id, owner_id, place, is_other, is_archived, \
         created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 1) ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(),
            &category.id,
            &new.name,
            &fold(&new.name),
            &new.parent,
            &new.owner,
            &place,
            &new.is_other,
            &cx.env().now(),
        ],
    )?;
    if made != 1 {
        return Err(taken());
    }
    synonyms::set(tx, cx, category.id, &new.synonyms)?;
    cx.forget_settings(tx);
    Ok(category)
}

fn last_place(tx: &mut Tx<'_>, cx: &Cx) -> Result<i64> {
    let last: Option<Option<i64>> =
        tx.first("SELECT MAX(place) FROM category WHERE workspace_id = $1", &[&cx.workspace()], |row| row.get(0))?;
    Ok(last.flatten().unwrap_or(0))
}

/// Refuses owners who are not there.
pub(super) fn check_owner(tx: &mut Tx<'_>, cx: &Cx, owner: Option<MemberId>) -> Result<()> {
    let Some(owner) = owner else { return Ok(()) };
    let sql = "SELECT 1 FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1";
    let unknown = || web::INVALID_FIELD.error().field("/owner_id", "unknown", "is no active member");
    tx.first(sql, &[&cx.workspace(), &owner], |_| Ok(()))?.ok_or_else(unknown)
}
