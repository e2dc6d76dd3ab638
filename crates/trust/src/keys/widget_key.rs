//! Widget keys: public, bound to the origins they work on, and revocable.

use base::text::Line;
use base::{Page, Result, Time};
use db::{Row, Tx};
use serde_json::json;
use web::IfMatch;

use super::origin::WebOrigin;
use super::shapes::{NewWidgetKey, WidgetKeyPatch};
use crate::access::{Audience, Right};
use crate::accounts::session::new_secret;
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::WidgetKeyId;
use crate::paging::{PageQuery, id_cursor};

/// Origins of one key at most.
const MOST_ORIGINS: usize = 20;

/// A widget key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidgetKeyRow {
    /// The id.
    pub id: WidgetKeyId,
    /// What it is called.
    pub name: Line<80>,
    /// The key itself.
    pub key: String,
    /// The origins it works on.
    pub origins: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// The version.
    pub version: i64,
}

const SELECT: &str = "SELECT id, name, key_text, origins, created_at, version FROM widget_key \
    WHERE workspace_id = $1 AND revoked_at IS NULL";

fn read(row: &Row<'_>) -> Result<WidgetKeyRow> {
    let origins: String = row.get(3)?;
    Ok(WidgetKeyRow {
        id: row.get(0)?,
        name: row.get(1)?,
        key: row.get(2)?,
        origins: origins.split_whitespace().map(str::to_owned).collect(),
        created_at: row.get(4)?,
        version: row.get(5)?,
    })
}

/// The keys that hold, oldest first.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<WidgetKeyRow>> {
    let limit = page.limit()?;
    let sql = format!("{SELECT} AND id > $2 ORDER BY id LIMIT $3");
    let more = i64::try_from(limit + 1).unwrap_or(1);
    let found = tx.all(&sql, &[&cx.workspace(), &page.after_id()?, &more], read)?;
    Ok(Page::cut(found, limit, |key| id_cursor(key.id)))
}

fn checked(origins: &[WebOrigin]) -> Result<Vec<String>> {
    let mut texts: Vec<String> = origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    texts.sort_unstable();
    texts.dedup();
    if texts.len() > MOST_ORIGINS {
        let words = format!("takes at most {MOST_ORIGINS}");
        return Err(web::INVALID_FIELD.error().field("/allowed_origins", "too_many", words));
    }
    Ok(texts)
}

/// Makes a key.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewWidgetKey) -> Result<WidgetKeyRow> {
    cx.require(Right::SettingsWrite)?;
    let key = WidgetKeyRow {
        id: cx.new_id(),
        name: new.name.clone(),
        key: new_secret(cx.env(), "wk_").0,
        origins: checked(&new.allowed_origins)?,
        created_at: cx.env().now(),
        version: 1,
    };
    tx.exec(
        "INSERT INTO widget_key (workspace_id, id, key_text, name, origins, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 1)",
        &[&cx.workspace(), &key.id, &key.key, &key.name, &key.origins.join(" "), &key.created_at],
    )?;
    tell(tx, cx, "widget_key.created", &key)?;
    Ok(key)
}

fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: WidgetKeyId) -> Result<Option<WidgetKeyRow>> {
    let sql = format!("{SELECT} AND id = $2");
    tx.first_locked(&sql, &[&cx.workspace(), &id], read)
}

/// Changes a key's name or origins.
pub fn change(
    tx: &mut Tx<'_>,
    cx: &Cx,
    id: WidgetKeyId,
    version: IfMatch,
    patch: &WidgetKeyPatch,
) -> Result<WidgetKeyRow> {
    cx.require(Right::SettingsWrite)?;
    let before = find_locked(tx, cx, id)?.ok_or_else(|| web::NOT_FOUND.error())?;
    version.check(before.version)?;
    let mut after = before.clone();
    if let Some(name) = &patch.name {
        after.name = name.clone();
    }
    if let Some(origins) = &patch.allowed_origins {
        after.origins = checked(origins)?;
    }
    if after == before {
        return Ok(before);
    }
    after.version += 1;
    tx.exec(
        "UPDATE widget_key SET name = $1, origins = $2, version = $3 WHERE workspace_id = $4 AND id = $5",
        &[&after.name, &after.origins.join(" "), &after.version, &cx.workspace(), &id],
    )?;
    tell(tx, cx, "widget_key.updated", &after)?;
    Ok(after)
}

/// Revokes a key; one that was revoked before stays so.
pub fn revoke(tx: &mut Tx<'_>, cx: &Cx, id: WidgetKeyId) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let Some(mut key) = find_locked(tx, cx, id)? else {
        let was = tx.first(
            "SELECT id FROM widget_key WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &id],
            |row| row.get::<WidgetKeyId>(0),
        )?;
        return was.map(|_| ()).ok_or_else(|| web::NOT_FOUND.error());
    };
    key.version += 1;
    tx.exec(
        "UPDATE widget_key SET revoked_at = $1, version = $2 WHERE workspace_id = $3 AND id = $4",
        &[&cx.env().now(), &key.version, &cx.workspace(), &id],
    )?;
    tell(tx, cx, "widget_key.revoked", &key)
}

fn tell(tx: &mut Tx<'_>, cx: &Cx, kind: &'static str, key: &WidgetKeyRow) -> Result<()> {
    let data = json!({"origins": key.origins.len()});
    let event = NewEvent::new(kind, key.id.uuid(), key.version, cx.env().now(), Audience::staff(), &data)
        .details(&json!({"name": key.name, "allowed_origins": key.origins}));
    record(tx, cx, &[event])
}
