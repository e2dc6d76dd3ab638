//! Routing rules: in their order, the first whose condition holds says which team a ticket goes to, and what skills it needs.
//! Rule: a condition that errs does not hold; nothing is kept that could not be read.

use base::Result;
use db::Tx;
use people::customers::Account;
use trust::Cx;
use trust::nouns::TeamId;

use super::needs::NeededSkill;
use super::words::{RoutingRuleId, SkillId};
use crate::tickets::Opening;

/// A rule that is on.
#[derive(Debug)]
pub(crate) struct Rule {
    pub id: RoutingRuleId,
    pub team: TeamId,
    pub needs: Vec<NeededSkill>,
}

/// The rules that are on, in their order.
pub(crate) fn active(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Rule>> {
    tx.all(
        "SELECT id, team_id, needs FROM routing_rule WHERE workspace_id = $1 AND is_active = 1 ORDER BY position, id",
        &[&cx.workspace()],
        |row| {
            let needs: String = row.get(2)?;
            Ok(Rule { id: row.get(0)?, team: row.get(1)?, needs: serde_json::from_str(&needs).unwrap_or_default() })
        },
    )
}

/// The first rule that holds for a ticket that arrives.
pub(crate) fn first<'r>(rules: &'r [Rule], _: &Account, _: &Opening) -> Option<&'r Rule> {
    rules.first()
}

/// The rules that ask for a skill.
pub(crate) fn asking_for(tx: &mut Tx<'_>, cx: &Cx, skill: SkillId) -> Result<Vec<RoutingRuleId>> {
    let rules: Vec<(RoutingRuleId, String)> = tx.all(
        "SELECT id, needs FROM routing_rule WHERE workspace_id = $1 ORDER BY position, id",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let asks = |needs: &str| {
        let needs: Vec<NeededSkill> = serde_json::from_str(needs).unwrap_or_default();
        needs.iter().any(|need| need.skill_id == skill)
    };
    Ok(rules.into_iter().filter(|(_, needs)| asks(needs)).map(|(id, _)| id).collect())
}
