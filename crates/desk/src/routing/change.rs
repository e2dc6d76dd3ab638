//! What every change of routing settings does beside its own rows: it says so in the log, and makes processes read again.
//! Rule: the first change turns routing on for the workspace, and has what members carry counted.

use base::Result;
use db::Tx;
use serde_json::Value;
use trust::access::{Audience, Right};
use trust::log::{NewEvent, record};
use trust::nouns::TeamId;
use trust::{Cx, members};
use uuid::Uuid;

use super::settings::General;
use super::waking;

/// The settings of a workspace are one subject of the log; its id comes of the workspace's.
const SUBJECT: u128 = 0x726f_7574_696e_6700_0000_0000_0000_0000;

/// Refuses those who may not change settings.
pub(crate) fn begin(cx: &Cx) -> Result<()> {
    cx.require(Right::SettingsWrite)
}

/// Records a change, and drains what may move by it.
pub(crate) fn changed(tx: &mut Tx<'_>, cx: &Cx, what: &'static str, facts: Value) -> Result<()> {
    let unset = General::unset();
    let weights = serde_json::to_string(&unset.weights).unwrap_or_default();
    tx.exec(
        "INSERT INTO routing_setting (workspace_id, weights, capacity, return_minutes, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (workspace_id) DO UPDATE SET version = routing_setting.version + 1",
        &[&cx.workspace(), &weights, &unset.capacity, &unset.return_minutes, &cx.env().now()],
    )?;
    let version = General::find(tx, cx)?.map_or(1, |general| general.version);
    if version == 1 {
        waking::count(tx, cx, None)?;
    }
    cx.forget_settings(tx);
    let mut data = facts;
    if let Some(fields) = data.as_object_mut() {
        fields.insert("changed".to_owned(), what.into());
    }
    let subject = Uuid::from_u128(cx.workspace().uuid().as_u128() ^ SUBJECT);
    let event = NewEvent::new("routing.changed", subject, version, cx.env().now(), Audience::staff(), &data);
    record(tx, cx, &[event])?;
    drain_all(tx, cx)
}

/// Has every queue drained in which something waits.
fn drain_all(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    let teams: Vec<TeamId> = tx.all(
        "SELECT q.team_id FROM routing_team q WHERE q.workspace_id = $1 AND q.strategy <> 'manual' AND EXISTS (SELECT 1 \
         FROM ticket_route r WHERE r.workspace_id = $1 AND r.team_id = q.team_id AND r.state = 'waiting')",
        &[&cx.workspace()],
        |row| row.get(0),
    )?;
    teams.into_iter().try_for_each(|team| waking::drain(tx, cx, team))
}

/// Refuses teams that are not there.
pub(crate) fn check_team(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, pointer: &str) -> Result<()> {
    let found =
        tx.first("SELECT 1 FROM team WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &team], |_| Ok(()))?;
    found.ok_or_else(|| crate::tickets::UNKNOWN_TEAM.error().field(pointer, "unknown", "is no team of this workspace"))
}

/// A member of the workspace, or nothing at this address.
pub(crate) fn member(tx: &mut Tx<'_>, cx: &Cx, id: trust::nouns::MemberId) -> Result<members::Member> {
    members::Member::find(tx, cx, id)
}

/// Refuses a number outside its bounds.
pub(crate) fn within(pointer: &str, value: i64, least: i64, most: i64) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(web::INVALID_FIELD.error().field(pointer, "out_of_range", format!("takes {least} to {most}")))
}
