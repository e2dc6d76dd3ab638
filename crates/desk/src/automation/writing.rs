//! Making, changing, ordering and removing rules; every version is kept.
//! Rule: a rule is looked over whole before it is saved, and the version that ran can always be shown.

use base::{Code, Kind, Result};
use db::Tx;
use serde_json::json;
use trust::Cx;
use trust::access::{Audience, Right};
use trust::log::{NewEvent, record};
use web::IfMatch;

use super::RuleId;
use super::checking::check;
use super::definition::Definition;
use super::rule::{MOST, RuleRow, list};

/// There are as many rules as there may be.
pub static TOO_MANY_RULES: Code = Code::new(
    Kind::Conflict,
    "too_many_rules",
    "A workspace has at most 200 rules.",
    "Remove one that is not needed any more.",
);
/// The order does not name every rule once.
pub static NOT_ALL_RULES: Code = Code::new(
    Kind::Conflict,
    "not_all_rules",
    "The order has to name every rule exactly once.",
    "List the rules again: one may have been made or removed meanwhile.",
);

/// What a patch says of a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    pub name: Option<String>,
    pub is_enabled: Option<bool>,
    pub definition: Option<Definition>,
}

/// Makes a rule, after all others.
pub(super) fn create(
    tx: &mut Tx<'_>,
    cx: &Cx,
    name: &str,
    is_enabled: bool,
    definition: &Definition,
) -> Result<RuleRow> {
    cx.require(Right::SettingsWrite)?;
    check(tx, cx, definition)?;
    let all = list(tx, cx, None, usize::try_from(MOST).unwrap_or(200))?;
    if i64::try_from(all.len()).unwrap_or(MOST) >= MOST {
        return Err(TOO_MANY_RULES.error());
    }
    let rule = RuleRow {
        id: cx.new_id(),
        place: all.last().map_or(1, |last| last.place + 1),
        name: name.to_owned(),
        is_enabled,
        definition: definition.clone(),
        created_at: cx.env().now(),
        version: 1,
    };
    tx.exec(
        "INSERT INTO automation_rule (workspace_id, id, place, name, is_enabled, definition, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &cx.workspace(),
            &rule.id,
            &rule.place,
            &rule.name,
            &rule.is_enabled,
            &text(&rule),
            &rule.created_at,
            &rule.version,
        ],
    )?;
    keep(tx, cx, &rule)?;
    tell(tx, cx, &rule, "rule.created")?;
    Ok(rule)
}

/// Changes a rule; it is looked over again as a whole.
pub(super) fn change(tx: &mut Tx<'_>, cx: &Cx, id: RuleId, seen: IfMatch, change: &Change) -> Result<RuleRow> {
    cx.require(Right::SettingsWrite)?;
    let before = RuleRow::find_locked(tx, cx, id)?;
    seen.check(before.version)?;
    let mut rule = before.clone();
    rule.name = change.name.clone().unwrap_or(rule.name);
    rule.is_enabled = change.is_enabled.unwrap_or(rule.is_enabled);
    rule.definition = change.definition.clone().unwrap_or(rule.definition);
    let is_same =
        (&rule.name, rule.is_enabled, &rule.definition) == (&before.name, before.is_enabled, &before.definition);
    if is_same {
        return Ok(before);
    }
    // Switching one off works also when what it names is gone.
    if rule.is_enabled || rule.definition != before.definition {
        check(tx, cx, &rule.definition)?;
    }
    rule.version += 1;
    store(tx, cx, &rule)?;
    keep(tx, cx, &rule)?;
    tell(tx, cx, &rule, "rule.changed")?;
    Ok(rule)
}

/// Puts the rules into an order that names each of them.
pub(super) fn order(tx: &mut Tx<'_>, cx: &Cx, ids: &[RuleId]) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let all = list(tx, cx, None, usize::try_from(MOST).unwrap_or(200))?;
    let names_all = ids.len() == all.len() && all.iter().all(|rule| ids.contains(&rule.id));
    if !names_all {
        return Err(NOT_ALL_RULES.error());
    }
    for (place, id) in (1_i64..).zip(ids) {
        let mut rule = RuleRow::find_locked(tx, cx, *id)?;
        if rule.place != place {
            rule.place = place;
            rule.version += 1;
            store(tx, cx, &rule)?;
            keep(tx, cx, &rule)?;
            tell(tx, cx, &rule, "rule.moved")?;
        }
    }
    Ok(())
}

/// Removes a rule; what it did stays told.
pub(super) fn remove(tx: &mut Tx<'_>, cx: &Cx, id: RuleId, seen: IfMatch) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let mut rule = RuleRow::find_locked(tx, cx, id)?;
    seen.check(rule.version)?;
    rule.version += 1;
    rule.is_enabled = false;
    store(tx, cx, &rule)?;
    tx.exec(
        "UPDATE automation_rule SET removed_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&cx.env().now(), &cx.workspace(), &id],
    )?;
    tell(tx, cx, &rule, "rule.removed")
}

fn text(rule: &RuleRow) -> String {
    serde_json::to_string(&rule.definition).unwrap_or_default()
}

fn store(tx: &mut Tx<'_>, cx: &Cx, rule: &RuleRow) -> Result<()> {
    tx.exec(
        "UPDATE automation_rule SET place = $1, name = $2, is_enabled = $3, definition = $4, version = $5 \
         WHERE workspace_id = $6 AND id = $7",
        &[&rule.place, &rule.name, &rule.is_enabled, &text(rule), &rule.version, &cx.workspace(), &rule.id],
    )?;
    Ok(())
}

/// Keeps a version, so that runs of it can be explained.
fn keep(tx: &mut Tx<'_>, cx: &Cx, rule: &RuleRow) -> Result<()> {
    let (actor_kind, actor) = cx.actor.named();
    tx.exec(
        "INSERT INTO automation_version (workspace_id, rule_id, version, name, is_enabled, definition, made_at, actor_kind, \
         actor_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &cx.workspace(), &rule.id, &rule.version, &rule.name, &rule.is_enabled, &text(rule), &cx.env().now(),
            &actor_kind, &actor,
        ],
    )?;
    Ok(())
}

fn tell(tx: &mut Tx<'_>, cx: &Cx, rule: &RuleRow, kind: &'static str) -> Result<()> {
    cx.forget_settings(tx);
    let data = json!({"enabled": rule.is_enabled, "place": rule.place});
    let event = NewEvent::new(kind, rule.id.uuid(), rule.version, cx.env().now(), Audience::staff(), &data);
    record(tx, cx, &[event.details(&json!({"name": rule.name}))])
}
