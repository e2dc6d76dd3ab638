//! Who is on call: members in their order, each for a week, handed over at one hour of one weekday on the clocks of a zone.
//! Rule: a week is from handover to handover on the wall clock, however long the clocks make it.

use base::{Code, Kind, Result, Time};
use db::Tx;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::Cx;
use trust::access::Right;
use trust::nouns::MemberId;
use utoipa::ToSchema;

use crate::routing::{NO_ZONE, Weekday, minutes, zone_named};

/// A tier goes by the rota.
pub static ROTA_IN_USE: Code = Code::new(
    Kind::Conflict,
    "rota_in_use",
    "A tier of escalation goes to whoever is on call.",
    "Change the tier first.",
);

/// The most members of a rota.
const MOST: usize = 50;

/// Who is on call when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotaIn {
    /// The members in their order; the first is on call from now to the next handover. 1 to 50.
    pub members: Vec<MemberId>,
    /// The day of the week on which the next takes over.
    pub handover_day: Weekday,
    /// The time of day at which, as `09:00`.
    pub handover_at: String,
    /// The zone of that time, as `Europe/Berlin`.
    pub zone: String,
}

/// Who is on call, now and next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RotaOut {
    /// Whether there is a rota.
    pub is_set: bool,
    pub members: Vec<MemberId>,
    pub handover_day: Option<Weekday>,
    pub handover_at: Option<String>,
    pub zone: Option<String>,
    pub on_call: Option<MemberId>,
    pub next_handover: Option<Time>,
    pub next_on_call: Option<MemberId>,
}

/// A rota as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Rota {
    members: Vec<MemberId>,
    day: Weekday,
    at: String,
    zone_name: String,
    /// The day of the handover by which the first member took over.
    first_day: String,
}

impl Rota {
    /// The workspace's rota.
    pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<Rota>> {
        tx.first(
            "SELECT zone, handover_day, handover_at, first_day, members FROM on_call_rota WHERE workspace_id = $1",
            &[&cx.workspace()],
            |row| {
                let members: String = row.get(4)?;
                Ok(Rota {
                    zone_name: row.get(0)?,
                    day: row.get(1)?,
                    at: row.get(2)?,
                    first_day: row.get(3)?,
                    members: serde_json::from_str(&members).unwrap_or_default(),
                })
            },
        )
    }

    /// Who is on call at a moment, and then who takes over when.
    fn at(&self, now: Time) -> Option<(MemberId, Time, MemberId)> {
        let (zone, minute) = (zone_named(&self.zone_name)?, minutes(&self.at)?);
        let last = last_handover(&zone, self.day, minute, now)?;
        let first: Date = self.first_day.parse().ok()?;
        let weeks = first.until(last).ok()?.get_days() / 7;
        let count = i32::try_from(self.members.len()).ok().filter(|count| *count > 0)?;
        let at = |week: i32| self.members.get(usize::try_from(week.rem_euclid(count)).ok()?).copied();
        let next = instant(&zone, last.saturating_add(Span::new().days(7)), minute)?;
        Some((at(weeks)?, next, at(weeks + 1)?))
    }

    /// Who is on call now, if they are still with us.
    pub(crate) fn on_call(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<MemberId>> {
        let Some((member, ..)) = self.at(cx.env().now()) else { return Ok(None) };
        tx.first(
            "SELECT id FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1",
            &[&cx.workspace(), &member],
            |row| row.get(0),
        )
    }
}

/// The day of the last handover at or before a moment.
fn last_handover(zone: &TimeZone, day: Weekday, minute: i64, now: Time) -> Option<Date> {
    let today = Timestamp::from_microsecond(now.micros()).ok()?.to_zoned(zone.clone()).date();
    (0..=7)
        .map(|days| today.saturating_sub(Span::new().days(days)))
        .filter(|date| i64::from(date.weekday().to_monday_zero_offset()) == day as i64)
        .find(|date| instant(zone, *date, minute).is_some_and(|at| at <= now))
}

fn instant(zone: &TimeZone, date: Date, minute: i64) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let zoned = zone.to_zoned(date.at(hour, minute, 0, 0)).ok()?;
    Some(Time::from_micros(zoned.timestamp().as_microsecond()))
}

/// The rota and who is on call.
pub(crate) fn read(tx: &mut Tx<'_>, cx: &Cx) -> Result<RotaOut> {
    let rota = Rota::find(tx, cx)?;
    let now = rota.as_ref().and_then(|rota| rota.at(cx.env().now()));
    Ok(RotaOut {
        is_set: rota.is_some(),
        members: rota.as_ref().map(|rota| rota.members.clone()).unwrap_or_default(),
        handover_day: rota.as_ref().map(|rota| rota.day),
        handover_at: rota.as_ref().map(|rota| rota.at.clone()),
        zone: rota.map(|rota| rota.zone_name),
        on_call: now.map(|(member, ..)| member),
        next_handover: now.map(|(_, at, _)| at),
        next_on_call: now.map(|(.., next)| next),
    })
}

/// Sets the rota; its first member is on call from now on.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, new: &RotaIn) -> Result<RotaOut> {
    cx.require(Right::SettingsWrite)?;
    let wrong = |place: &str, words: &str| web::INVALID_FIELD.error().field(place, "invalid", words);
    if new.members.is_empty() || new.members.len() > MOST {
        return Err(wrong("/members", "takes 1 to 50 members; DELETE takes the rota away"));
    }
    let zone = zone_named(&new.zone).ok_or_else(|| wrong("/zone", NO_ZONE))?;
    let minute = minutes(&new.handover_at).filter(|minute| *minute < 24 * 60);
    let minute = minute.ok_or_else(|| wrong("/handover_at", "takes a time of day, as `09:00`"))?;
    for (index, member) in new.members.iter().enumerate() {
        let place = format!("/members/{index}");
        let found = tx.first(
            "SELECT 1 FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1",
            &[&cx.workspace(), member],
            |_| Ok(()),
        )?;
        found.ok_or_else(|| crate::tickets::UNKNOWN_ASSIGNEE.error().field(place, "unknown", "is no active member"))?;
    }
    let first = last_handover(&zone, new.handover_day, minute, cx.env().now());
    let first = first.ok_or_else(|| wrong("/handover_at", "does not happen in this zone"))?.to_string();
    let members = serde_json::to_string(&new.members).unwrap_or_default();
    tx.exec(
        "INSERT INTO on_call_rota (workspace_id, zone, handover_day, handover_at, first_day, members, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (workspace_id) DO UPDATE SET zone = excluded.zone, \
         handover_day = excluded.handover_day, handover_at = excluded.handover_at, first_day = excluded.first_day, \
         members = excluded.members, version = on_call_rota.version + 1",
        &[&cx.workspace(), &new.zone, &new.handover_day, &new.handover_at, &first, &members],
    )?;
    let facts = json!({"members": new.members, "handover_day": new.handover_day, "handover_at": new.handover_at});
    crate::routing::setting_changed(tx, cx, "on_call", facts)?;
    read(tx, cx)
}

/// Takes the rota away, unless a tier goes by it.
pub(crate) fn clear(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let used = tx.first(
        "SELECT 1 FROM escalation_tier WHERE workspace_id = $1 AND on_call = 1 LIMIT 1",
        &[&cx.workspace()],
        |_| Ok(()),
    )?;
    if used.is_some() {
        return Err(ROTA_IN_USE.error());
    }
    tx.exec("DELETE FROM on_call_rota WHERE workspace_id = $1", &[&cx.workspace()])?;
    crate::routing::setting_changed(tx, cx, "on_call", json!({"members": []}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_goes_from_handover_to_handover_also_when_the_clocks_change() {
        let member = |number: u128| MemberId::from_uuid(uuid::Uuid::from_u128(number));
        let rota = Rota {
            members: vec![member(1), member(2), member(3)],
            day: Weekday::Monday,
            at: "09:00".to_owned(),
            zone_name: "Europe/Berlin".to_owned(),
            first_day: "2026-03-16".to_owned(),
        };
        let at = |text: &str| rota.at(text.parse().unwrap()).unwrap();
        assert_eq!(at("2026-03-16T08:00:00Z").0, member(1));
        // The clocks go forward on 29 March: the week ends an hour earlier in UTC.
        assert_eq!(at("2026-03-23T07:59:59Z").0, member(1));
        let (second, next, third) = at("2026-03-23T08:00:00Z");
        assert_eq!((second, next.to_string(), third), (member(2), "2026-03-30T07:00:00.000000Z".to_owned(), member(3)));
        assert_eq!(at("2026-03-30T06:59:59Z").0, member(2));
        assert_eq!(at("2026-03-30T07:00:00Z").0, member(3));
        assert_eq!(at("2026-04-06T07:00:00Z").0, member(1));
    }
}
