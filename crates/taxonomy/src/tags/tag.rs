//! Tags by name and by id, many at once.

use std::collections::HashMap;

use base::text::{Line, fold};
use base::{Cursor, Page, Result};
use db::{Query, Row, Tx};
use trust::access::Right;
use trust::nouns::WorkspaceId;
use trust::{Cx, PageQuery};
use web::IfMatch;

use super::TAG_TAKEN;
use crate::nouns::TagId;

/// Tags of one ticket or article at most.
const MOST: usize = 50;

/// The tags of these names, at most 50, in their order and without repetitions; missing ones are made.
/// Costs nothing without names, one statement when all exist, three when not.
pub fn tag_ids(tx: &mut Tx<'_>, cx: &Cx, names: &[Line<60>]) -> Result<Vec<TagId>> {
    if names.len() > MOST {
        return Err(web::INVALID_FIELD.error().field("/tags", "too_many", format!("takes at most {MOST}")));
    }
    let mut wanted: Vec<(String, &Line<60>)> = Vec::with_capacity(names.len());
    for name in names {
        let folded = fold(name);
        if !wanted.iter().any(|(known, _)| *known == folded) {
            wanted.push((folded, name));
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = by_names(tx, cx, &wanted)?;
    if known.len() < wanted.len() {
        make(tx, cx, &wanted, &known)?;
        known = by_names(tx, cx, &wanted)?;
    }
    Ok(wanted.iter().filter_map(|(folded, _)| known.get(folded).copied()).collect())
}

fn by_names(tx: &mut Tx<'_>, cx: &Cx, wanted: &[(String, &Line<60>)]) -> Result<HashMap<String, TagId>> {
    let mut query = Query::new("SELECT name_folded, id FROM tag WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND name_folded IN (");
    query.bind_list(wanted.iter().map(|(folded, _)| folded)).push(")");
    let found = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

/// Makes the missing tags in the order of their names, so that two writers never wait for each other in a circle.
fn make(tx: &mut Tx<'_>, cx: &Cx, wanted: &[(String, &Line<60>)], known: &HashMap<String, TagId>) -> Result<()> {
    let mut missing: Vec<_> = wanted.iter().filter(|(folded, _)| !known.contains_key(folded)).collect();
    missing.sort_by(|one, other| one.0.cmp(&other.0));
    let mut query = Query::new("INSERT INTO tag (workspace_id, id, name, name_folded, created_at, version) VALUES ");
    for (index, (folded, name)) in missing.into_iter().enumerate() {
        query
            .push(if index == 0 { "(" } else { ", (" })
            .bind(cx.workspace())
            .push(", ")
            .bind(cx.new_id::<crate::nouns::Tag>());
        query.push(", ").bind(*name).push(", ").bind(folded).push(", ").bind(cx.env().now()).push(", 1)");
    }
    query.push(" ON CONFLICT (workspace_id, name_folded) DO NOTHING");
    tx.exec_of(&query).map(|_| ())
}

/// The tag of a name, whatever its case.
pub fn tag_named(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str) -> Result<Option<TagId>> {
    tx.first("SELECT id FROM tag WHERE workspace_id = $1 AND name_folded = $2", &[&workspace, &fold(name)], |row| {
        row.get(0)
    })
}

/// The names of these tags, in one query.
pub fn tag_names(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[TagId]) -> Result<HashMap<TagId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::new("SELECT id, name FROM tag WHERE workspace_id = ");
    query.bind(workspace).push(" AND id IN (").bind_list(ids).push(")");
    let found = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.into_iter().collect())
}

/// A tag.
pub struct Tag {
    pub(super) id: TagId,
    pub(super) name: String,
    pub(super) version: i64,
}

fn read(row: &Row<'_>) -> Result<Tag> {
    Ok(Tag { id: row.get(0)?, name: row.get(1)?, version: row.get(2)? })
}

/// The tags in the order they were made.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Tag>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let found = tx.all(
        "SELECT id, name, version FROM tag WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)],
        read,
    )?;
    Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// Makes a tag on purpose.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, name: &Line<60>) -> Result<Tag> {
    cx.require(Right::SettingsWrite)?;
    let tag = Tag { id: cx.new_id(), name: name.to_string(), version: 1 };
    let made = tx.exec(
        "INSERT INTO tag (workspace_id, id, name, name_folded, created_at, version) VALUES ($1, $2, $3, $4, $5, 1) \
         ON CONFLICT (workspace_id, name_folded) DO NOTHING",
        &[&cx.workspace(), &tag.id, name, &fold(name), &cx.env().now()],
    )?;
    if made == 1 { Ok(tag) } else { Err(taken()) }
}

/// Renames a tag, on every ticket at once.
pub fn rename(tx: &mut Tx<'_>, cx: &Cx, id: TagId, read_version: IfMatch, name: &Line<60>) -> Result<Tag> {
    cx.require(Right::SettingsWrite)?;
    let sql = "SELECT id, name, version FROM tag WHERE workspace_id = $1 AND id = $2";
    let tag = tx.first_locked(sql, &[&cx.workspace(), &id], read)?.ok_or_else(|| web::NOT_FOUND.error())?;
    read_version.check(tag.version)?;
    let renamed = tx.exec(
        "UPDATE tag SET name = $1, name_folded = $2, version = $3 WHERE workspace_id = $4 AND id = $5",
        &[name, &fold(name), &(tag.version + 1), &cx.workspace(), &id],
    );
    renamed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    Ok(Tag { id, name: name.to_string(), version: tag.version + 1 })
}

fn taken() -> base::Error {
    TAG_TAKEN.error().field("/name", "taken", "is the name of another tag")
}
