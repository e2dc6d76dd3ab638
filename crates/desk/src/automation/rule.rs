//! The rule row, and listing rules in their order.

use base::{Cursor, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;

use super::RuleId;
use super::definition::Definition;

/// Rules of a workspace at most.
pub(super) const MOST: i64 = 200;

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct RuleRow {
    pub id: RuleId,
    pub place: i64,
    pub name: String,
    pub is_enabled: bool,
    pub definition: Definition,
    pub created_at: Time,
    pub version: i64,
}

const COLUMNS: &str = "id, place, name, is_enabled, definition, created_at, version";

impl RuleRow {
    fn read(row: &Row<'_>) -> Result<RuleRow> {
        let definition: String = row.get(4)?;
        Ok(RuleRow {
            id: row.get(0)?,
            place: row.get(1)?,
            name: row.get(2)?,
            is_enabled: row.get(3)?,
            definition: serde_json::from_str(&definition)
                .map_err(|error| web::INTERNAL.error().caused_by(format!("a stored rule cannot be read: {error}")))?,
            created_at: row.get(5)?,
            version: row.get(6)?,
        })
    }

    /// Finds a rule that was not removed.
    pub(super) fn find(tx: &mut Tx<'_>, cx: &Cx, id: RuleId) -> Result<RuleRow> {
        let sql =
            format!("SELECT {COLUMNS} FROM automation_rule WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL");
        tx.first(&sql, &[&cx.workspace(), &id], RuleRow::read)?.ok_or_else(|| web::NOT_FOUND.error())
    }

    /// Finds a rule and locks its row until the commit.
    pub(super) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: RuleId) -> Result<RuleRow> {
        let sql =
            format!("SELECT {COLUMNS} FROM automation_rule WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL");
        tx.first_locked(&sql, &[&cx.workspace(), &id], RuleRow::read)?.ok_or_else(|| web::NOT_FOUND.error())
    }
}

/// Whether a rule is there and was not removed.
pub(crate) fn is_known(tx: &mut Tx<'_>, cx: &Cx, id: RuleId) -> Result<bool> {
    let sql = "SELECT 1 FROM automation_rule WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL";
    Ok(tx.first(sql, &[&cx.workspace(), &id], |_| Ok(()))?.is_some())
}

/// The query of the rules in their order, for running and for explaining.
pub fn list_query(cx: &Cx, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM automation_rule WHERE workspace_id = "));
    query.bind(cx.workspace()).push(" AND removed_at IS NULL");
    query.after("(place, id) >", after);
    query.push(" ORDER BY place, id LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Up to `limit` + 1 rules in their order.
pub(super) fn list(tx: &mut Tx<'_>, cx: &Cx, after: Option<Cursor>, limit: usize) -> Result<Vec<RuleRow>> {
    tx.all_of(&list_query(cx, after, limit), RuleRow::read)
}

/// Every rule that is switched on, in order. One that this release cannot read rests: tickets come first.
pub(super) fn enabled(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<RuleRow>> {
    let query = list_query(cx, None, usize::try_from(MOST).unwrap_or(200));
    let read = |row: &Row<'_>| match RuleRow::read(row) {
        Ok(rule) => Ok(Some(rule)),
        Err(error) => {
            tracing::error!(cause = ?error, "a rule cannot be read, so it rests");
            Ok(None)
        }
    };
    let all = tx.all_of(&query, read)?;
    Ok(all.into_iter().flatten().filter(|rule| rule.is_enabled).collect())
}

/// The names of the newest rules, removed ones included, for timelines that speak of them.
pub(super) fn names(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<(RuleId, String)>> {
    tx.all(
        "SELECT id, name FROM automation_rule WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1000",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
