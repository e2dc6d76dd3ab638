//! How often a rule acts within an hour: what guards a desk against a rule that was written too wide.

use base::Result;
use db::Tx;
use trust::Cx;

use super::RuleId;

const HOUR_MICROS: i64 = 3_600_000_000;

/// Whether a rule may act once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowance {
    /// It may.
    Granted,
    /// It may not, and this is the first time within the hour, which is told.
    JustSpent,
    /// It may not, as was told before.
    Spent,
}

/// Counts one more act of a rule within the present hour.
pub(super) fn count(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, most: i64) -> Result<Allowance> {
    let hour = cx.env().now().micros().div_euclid(HOUR_MICROS);
    tx.exec(
        "INSERT INTO automation_rate (workspace_id, rule_id, hour, n) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (workspace_id, rule_id) DO UPDATE SET \
         n = CASE WHEN automation_rate.hour = excluded.hour THEN automation_rate.n + 1 ELSE 1 END, hour = excluded.hour",
        &[&cx.workspace(), &rule, &hour],
    )?;
    let sql = "SELECT n FROM automation_rate WHERE workspace_id = $1 AND rule_id = $2";
    let n: i64 = tx.first(sql, &[&cx.workspace(), &rule], |row| row.get(0))?.unwrap_or(1);
    Ok(match n - most {
        ..=0 => Allowance::Granted,
        1 => Allowance::JustSpent,
        _ => Allowance::Spent,
    })
}
