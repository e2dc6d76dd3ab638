//! Categories: finding them, and growing the tree. A category never moves to another parent.

use base::text::{Line, fold};
use base::{Cursor, Page, Result};
use db::{Row, Tx};
use trust::access::Right;
use trust::nouns::WorkspaceId;
use trust::{Cx, PageQuery};
use web::IfMatch;

use super::{CATEGORY_TAKEN, CATEGORY_TOO_DEEP};
use crate::nouns::CategoryId;

/// The levels of the tree.
const LEVELS: usize = 3;

/// A category.
pub struct Category {
    pub(super) id: CategoryId,
    pub(super) name: String,
    pub(super) parent: Option<CategoryId>,
    pub(super) is_archived: bool,
    pub(super) version: i64,
}

const COLUMNS: &str = "id, name, parent_id, is_archived, version";

fn read(row: &Row<'_>) -> Result<Category> {
    Ok(Category {
        id: row.get(0)?,
        name: row.get(1)?,
        parent: row.get(2)?,
        is_archived: row.get(3)?,
        version: row.get(4)?,
    })
}

/// The categories in the order they were made, archived ones too.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Category>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let found = tx.all(
        &format!("SELECT {COLUMNS} FROM category WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
        &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)],
        read,
    )?;
    Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// Makes a category.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, name: &Line<120>, parent: Option<CategoryId>) -> Result<Category> {
    cx.require(Right::SettingsWrite)?;
    check_depth(tx, cx, parent)?;
    let category = Category { id: cx.new_id(), name: name.to_string(), parent, is_archived: false, version: 1 };
    let made = tx.exec(
        "INSERT INTO category (workspace_id, id, name, name_folded, parent_id, is_archived, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, 1) ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &category.id, name, &fold(name), &parent, &cx.env().now()],
    )?;
    if made == 1 { Ok(category) } else { Err(taken()) }
}

/// Walks up from the parent: it must be there, and leave room for one more level.
fn check_depth(tx: &mut Tx<'_>, cx: &Cx, parent: Option<CategoryId>) -> Result<()> {
    let mut next = parent;
    for _ in 0..LEVELS - 1 {
        let Some(id) = next else { return Ok(()) };
        let above = tx.first(
            "SELECT parent_id FROM category WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &id],
            |row| row.get::<Option<CategoryId>>(0),
        )?;
        let unknown = || web::INVALID_FIELD.error().field("/parent_id", "unknown", "is no category of this workspace");
        next = above.ok_or_else(unknown)?;
    }
    match next {
        None => Ok(()),
        Some(_) => Err(CATEGORY_TOO_DEEP.error().field("/parent_id", "too_deep", "is on the third level")),
    }
}

/// Renames a category, archives it or brings it back.
pub fn change(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: CategoryId,
    version: IfMatch,
    name: Option<&Line<120>>,
    is_archived: Option<bool>,
) -> Result<Category> {
    cx.require(Right::SettingsWrite)?;
    let sql = format!("SELECT {COLUMNS} FROM category WHERE workspace_id = $1 AND id = $2");
    let found = tx.first_locked(&sql, &[&cx.workspace(), &id], read)?;
    let mut category = found.ok_or_else(|| web::NOT_FOUND.error())?;
    version.check(category.version)?;
    category.name = name.map_or(category.name, |name| name.to_string());
    category.is_archived = is_archived.unwrap_or(category.is_archived);
    category.version += 1;
    let changed = tx.exec(
        "UPDATE category SET name = $1, name_folded = $2, is_archived = $3, version = $4 \
         WHERE workspace_id = $5 AND id = $6",
        &[&category.name, &fold(&category.name), &category.is_archived, &category.version, &cx.workspace(), &id],
    );
    changed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    Ok(category)
}

fn taken() -> base::Error {
    CATEGORY_TAKEN.error().field("/name", "taken", "is the name of a category beside it")
}

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
            None => create(tx, cx, name, above)?.id,
        });
    }
    Ok(above)
}

/// The names of categories, and which of them stand at the top.
pub fn category_names(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
) -> Result<Vec<(CategoryId, String, Option<CategoryId>)>> {
    tx.all(
        "SELECT id, name, parent_id FROM category WHERE workspace_id = $1 AND is_archived = 0 ORDER BY id LIMIT 500",
        &[&workspace],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}
