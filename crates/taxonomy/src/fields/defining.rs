//! Defining fields and their options.
//! Rule: an option that is left out is archived, never deleted: values that name it still mean it.

use std::collections::HashMap;

use base::text::{Line, fold};
use base::{Cursor, Error, Page, Result};
use db::{Query, Row, Tx};
use trust::access::Right;
use trust::{Cx, PageQuery};
use web::IfMatch;

use super::FIELD_KEY_TAKEN;
use super::field::FieldKind;
use super::shapes::{FieldOut, FieldPatch, NewField, OptionIn, OptionOut};
use crate::nouns::{FieldId, OptionId};

/// Options of a field at most.
const MOST: usize = 200;

const COLUMNS: &str = "id, field_key, label, kind, is_archived, version";

fn read(row: &Row<'_>) -> Result<FieldOut> {
    Ok(FieldOut {
        id: row.get(0)?,
        key: row.get(1)?,
        label: row.get(2)?,
        kind: row.get(3)?,
        options: Vec::new(),
        archived: row.get(4)?,
        version: row.get(5)?,
    })
}

/// The fields in the order they were made, with their options, in two queries.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<FieldOut>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let found = tx.all(
        &format!("SELECT {COLUMNS} FROM custom_field WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
        &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)],
        read,
    )?;
    let page = Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode());
    let ids: Vec<FieldId> = page.items.iter().map(|field| field.id).collect();
    let mut options = options_of(tx, cx, &ids)?;
    Ok(page.map(|field| FieldOut { options: options.remove(&field.id).unwrap_or_default(), ..field }))
}

fn options_of(tx: &mut Tx<'_>, cx: &Cx, fields: &[FieldId]) -> Result<HashMap<FieldId, Vec<OptionOut>>> {
    let mut query = Query::new("SELECT field_id, id, label, is_archived FROM field_option WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND field_id IN (").bind_list(fields);
    query.push(") ORDER BY is_archived, place, id");
    let mut found: HashMap<FieldId, Vec<OptionOut>> = HashMap::new();
    for (field, option) in tx.all_of(&query, |row| {
        Ok((row.get::<FieldId>(0)?, OptionOut { id: row.get(1)?, label: row.get(2)?, archived: row.get(3)? }))
    })? {
        found.entry(field).or_default().push(option);
    }
    Ok(found)
}

/// Defines a field.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewField) -> Result<FieldOut> {
    cx.require(Right::SettingsWrite)?;
    let wanted: Vec<OptionIn> = new.options.iter().map(|label| OptionIn { id: None, label: label.clone() }).collect();
    check_options(new.kind, &wanted, &[])?;
    let id: FieldId = cx.new_id();
    let made = tx.exec(
        "INSERT INTO custom_field (workspace_id, id, field_key, label, kind, is_archived, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, 1) ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &id, &new.key.as_str(), &new.label, &new.kind, &cx.env().now()],
    )?;
    if made == 0 {
        return Err(FIELD_KEY_TAKEN.error().field("/key", "taken", "is the key of another field"));
    }
    write_options(tx, cx, id, &wanted)?;
    find(tx, cx, id)
}

fn find(tx: &mut Tx<'_>, cx: &Cx, id: FieldId) -> Result<FieldOut> {
    let sql = format!("SELECT {COLUMNS} FROM custom_field WHERE workspace_id = $1 AND id = $2");
    let field = tx.first_locked(&sql, &[&cx.workspace(), &id], read)?.ok_or_else(|| web::NOT_FOUND.error())?;
    let options = options_of(tx, cx, &[id])?.remove(&id).unwrap_or_default();
    Ok(FieldOut { options, ..field })
}

/// Changes label, options and whether a field takes values.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: FieldId, version: IfMatch, patch: &FieldPatch) -> Result<FieldOut> {
    cx.require(Right::SettingsWrite)?;
    let before = find(tx, cx, id)?;
    version.check(before.version)?;
    if let Some(wanted) = &patch.options {
        check_options(before.kind, wanted, &before.options)?;
        write_options(tx, cx, id, wanted)?;
    }
    let label = patch.label.as_deref().unwrap_or(&before.label);
    let archived = patch.archived.unwrap_or(before.archived);
    tx.exec(
        "UPDATE custom_field SET label = $1, is_archived = $2, version = $3 WHERE workspace_id = $4 AND id = $5",
        &[&label, &archived, &(before.version + 1), &cx.workspace(), &id],
    )?;
    find(tx, cx, id)
}

/// Refuses options on a field without, too many, the same label twice, and ids that are not the field's.
fn check_options(kind: FieldKind, wanted: &[OptionIn], known: &[OptionOut]) -> Result<()> {
    let has_options = matches!(kind, FieldKind::Select | FieldKind::MultiSelect);
    if !has_options && !wanted.is_empty() {
        return Err(refused("/options", "only select fields have options"));
    }
    if wanted.len() > MOST {
        return Err(refused("/options", "takes at most 200 options"));
    }
    let mut labels: Vec<String> = Vec::with_capacity(wanted.len());
    let mut ids: Vec<OptionId> = Vec::with_capacity(wanted.len());
    for (place, option) in wanted.iter().enumerate() {
        let label = fold(&option.label);
        let is_known = option.id.is_none_or(|id| known.iter().any(|known| known.id == id) && !ids.contains(&id));
        if !is_known {
            return Err(refused(&format!("/options/{place}/id"), "is no option of this field, or named twice"));
        }
        if labels.contains(&label) {
            return Err(refused(&format!("/options/{place}"), "has the label of another option"));
        }
        ids.extend(option.id);
        labels.push(label);
    }
    Ok(())
}

fn refused(pointer: &str, words: &str) -> Error {
    web::INVALID_FIELD.error().field(pointer, "invalid", words)
}

/// Archives all options, then writes the wanted ones in their order; a new one whose label was archived takes its place.
fn write_options(tx: &mut Tx<'_>, cx: &Cx, field: FieldId, wanted: &[OptionIn]) -> Result<()> {
    tx.exec(
        "UPDATE field_option SET is_archived = 1 WHERE workspace_id = $1 AND field_id = $2",
        &[&cx.workspace(), &field],
    )?;
    for (place, option) in wanted.iter().enumerate() {
        let place = i64::try_from(place).unwrap_or(0);
        match option.id {
            Some(id) => relabel(tx, cx, (field, id), &option.label, place)?,
            None => add(tx, cx, field, &option.label, place)?,
        }
    }
    Ok(())
}

fn relabel(tx: &mut Tx<'_>, cx: &Cx, (field, id): (FieldId, OptionId), label: &Line<120>, place: i64) -> Result<()> {
    let relabelled = tx.exec(
        "UPDATE field_option SET label = $1, label_folded = $2, place = $3, is_archived = 0 \
         WHERE workspace_id = $4 AND field_id = $5 AND id = $6",
        &[label, &fold(label), &place, &cx.workspace(), &field, &id],
    );
    let taken = |error: Error| {
        if db::is_duplicate(&error) { refused("/options", "has a label that another option had") } else { error }
    };
    relabelled.map(|_| ()).map_err(taken)
}

fn add(tx: &mut Tx<'_>, cx: &Cx, field: FieldId, label: &Line<120>, place: i64) -> Result<()> {
    let id: OptionId = cx.new_id();
    tx.exec(
        "INSERT INTO field_option (workspace_id, field_id, id, label, label_folded, place, is_archived) \
         VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (workspace_id, field_id, label_folded) \
         DO UPDATE SET label = excluded.label, place = excluded.place, is_archived = 0",
        &[&cx.workspace(), &field, &id, label, &fold(label), &place],
    )?;
    Ok(())
}
