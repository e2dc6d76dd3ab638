//! What a workspace has set about spam, read once and kept for a moment: its switch, its rules, what the filter learned.

use std::sync::Arc;

use base::Result;
use db::Tx;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::rules::{self, SenderRule};

/// The settings; version 0 are those that nobody set.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpamSettings {
    pub(super) is_on: bool,
    pub(super) per_hour: i64,
    pub(super) threshold: f64,
    pub(super) spam_learned: i64,
    pub(super) fine_learned: i64,
    pub(super) version: i64,
}

impl Default for SpamSettings {
    fn default() -> SpamSettings {
        SpamSettings { is_on: true, per_hour: 20, threshold: 0.98, spam_learned: 0, fine_learned: 0, version: 0 }
    }
}

/// What is kept for a moment.
#[derive(Debug, Default)]
pub(super) struct Guard {
    pub(super) settings: SpamSettings,
    pub(super) rules: Vec<SenderRule>,
    /// Whether anything is held back.
    pub(super) holds_any: bool,
}

/// What the workspace has set, as it was a moment ago.
pub(super) fn guard(tx: &mut Tx<'_>, cx: &Cx) -> Result<Arc<Guard>> {
    cx.remembered(tx, |tx| read(tx, cx))
}

/// The same as it is now.
pub(super) fn read(tx: &mut Tx<'_>, cx: &Cx) -> Result<Guard> {
    let sql = "SELECT 1 FROM quarantined WHERE workspace_id = $1 LIMIT 1";
    let holds_any = tx.first(sql, &[&cx.workspace()], |_| Ok(()))?.is_some();
    Ok(Guard { settings: find(tx, cx)?, rules: rules::all(tx, cx)?, holds_any })
}

/// The settings.
pub(super) fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<SpamSettings> {
    let found = tx.first(
        "SELECT is_on, per_hour, threshold, spam_learned, fine_learned, version FROM spam_setting WHERE workspace_id = $1",
        &[&cx.workspace()],
        |row| {
            Ok(SpamSettings {
                is_on: row.get(0)?,
                per_hour: row.get(1)?,
                threshold: row.get(2)?,
                spam_learned: row.get(3)?,
                fine_learned: row.get(4)?,
                version: row.get(5)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Sets them.
pub(super) fn set(
    tx: &mut Tx<'_>,
    cx: &Cx,
    seen: IfMatch,
    is_on: bool,
    per_hour: i64,
    threshold: f64,
) -> Result<SpamSettings> {
    cx.require(Right::SettingsWrite)?;
    let wrong = |pointer: &str, why: &str| Err(web::INVALID_FIELD.error().field(pointer, "range", why));
    if !(1..=10_000).contains(&per_hour) {
        return wrong("/per_hour", "takes 1 to 10000");
    }
    if !(0.5..=1.0).contains(&threshold) {
        return wrong("/threshold", "takes 0.5 to 1");
    }
    let before = locked(tx, cx)?;
    seen.check(before.version)?;
    let after = SpamSettings { is_on, per_hour, threshold, version: before.version + 1, ..before };
    store(tx, cx, &after)?;
    Ok(after)
}

/// The settings with their row locked until the commit; the row is made when there is none.
pub(super) fn locked(tx: &mut Tx<'_>, cx: &Cx) -> Result<SpamSettings> {
    let usual = SpamSettings::default();
    tx.exec(
        "INSERT INTO spam_setting (workspace_id, is_on, per_hour, threshold, spam_learned, fine_learned, version) \
         VALUES ($1, $2, $3, $4, 0, 0, 0) ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &usual.is_on, &usual.per_hour, &usual.threshold],
    )?;
    let sql = "SELECT version FROM spam_setting WHERE workspace_id = $1";
    tx.first_locked(sql, &[&cx.workspace()], |_| Ok(()))?;
    find(tx, cx)
}

/// Writes them.
pub(super) fn store(tx: &mut Tx<'_>, cx: &Cx, settings: &SpamSettings) -> Result<()> {
    tx.exec(
        "UPDATE spam_setting SET is_on = $1, per_hour = $2, threshold = $3, spam_learned = $4, fine_learned = $5, \
         version = $6 WHERE workspace_id = $7",
        &[
            &settings.is_on,
            &settings.per_hour,
            &settings.threshold,
            &settings.spam_learned,
            &settings.fine_learned,
            &settings.version,
            &cx.workspace(),
        ],
    )?;
    cx.forget_settings(tx);
    Ok(())
}
