//! What holds for the whole workspace, and how each team shares its tickets.

use base::Result;
use db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::Cx;
use trust::nouns::TeamId;
use utoipa::ToSchema;

use super::change::{begin, changed, check_team, within};
use super::settings::{General, Queue, Weights, queues};
use super::waking;
use super::words::{Sticky, Strategy};

/// What holds for the whole workspace.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GeneralIn {
    /// What a ticket of each channel weighs.
    pub weights: Weights,
    /// What a member can carry who has no capacity of their own.
    #[schema(minimum = 1, maximum = 10_000)]
    pub default_capacity: i64,
    /// Where a ticket goes that no rule sends anywhere.
    pub default_team_id: Option<TeamId>,
    /// Minutes after which somebody who is away no longer gets their reopened tickets back; 60 when absent.
    #[schema(minimum = 0, maximum = 10_080)]
    pub return_minutes: Option<i64>,
}

/// How a team shares its tickets.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamQueueIn {
    /// By whom or by what.
    pub strategy: Strategy,
    /// Whom a ticket goes to before that; `none` when absent.
    pub sticky: Option<Sticky>,
    /// Seconds to take up a ticket before it goes to the next; without it nobody has to.
    #[schema(minimum = 10, maximum = 86_400)]
    pub accept_within_seconds: Option<i64>,
}

/// What is set for routing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RoutingOut {
    /// Whether anything was set: until then every ticket stays where its opener put it.
    pub is_set_up: bool,
    pub weights: Weights,
    pub default_capacity: i64,
    pub default_team_id: Option<TeamId>,
    pub return_minutes: i64,
    pub teams: Vec<TeamQueueOut>,
}

/// A team's way, and its queue now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TeamQueueOut {
    pub team_id: TeamId,
    pub strategy: Strategy,
    pub sticky: Sticky,
    pub accept_within_seconds: Option<i64>,
    /// How many tickets wait; counted to 1,000.
    pub waiting: i64,
    /// Since when the one waits that has waited longest, of those that press most.
    pub waiting_since: Option<base::Time>,
}

/// What is set, every team included.
pub(crate) fn read(tx: &mut Tx<'_>, cx: &Cx) -> Result<RoutingOut> {
    let found = General::find(tx, cx)?;
    let is_set_up = found.is_some();
    let general = found.unwrap_or_else(General::unset);
    let known: std::collections::HashMap<TeamId, Queue> = queues(tx, cx)?.into_iter().collect();
    let teams: Vec<TeamId> =
        tx.all("SELECT id FROM team WHERE workspace_id = $1 ORDER BY id LIMIT 500", &[&cx.workspace()], |row| {
            row.get(0)
        })?;
    let teams = teams.into_iter().map(|team| {
        let queue = known.get(&team).copied().unwrap_or_else(Queue::unset);
        team_out(tx, cx, team, queue)
    });
    Ok(RoutingOut {
        is_set_up,
        teams: teams.collect::<Result<_>>()?,
        weights: general.weights,
        default_capacity: general.capacity,
        default_team_id: general.default_team,
        return_minutes: general.return_minutes,
    })
}

fn team_out(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, queue: Queue) -> Result<TeamQueueOut> {
    let (waiting, since) = if queue.is_automatic() { waiting_in(tx, cx, team)? } else { (0, None) };
    Ok(TeamQueueOut {
        team_id: team,
        strategy: queue.strategy,
        sticky: queue.sticky,
        accept_within_seconds: queue.accept_seconds,
        waiting,
        waiting_since: since,
    })
}

fn waiting_in(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<(i64, Option<base::Time>)> {
    let counted = tx.first(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ticket_route WHERE workspace_id = $1 AND team_id = $2 \
         AND state = 'waiting' LIMIT 1000) w",
        &[&cx.workspace(), &team],
        |row| row.get(0),
    )?;
    let first = super::waiting::next_of(tx, cx, team, None)?;
    Ok((counted.unwrap_or(0), first.map(|(_, since, _)| since)))
}

/// Sets what holds for the whole workspace.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, new: &GeneralIn) -> Result<RoutingOut> {
    begin(cx)?;
    for (channel, weight) in new.weights.each() {
        within(&format!("/weights/{channel}"), weight, 1, 100)?;
    }
    within("/default_capacity", new.default_capacity, 1, 10_000)?;
    let return_minutes = new.return_minutes.unwrap_or(General::unset().return_minutes);
    within("/return_minutes", return_minutes, 0, 10_080)?;
    if let Some(team) = new.default_team_id {
        check_team(tx, cx, team, "/default_team_id")?;
    }
    let facts = json!({"default_capacity": new.default_capacity, "default_team_id": new.default_team_id,
        "weights": new.weights, "return_minutes": return_minutes});
    changed(tx, cx, "general", facts)?;
    let weights = serde_json::to_string(&new.weights).unwrap_or_default();
    tx.exec(
        "UPDATE routing_setting SET weights = $1, capacity = $2, default_team_id = $3, return_minutes = $4 WHERE workspace_id = $5",
        &[&weights, &new.default_capacity, &new.default_team_id, &return_minutes, &cx.workspace()],
    )?;
    read(tx, cx)
}

/// Sets how a team shares its tickets.
pub(crate) fn set_team(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, new: &TeamQueueIn) -> Result<TeamQueueOut> {
    begin(cx)?;
    find_team(tx, cx, team)?;
    if let Some(seconds) = new.accept_within_seconds {
        within("/accept_within_seconds", seconds, 10, 86_400)?;
    }
    let sticky = new.sticky.unwrap_or(Sticky::None);
    tx.exec(
        "INSERT INTO routing_team (workspace_id, team_id, strategy, sticky, accept_seconds, version) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (workspace_id, team_id) DO UPDATE SET strategy = excluded.strategy, \
         sticky = excluded.sticky, accept_seconds = excluded.accept_seconds, version = routing_team.version + 1",
        &[&cx.workspace(), &team, &new.strategy, &sticky, &new.accept_within_seconds],
    )?;
    let facts = json!({"team_id": team, "strategy": new.strategy, "sticky": sticky,
        "accept_within_seconds": new.accept_within_seconds});
    changed(tx, cx, "team", facts)?;
    waking::gather(tx, cx, team)?;
    let queue = Queue { strategy: new.strategy, sticky, accept_seconds: new.accept_within_seconds };
    team_out(tx, cx, team, queue)
}

fn find_team(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<()> {
    let found =
        tx.first("SELECT 1 FROM team WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &team], |_| Ok(()))?;
    found.ok_or_else(|| web::NOT_FOUND.error())
}
