//! Where tickets of the past would have gone, had other rules been asked when they arrived.
//! Rule: what the opener named stays; after the rules come what triage found and the default, as on a real arrival.

use base::Result;
use db::Tx;
use rules::{Condition, Facts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use trust::Cx;
use trust::log::SealedEvent;
use trust::nouns::TeamId;
use utoipa::ToSchema;

use super::needs::NeededSkill;
use super::ruling::{self, NewRoutingRule};
use super::settings::General;
use super::words::{RoutingRuleId, TeamFrom};
use crate::facts::ARRIVING;
use crate::facts::{Asked, Backdrop, Past};

/// Rules to be asked instead of those in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct DraftRule {
    /// What it is called.
    pub name: String,
    /// When it applies, as CEL.
    pub condition: String,
    /// The team a ticket goes to.
    pub team_id: TeamId,
    /// The skills a ticket needs; they say who of the team takes it, which is not replayed.
    pub needs: Vec<NeededSkill>,
}

/// The drafts of rules that are on, looked over as if they were saved.
pub(crate) fn drafts(tx: &mut Tx<'_>, cx: &Cx, rules: &[NewRoutingRule]) -> Result<Vec<DraftRule>> {
    let mut drafts = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let condition = ruling::looked_over(tx, cx, rule, &format!("/routing/rules/{index}"))?;
        if rule.active.unwrap_or(true) {
            let (name, needs) = (rule.name.to_string(), rule.needs.clone());
            drafts.push(DraftRule { name, condition, team_id: rule.team_id, needs });
        }
    }
    Ok(drafts)
}

/// Drafts ready to be asked.
pub(crate) struct Drafts {
    rules: Vec<(Condition, TeamId)>,
    default_team: Option<TeamId>,
    default_was: Option<TeamId>,
}

/// Where an arrival went, and where it would have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub before: Option<TeamId>,
    /// The rule that really sent it there.
    pub by: Option<RoutingRuleId>,
    pub after: Option<TeamId>,
    /// The place of the draft that would have, from 1.
    pub place: Option<i64>,
    pub is_unsure: bool,
}

/// What the timeline tells of how a ticket arrived.
#[derive(Default)]
struct Told {
    team: Option<TeamId>,
    by: Option<RoutingRuleId>,
    found: Option<TeamId>,
    from: Option<TeamFrom>,
    was_routed: bool,
}

impl Drafts {
    /// Compiles drafts; one that this release cannot read is passed over, as a rule is.
    pub(crate) fn new(tx: &mut Tx<'_>, cx: &Cx, drafts: &[DraftRule], default_team: Option<TeamId>) -> Result<Drafts> {
        let default_was = General::find(tx, cx)?.and_then(|general| general.default_team);
        let compiled = |draft: &DraftRule| Some((Condition::compile(&draft.condition, &ARRIVING).ok()?, draft.team_id));
        let rules = drafts.iter().filter_map(compiled).collect();
        Ok(Drafts { rules, default_team: default_team.or(default_was), default_was })
    }

    /// Tells one state of what is in force from another.
    pub(crate) fn basis(&self) -> String {
        self.default_was.map(|team| team.to_string()).unwrap_or_default()
    }

    /// What the conditions ask beyond what events carry.
    pub(crate) fn asked(&self) -> Asked {
        Asked::by(self.rules.iter().map(|(condition, _)| condition.source()))
    }

    /// Where a ticket went as it arrived, and where it would have gone.
    pub(crate) fn replay(&self, (events, data): (&[SealedEvent], &[Value]), backdrop: &Backdrop) -> Option<Arrival> {
        let past = Past::opened(events, data, backdrop)?;
        let told = Told::read(events, data, &past);
        let stays = self.was_named(&told, &past);
        let (place, ruled) = if stays { (None, None) } else { self.first(&past.arriving(backdrop)) };
        let after = if stays { told.team } else { ruled.or(told.found).or(self.default_team) };
        let is_unsure = self.rules.iter().any(|(condition, _)| past.is_unsure(condition.source(), 1));
        Some(Arrival { before: told.team, by: told.by, after, place, is_unsure: !stays && is_unsure })
    }

    fn first(&self, facts: &Facts) -> (Option<i64>, Option<TeamId>) {
        let found = (1_i64..).zip(&self.rules).find(|(_, (condition, _))| condition.holds(facts).is_yes());
        found.map_or((None, None), |(place, (_, team))| (Some(place), Some(*team)))
    }

    /// Whether the opener said where it goes. Where that was not told, a team that neither a rule, triage nor the
    /// default gave can only be of the opener.
    fn was_named(&self, told: &Told, past: &Past) -> bool {
        match told.from {
            Some(from) => from == TeamFrom::Opener,
            None if told.was_routed => {
                told.by.is_none() && told.team.is_some() && told.team != told.found && told.team != self.default_was
            }
            None => past.assignee().is_some() || told.team.is_some() && told.team != told.found,
        }
    }
}

impl Told {
    fn read(events: &[SealedEvent], data: &[Value], past: &Past) -> Told {
        let id = |data: &Value, name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut told = Told { team: past.team().and_then(|team| team.parse().ok()), ..Told::default() };
        // Triage and routing tell of an arrival in the very statement that opens the ticket.
        for (event, data) in events.iter().zip(data).skip(1).take(3) {
            match event.kind.as_str() {
                // What was found out later did not route it.
                "ticket.triaged" if events.first().is_some_and(|opened| opened.occurred_at == event.occurred_at) => {
                    told.found = id(data, "team_id").and_then(|team| team.parse().ok());
                }
                "ticket.routed" if data.get("cause").is_some_and(|cause| cause == "arrival") => {
                    told.was_routed = true;
                    told.by = id(data, "rule_id").and_then(|rule| rule.parse().ok());
                    told.from = data.get("team_from").and_then(|from| serde_json::from_value(from.clone()).ok());
                }
                _ => {}
            }
        }
        told
    }
}
