//! The workspace's own rule: whether every resolved ticket has a category, and the fields that all of them have.

use base::Result;
use db::Tx;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use crate::categories::required_fields;
use crate::nouns::FieldId;

/// The rule; version 0 is the one that nobody set.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) needs_category: bool,
    pub(super) fields: Vec<FieldId>,
    pub(super) version: i64,
}

/// The rule of the workspace.
pub(super) fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Rule> {
    let found = tx.first(
        "SELECT needs_category, version FROM resolving_rule WHERE workspace_id = $1",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (needs_category, version) = found.unwrap_or((false, 0));
    let every = required_fields::every_category();
    let fields = required_fields::of(tx, cx.workspace(), &[every])?.remove(&every).unwrap_or_default();
    Ok(Rule { needs_category, fields, version })
}

/// Sets the rule.
pub(super) fn set(tx: &mut Tx<'_>, cx: &Cx, seen: IfMatch, needs_category: bool, fields: &[FieldId]) -> Result<Rule> {
    cx.require(Right::SettingsWrite)?;
    trust::accounts::lock_workspace(tx, cx)?;
    let before = find(tx, cx)?;
    seen.check(before.version)?;
    let version = before.version + 1;
    tx.exec(
        "INSERT INTO resolving_rule (workspace_id, needs_category, version) VALUES ($1, $2, $3) \
         ON CONFLICT (workspace_id) DO UPDATE SET needs_category = $4, version = $5",
        &[&cx.workspace(), &needs_category, &version, &needs_category, &version],
    )?;
    required_fields::set(tx, cx, required_fields::every_category(), fields)?;
    cx.forget_settings(tx);
    Ok(Rule { needs_category, fields: fields.to_vec(), version })
}
