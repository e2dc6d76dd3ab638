//! Routing rules: in their order, the first whose condition holds says which team a ticket goes to, and what skills it needs.
//! Rule: a condition that errs does not hold; one that cannot be read by this release is passed over.

use std::collections::BTreeMap;

use base::Result;
use db::{Row, Tx};
use parking_lot::Mutex;
use rules::{Condition, Facts};
use trust::Cx;
use trust::nouns::TeamId;

use super::needs::NeededSkill;
use super::words::{RoutingRuleId, SkillId};
use crate::facts::ARRIVING;

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub id: RoutingRuleId,
    pub position: i64,
    pub name: String,
    /// Its source, as it was saved.
    pub source: String,
    /// What was read of it.
    pub condition: Option<Condition>,
    pub team: TeamId,
    pub needs: Vec<NeededSkill>,
    pub is_active: bool,
    pub version: i64,
}

const COLUMNS: &str = "id, position, name, condition, team_id, needs, is_active, version";

impl Rule {
    fn read(row: &Row<'_>) -> Result<Rule> {
        let (source, needs): (String, String) = (row.get(3)?, row.get(5)?);
        Ok(Rule {
            id: row.get(0)?,
            position: row.get(1)?,
            name: row.get(2)?,
            condition: compiled(&source),
            source,
            team: row.get(4)?,
            needs: serde_json::from_str(&needs).unwrap_or_default(),
            is_active: row.get(6)?,
            version: row.get(7)?,
        })
    }

    /// Every rule in its order.
    pub(crate) fn all(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Rule>> {
        let sql = format!("SELECT {COLUMNS} FROM routing_rule WHERE workspace_id = $1 ORDER BY position, id");
        tx.all(&sql, &[&cx.workspace()], Rule::read)
    }

    /// One rule, its row locked.
    pub(crate) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: RoutingRuleId) -> Result<Rule> {
        let sql = format!("SELECT {COLUMNS} FROM routing_rule WHERE workspace_id = $1 AND id = $2");
        tx.first_locked(&sql, &[&cx.workspace(), &id], Rule::read)?.ok_or_else(|| web::NOT_FOUND.error())
    }

    fn holds(&self, facts: &Facts) -> bool {
        self.condition.as_ref().is_some_and(|condition| condition.holds(facts).is_yes())
    }
}

/// Conditions that were read before: the rules of a busy workspace are read every second.
static READ: Mutex<BTreeMap<String, Condition>> = Mutex::new(BTreeMap::new());
/// Conditions that are kept; past that all are read again.
const KEPT: usize = 2_000;

fn compiled(source: &str) -> Option<Condition> {
    if let Some(known) = READ.lock().get(source) {
        return Some(known.clone());
    }
    let condition = Condition::compile(source, &ARRIVING).ok()?;
    let mut read = READ.lock();
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(source.to_owned(), condition.clone());
    Some(condition)
}

/// The rules that are on, in their order.
pub(crate) fn active(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Rule>> {
    Ok(Rule::all(tx, cx)?.into_iter().filter(|rule| rule.is_active).collect())
}

/// The first rule that holds.
pub(crate) fn first(rules: &[Rule], facts: impl FnOnce() -> Facts) -> Option<&Rule> {
    if rules.is_empty() {
        return None;
    }
    let facts = facts();
    rules.iter().find(|rule| rule.holds(&facts))
}

/// Whether some rule speaks of a fact that costs a look to know.
pub(crate) fn speaks_of(rules: &[Rule], word: &str) -> bool {
    rules.iter().any(|rule| rule.source.contains(word))
}

/// The rules that ask for a skill.
pub(crate) fn asking_for(tx: &mut Tx<'_>, cx: &Cx, skill: SkillId) -> Result<Vec<RoutingRuleId>> {
    let asks = |rule: &Rule| rule.needs.iter().any(|need| need.skill_id == skill);
    Ok(Rule::all(tx, cx)?.iter().filter(|rule| asks(rule)).map(|rule| rule.id).collect())
}
