//! The versions of a rule, newest first.

use base::{Result, Time};
use db::{Row, Tx};
use trust::Cx;

use super::RuleId;
use super::definition::Definition;
use super::shapes::RuleVersionOut;

struct Kept {
    version: i64,
    name: String,
    is_enabled: bool,
    definition: String,
    made_at: Time,
    actor_kind: String,
    actor_name: Option<String>,
}

fn read(row: &Row<'_>) -> Result<Kept> {
    Ok(Kept {
        version: row.get(0)?,
        name: row.get(1)?,
        is_enabled: row.get(2)?,
        definition: row.get(3)?,
        made_at: row.get(4)?,
        actor_kind: row.get(5)?,
        actor_name: row.get(6)?,
    })
}

/// Up to `limit` + 1 versions below one; removed rules keep theirs.
pub(super) fn list(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, below: i64, limit: usize) -> Result<Vec<RuleVersionOut>> {
    let kept = tx.all(
        "SELECT v.version, v.name, v.is_enabled, v.definition, v.made_at, v.actor_kind, m.name FROM automation_version v \
         LEFT JOIN member m ON m.workspace_id = v.workspace_id AND m.id = v.actor_id \
         WHERE v.workspace_id = $1 AND v.rule_id = $2 AND v.version < $3 ORDER BY v.version DESC LIMIT $4",
        &[&cx.workspace(), &rule, &below, &i64::try_from(limit + 1).unwrap_or(101)],
        read,
    )?;
    Ok(kept.into_iter().filter_map(drawn).collect())
}

fn drawn(kept: Kept) -> Option<RuleVersionOut> {
    let definition: Definition = serde_json::from_str(&kept.definition).ok()?;
    Some(RuleVersionOut {
        version: kept.version,
        name: kept.name,
        enabled: kept.is_enabled,
        when: definition.when,
        condition: Some(definition.condition).filter(|source| !source.is_empty()),
        actions: definition.actions,
        stops: definition.stops,
        once_per_ticket: definition.once,
        per_hour: definition.per_hour,
        made_at: kept.made_at,
        made_by: kept.actor_kind,
        made_by_name: kept.actor_name,
    })
}
