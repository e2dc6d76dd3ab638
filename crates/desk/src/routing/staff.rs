//! What routing knows of each member: how much they can carry and do carry, their shifts, and whether they take tickets.

use base::{Page, Result, Time};
use db::{Row, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use trust::members::Availability;
use trust::nouns::MemberId;
use trust::{Cx, PageQuery};
use utoipa::ToSchema;

use super::change::{begin, changed, member, within};
use super::settings::Settings;
use super::shifts::{Shift, ShiftHours};
use super::skills::SkillLevel;
use crate::calendars::CalendarId;

/// How much a member can carry.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapacityIn {
    /// What they can carry, in weights; the workspace's default when absent or null.
    #[schema(minimum = 1, maximum = 10_000)]
    pub capacity: Option<i64>,
    /// Whether routing gives them tickets; it does when absent.
    pub is_routed: Option<bool>,
}

/// When a member takes tickets: hours of their own, or those of a calendar.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShiftsIn {
    /// The zone of the hours, as `Europe/Berlin`.
    pub zone: Option<String>,
    /// The hours, 1 to 50.
    #[serde(default)]
    pub hours: Vec<ShiftHours>,
    /// A calendar, with its hours, holidays and zone, in place of `zone` and `hours`.
    pub calendar_id: Option<CalendarId>,
}

/// A member as routing sees one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RoutedMemberOut {
    pub member_id: MemberId,
    pub name: String,
    pub availability: Availability,
    /// Since when, as far as routing knows.
    pub availability_since: Option<Time>,
    /// What they say while they are away.
    pub away_message: Option<String>,
    /// Their own capacity; null is the workspace's default.
    pub capacity: Option<i64>,
    /// What holds for them.
    pub effective_capacity: i64,
    pub is_routed: bool,
    /// The weights of the tickets they work on.
    pub carried: i64,
    /// When routing last gave them a ticket.
    pub last_routed_at: Option<Time>,
    pub skills: Vec<SkillLevel>,
    pub shifts: Option<ShiftsOut>,
}

/// A member's week, and whether it is on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShiftsOut {
    /// The zone of the hours; empty when they are a calendar's.
    pub zone: String,
    /// The hours; none when they are a calendar's.
    pub hours: Vec<ShiftHours>,
    /// The calendar whose hours these are.
    pub calendar_id: Option<CalendarId>,
    pub is_on: bool,
    pub next_start: Option<Time>,
}

const SELECT: &str = "SELECT m.id, m.name, m.availability, l.stated_at, l.capacity, COALESCE(l.is_routed, 1), \
    COALESCE(l.carried, 0), l.turns, l.taken_at, s.zone, s.intervals, m.away_message, s.calendar_id FROM member m \
    LEFT JOIN member_load l ON l.workspace_id = m.workspace_id AND l.member_id = m.id \
    LEFT JOIN member_shift s ON s.workspace_id = m.workspace_id AND s.member_id = m.id WHERE m.workspace_id = $1";

fn read(row: &Row<'_>, settings: &Settings, now: Time) -> Result<RoutedMemberOut> {
    let id: MemberId = row.get(0)?;
    let capacity: Option<i64> = row.get(4)?;
    let shifts = row.get::<Option<String>>(9)?.zip(row.get::<Option<String>>(10)?);
    let calendar: Option<CalendarId> = row.get(12)?;
    let skill = |(skill_id, level): &(super::words::SkillId, i64)| SkillLevel { skill_id: *skill_id, level: *level };
    Ok(RoutedMemberOut {
        member_id: id,
        name: row.get(1)?,
        availability: row.get(2)?,
        availability_since: row.get(3)?,
        away_message: row.get(11)?,
        capacity,
        effective_capacity: capacity.unwrap_or(settings.general.capacity),
        is_routed: row.get(5)?,
        carried: row.get(6)?,
        last_routed_at: row.get::<Option<Time>>(8)?.filter(|at| *at > Time::default()),
        skills: settings.skills_of(id).iter().map(skill).collect(),
        shifts: shifts.map(|(zone, hours)| shifts_out(settings.shifts.get(&id), (zone, &hours, calendar), now)),
    })
}

fn shifts_out(
    known: Option<&Shift>,
    (zone, hours, calendar_id): (String, &str, Option<CalendarId>),
    now: Time,
) -> ShiftsOut {
    let hours: Vec<ShiftHours> = serde_json::from_str(hours).unwrap_or_default();
    let own = if calendar_id.is_none() { Shift::read(&zone, &hours).ok() } else { None };
    let shift = own.as_ref().or(known.filter(|_| calendar_id.is_some()));
    let is_on = shift.is_some_and(|shift| shift.is_on(now));
    ShiftsOut { is_on, next_start: shift.and_then(|shift| shift.next_start(now)), zone, hours, calendar_id }
}

/// The active members, in the order they were invited.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<RoutedMemberOut>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let (settings, now) = (Settings::of(tx, cx)?, cx.env().now());
    let sql = format!("{SELECT} AND m.is_active = 1 AND m.id > $2 ORDER BY m.id LIMIT $3");
    let more = i64::try_from(limit + 1).unwrap_or(1);
    let found = tx.all(&sql, &[&cx.workspace(), &after, &more], |row| read(row, &settings, now))?;
    Ok(Page::cut(found, limit, |last| base::Cursor { key: 0, id: last.member_id.uuid() }.encode()))
}

/// One member.
pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<RoutedMemberOut> {
    let (settings, now) = (Settings::of(tx, cx)?, cx.env().now());
    let sql = format!("{SELECT} AND m.id = $2");
    let found = tx.first(&sql, &[&cx.workspace(), &id], |row| read(row, &settings, now))?;
    found.ok_or_else(|| web::NOT_FOUND.error())
}

/// Sets how much a member can carry.
pub(crate) fn set_capacity(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, new: &CapacityIn) -> Result<RoutedMemberOut> {
    begin(cx)?;
    member(tx, cx, id)?;
    if let Some(capacity) = new.capacity {
        within("/capacity", capacity, 1, 10_000)?;
    }
    let is_routed = new.is_routed.unwrap_or(true);
    tx.exec(
        "INSERT INTO member_load (workspace_id, member_id, capacity, is_routed, carried, turns, taken_at) \
         VALUES ($1, $2, $3, $4, 0, 0, 0) ON CONFLICT (workspace_id, member_id) DO UPDATE SET \
         capacity = excluded.capacity, is_routed = excluded.is_routed",
        &[&cx.workspace(), &id, &new.capacity, &is_routed],
    )?;
    let facts = json!({"member_id": id, "capacity": new.capacity, "is_routed": is_routed});
    changed(tx, cx, "capacity", facts)?;
    find(tx, cx, id)
}

/// Sets a member's week.
pub(crate) fn set_shifts(tx: &mut Tx<'_>, cx: &Cx, id: MemberId, new: &ShiftsIn) -> Result<RoutedMemberOut> {
    begin(cx)?;
    member(tx, cx, id)?;
    let wrong = |pointer: &str, code, words: &str| Err(web::INVALID_FIELD.error().field(pointer, code, words));
    let zone = match (new.calendar_id, &new.zone) {
        (Some(_), None) if !new.hours.is_empty() => return wrong("/hours", "one_of_two", "are the calendar's"),
        (Some(_), Some(_)) => return wrong("/zone", "one_of_two", "send either `zone` and `hours`, or `calendar_id`"),
        (Some(calendar), None) if !crate::calendars::exists(tx, cx.workspace(), calendar)? => {
            return wrong("/calendar_id", "unknown", "is no calendar; list them at `/api/v1/calendars`");
        }
        (Some(_), None) => "",
        (None, zone) => {
            let zone = zone.as_deref().unwrap_or_default();
            Shift::read(zone, &new.hours)
                .map_err(|wrong| web::INVALID_FIELD.error().field(wrong.pointer, "invalid", wrong.words))?;
            zone
        }
    };
    let hours = serde_json::to_string(&new.hours).unwrap_or_default();
    tx.exec(
        "INSERT INTO member_shift (workspace_id, member_id, zone, intervals, calendar_id) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (workspace_id, member_id) DO UPDATE SET zone = excluded.zone, intervals = excluded.intervals, \
         calendar_id = excluded.calendar_id",
        &[&cx.workspace(), &id, &zone, &hours, &new.calendar_id],
    )?;
    changed(tx, cx, "shifts", json!({"member_id": id, "hours": new.hours.len(), "calendar_id": new.calendar_id}))?;
    find(tx, cx, id)
}

/// Takes a member's shifts away: they can take tickets at any hour.
pub(crate) fn clear_shifts(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<()> {
    begin(cx)?;
    member(tx, cx, id)?;
    tx.exec("DELETE FROM member_shift WHERE workspace_id = $1 AND member_id = $2", &[&cx.workspace(), &id])?;
    changed(tx, cx, "shifts", json!({"member_id": id, "hours": 0}))
}
