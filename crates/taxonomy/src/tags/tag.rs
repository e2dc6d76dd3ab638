//! Tags by name and by id, many at once.

use std::collections::HashMap;

use base::Result;
use base::text::{Line, fold};
use db::{Query, Tx};
use trust::Cx;
use trust::nouns::WorkspaceId;

use crate::nouns::TagId;

/// The tags of these names, in their order and without repetitions; missing ones are made.
/// Costs nothing without names, one statement when all exist, three when not.
pub fn tag_ids(tx: &mut Tx<'_>, cx: &Cx, names: &[Line<60>]) -> Result<Vec<TagId>> {
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
