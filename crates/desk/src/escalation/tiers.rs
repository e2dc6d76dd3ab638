//! The tiers a ticket can be raised to, lowest first: each a team, or whoever is on call, with a time by which it is to act.

use base::Result;
use base::text::Line;
use db::{Row, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::Cx;
use trust::access::Right;
use trust::nouns::TeamId;
use utoipa::ToSchema;

use super::rota::Rota;
use crate::tickets::UNKNOWN_TEAM;

/// The most tiers.
const MOST: usize = 10;

/// A tier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierIn {
    /// What it is called.
    #[schema(value_type = String, max_length = 80)]
    #[serde(serialize_with = "as_text")]
    pub name: Line<80>,
    /// The team a ticket goes to.
    pub team_id: TeamId,
    /// Whether whoever is on call gets it at once.
    #[serde(default)]
    pub on_call: bool,
    /// Minutes within which the tier is to act.
    #[schema(minimum = 1, maximum = 43_200)]
    pub due_within_minutes: i64,
    /// Whether a ticket goes on to the next tier when this one did not act in time.
    #[serde(default)]
    pub climbs: bool,
}

fn as_text<S: serde::Serializer>(name: &Line<80>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

/// All tiers, lowest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tiers {
    /// At most 10.
    pub tiers: Vec<TierIn>,
}

/// A tier as it is kept; its number counts from 1.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    pub number: i64,
    pub name: String,
    pub team: TeamId,
    pub on_call: bool,
    pub due_minutes: i64,
    pub climbs: bool,
}

impl Tier {
    fn read(row: &Row<'_>) -> Result<Tier> {
        Ok(Tier {
            number: row.get(0)?,
            name: row.get(1)?,
            team: row.get(2)?,
            on_call: row.get(3)?,
            due_minutes: row.get(4)?,
            climbs: row.get(5)?,
        })
    }

    /// The tiers, lowest first.
    pub(crate) fn all(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Tier>> {
        tx.all(
            "SELECT position, name, team_id, on_call, due_minutes, climbs FROM escalation_tier WHERE workspace_id = $1 \
             ORDER BY position",
            &[&cx.workspace()],
            Tier::read,
        )
    }
}

/// The tiers as they were set.
pub(crate) fn read(tx: &mut Tx<'_>, cx: &Cx) -> Result<Tiers> {
    let tiers = Tier::all(tx, cx)?.into_iter().filter_map(|tier| {
        let name = Line::new(&tier.name).ok()?;
        let (team_id, on_call, climbs) = (tier.team, tier.on_call, tier.climbs);
        Some(TierIn { name, team_id, on_call, due_within_minutes: tier.due_minutes, climbs })
    });
    Ok(Tiers { tiers: tiers.collect() })
}

/// Sets all tiers; tickets that are at one stay where they are.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, new: &Tiers) -> Result<Tiers> {
    cx.require(Right::SettingsWrite)?;
    if new.tiers.len() > MOST {
        return Err(web::INVALID_FIELD.error().field("/tiers", "too_many", format!("takes at most {MOST}")));
    }
    let has_rota = Rota::find(tx, cx)?.is_some();
    for (index, tier) in new.tiers.iter().enumerate() {
        check(tx, cx, index, tier, has_rota)?;
    }
    tx.exec("DELETE FROM escalation_tier WHERE workspace_id = $1", &[&cx.workspace()])?;
    for (number, tier) in (1_i64..).zip(&new.tiers) {
        tx.exec(
            "INSERT INTO escalation_tier (workspace_id, position, name, team_id, on_call, due_minutes, climbs) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                &cx.workspace(),
                &number,
                &tier.name,
                &tier.team_id,
                &tier.on_call,
                &tier.due_within_minutes,
                &tier.climbs,
            ],
        )?;
    }
    let teams: Vec<TeamId> = new.tiers.iter().map(|tier| tier.team_id).collect();
    crate::routing::setting_changed(tx, cx, "tiers", json!({"teams": teams}))?;
    read(tx, cx)
}

fn check(tx: &mut Tx<'_>, cx: &Cx, index: usize, tier: &TierIn, has_rota: bool) -> Result<()> {
    let place = |name: &str| format!("/tiers/{index}/{name}");
    let team =
        tx.first("SELECT 1 FROM team WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &tier.team_id], |_| {
            Ok(())
        })?;
    team.ok_or_else(|| UNKNOWN_TEAM.error().field(place("team_id"), "unknown", "is no team of this workspace"))?;
    if !(1..=43_200).contains(&tier.due_within_minutes) {
        let error = web::INVALID_FIELD.error();
        return Err(error.field(place("due_within_minutes"), "out_of_range", "takes 1 to 43200"));
    }
    if tier.on_call && !has_rota {
        let words = "needs a rota: set who is on call first";
        return Err(web::INVALID_FIELD.error().field(place("on_call"), "no_rota", words));
    }
    Ok(())
}
