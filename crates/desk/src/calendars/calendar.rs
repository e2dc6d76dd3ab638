//! The rows of calendars: made, changed by a new version, found with the version of a moment.
//! Rule: a version is never changed, and begins no earlier than the moment it is made, so that the past keeps its measure.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use base::text::{Line, fold};
use base::{Code, Cursor, Kind, Page, Result, Time};
use db::{Row, Tx};
use parking_lot::Mutex;
use trust::access::Right;
use trust::nouns::WorkspaceId;
use trust::{Cx, PageQuery};
use web::IfMatch;

use super::definition::{BAD_CALENDAR, Definition};
use super::hours::Hours;

base::noun! {
    /// A calendar.
    CalendarNoun, CalendarId, "cal"
}

/// The name is taken.
pub static CALENDAR_TAKEN: Code = Code::new(
    Kind::Conflict,
    "calendar_taken",
    "There is a calendar of this name.",
    "Change that calendar, or choose another name.",
);
/// Versions a calendar may have that are not in force yet, and calendars a workspace has, at most.
const MOST_CALENDARS: i64 = 200;

/// A calendar with its newest version.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(super) id: CalendarId,
    pub(super) name: String,
    pub(super) version: i64,
    pub(super) number: i64,
    pub(super) effective_from: Time,
    pub(super) definition: Definition,
}

/// One version of a calendar.
#[derive(Clone, Debug)]
pub struct Versioned {
    /// Its number, from 1.
    pub number: i64,
    /// From when on it is in force.
    pub effective_from: Time,
    /// What it says.
    pub definition: Definition,
}

/// Changes to a calendar.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(super) name: Option<Line<120>>,
    pub(super) definition: Option<Definition>,
    pub(super) effective_from: Option<Time>,
}

const COLUMNS: &str = "SELECT c.id, c.name, c.version, v.number, v.effective_from, v.definition FROM calendar c \
    JOIN calendar_version v ON v.workspace_id = c.workspace_id AND v.calendar_id = c.id AND v.number = c.number";

fn read(row: &Row<'_>) -> Result<Calendar> {
    Ok(Calendar {
        id: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        number: row.get(3)?,
        effective_from: row.get(4)?,
        definition: parse(&row.get::<String>(5)?)?,
    })
}

fn parse(text: &str) -> Result<Definition> {
    serde_json::from_str(text).map_err(|error| db::CORRUPT_ROW.error().caused_by(error))
}

fn text_of(definition: &Definition) -> String {
    serde_json::to_string(definition).unwrap_or_default()
}

impl Calendar {
    /// Finds one.
    pub(crate) fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CalendarId) -> Result<Calendar> {
        let sql = format!("{COLUMNS} WHERE c.workspace_id = $1 AND c.id = $2");
        tx.first(&sql, &[&workspace, &id], read)?.ok_or_else(|| web::NOT_FOUND.error())
    }

    /// Lists them in the order they were made.
    pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Calendar>> {
        let limit = page.limit()?;
        let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
        let sql = format!("{COLUMNS} WHERE c.workspace_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3");
        let found = tx.all(&sql, &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)], read)?;
        Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
    }

    /// Makes one; its first version is in force for the past too.
    pub(crate) fn create(tx: &mut Tx<'_>, cx: &Cx, name: &Line<120>, definition: Definition) -> Result<Calendar> {
        cx.require(Right::SettingsWrite)?;
        definition.compile(cx.env().now())?;
        let sql = "SELECT COUNT(*) FROM calendar WHERE workspace_id = $1";
        if tx.first(sql, &[&cx.workspace()], |row| row.get::<i64>(0))?.unwrap_or(0) >= MOST_CALENDARS {
            return Err(BAD_CALENDAR.error().field("", "too_many", "a workspace has 200 calendars at most"));
        }
        let calendar = Calendar {
            id: cx.new_id(),
            name: name.to_string(),
            version: 1,
            number: 1,
            effective_from: Time::from_micros(0),
            definition,
        };
        let made = tx.exec(
            "INSERT INTO calendar (workspace_id, id, name, name_folded, number, version) VALUES ($1, $2, $3, $4, 1, 1) \
             ON CONFLICT (workspace_id, name_folded) DO NOTHING",
            &[&cx.workspace(), &calendar.id, name, &fold(name)],
        )?;
        if made == 0 {
            return Err(taken());
        }
        calendar.write_version(tx, cx)?;
        cx.forget_settings(tx);
        Ok(calendar)
    }

    /// Renames it, or gives it a new version.
    pub(crate) fn change(
        tx: &mut Tx<'_>,
        cx: &Cx,
        id: CalendarId,
        seen: IfMatch,
        changes: &Changes,
    ) -> Result<Calendar> {
        cx.require(Right::SettingsWrite)?;
        let locked = tx.first_locked(
            "SELECT version FROM calendar WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &id],
            |row| row.get::<i64>(0),
        )?;
        seen.check(locked.ok_or_else(|| web::NOT_FOUND.error())?)?;
        let mut calendar = Calendar::find(tx, cx.workspace(), id)?;
        if let Some(name) = &changes.name {
            calendar.name = name.to_string();
        }
        if let Some(definition) = &changes.definition
            && *definition != calendar.definition
        {
            calendar.begin(cx, definition, changes.effective_from)?;
            calendar.write_version(tx, cx)?;
        }
        calendar.version += 1;
        let changed = tx.exec(
            "UPDATE calendar SET name = $1, name_folded = $2, number = $3, version = $4 WHERE workspace_id = $5 AND id = $6",
            &[&calendar.name, &fold(&calendar.name), &calendar.number, &calendar.version, &cx.workspace(), &id],
        );
        changed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
        cx.forget_settings(tx);
        Ok(calendar)
    }

    /// Takes over a new definition as its next version.
    fn begin(&mut self, cx: &Cx, definition: &Definition, from: Option<Time>) -> Result<()> {
        let now = cx.env().now();
        let from = from.unwrap_or(now);
        // A second of grace: who says "now" said it a moment ago.
        if from < now.plus_seconds(-60) || from < self.effective_from {
            let reason = "lies in the past, or before the version it follows; what was measured stays as it was";
            return Err(BAD_CALENDAR.error().field("/effective_from", "in_the_past", reason));
        }
        definition.compile(from.max(now))?;
        self.definition = definition.clone();
        self.effective_from = from.max(now);
        self.number += 1;
        Ok(())
    }

    fn write_version(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        tx.exec(
            "INSERT INTO calendar_version (workspace_id, calendar_id, number, effective_from, definition, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                &cx.workspace(),
                &self.id,
                &self.number,
                &self.effective_from,
                &text_of(&self.definition),
                &cx.env().now(),
            ],
        )?;
        Ok(())
    }

    /// Its versions, newest first.
    pub(crate) fn versions(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CalendarId) -> Result<Vec<Versioned>> {
        tx.all(
            "SELECT number, effective_from, definition FROM calendar_version WHERE workspace_id = $1 AND calendar_id = $2 \
             ORDER BY number DESC LIMIT 100",
            &[&workspace, &id],
            |row| {
                let definition = parse(&row.get::<String>(2)?)?;
                Ok(Versioned { number: row.get(0)?, effective_from: row.get(1)?, definition })
            },
        )
    }
}

/// Whether there is such a calendar.
pub(crate) fn exists(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CalendarId) -> Result<bool> {
    let sql = "SELECT 1 FROM calendar WHERE workspace_id = $1 AND id = $2";
    Ok(tx.first(sql, &[&workspace, &id], |_| Ok(()))?.is_some())
}

fn taken() -> base::Error {
    CALENDAR_TAKEN.error().field("/name", "taken", "is the name of another calendar")
}

/// One version of a calendar, compiled: its number, from when on it counts, its hours.
type Compiled = (i64, Time, Arc<Hours>);

/// Newest versions of a calendar that are kept ready; an older one is read when it is asked for.
const LATE: i64 = 32;
/// Compiled hours that one process keeps, by what they were compiled from.
const KEPT: usize = 1_024;

/// Hours by the text of their definition: what is written is never changed, so it is compiled once.
static HOURS: LazyLock<Mutex<HashMap<String, Arc<Hours>>>> = LazyLock::new(Mutex::default);

fn compiled(text: String, from: Time) -> Result<Arc<Hours>> {
    if let Some(hours) = HOURS.lock().get(&text) {
        return Ok(hours.clone());
    }
    let hours = Arc::new(parse(&text)?.compile(from)?);
    let mut kept = HOURS.lock();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(text, hours.clone());
    Ok(hours)
}

/// Versions of the calendars of a workspace, compiled.
#[derive(Clone, Debug, Default)]
pub struct Calendars(HashMap<CalendarId, Vec<Compiled>>);

impl Calendars {
    /// Every version of every calendar.
    pub fn load(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Calendars> {
        Calendars::newest(tx, workspace, i64::MAX)
    }

    /// The newest versions of every calendar: what is measured from now on needs no others.
    pub(crate) fn lately(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Calendars> {
        Calendars::newest(tx, workspace, LATE)
    }

    fn newest(tx: &mut Tx<'_>, workspace: WorkspaceId, most: i64) -> Result<Calendars> {
        let mut found: HashMap<CalendarId, Vec<Compiled>> = HashMap::new();
        let rows = tx.all(
            "SELECT v.calendar_id, v.number, v.effective_from, v.definition FROM calendar_version v \
             JOIN calendar c ON c.workspace_id = v.workspace_id AND c.id = v.calendar_id \
             WHERE v.workspace_id = $1 AND v.number > c.number - $2 ORDER BY v.calendar_id, v.number",
            &[&workspace, &most],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<Time>(2)?, row.get::<String>(3)?)),
        )?;
        for (id, number, from, text) in rows {
            found.entry(id).or_default().push((number, from, compiled(text, from)?));
        }
        Ok(Calendars(found))
    }

    /// The version of one calendar that was in force at an instant, however old it is.
    pub(crate) fn one(tx: &mut Tx<'_>, workspace: WorkspaceId, id: CalendarId, at: Time) -> Result<Calendars> {
        let found = tx.first(
            "SELECT number, effective_from, definition FROM calendar_version WHERE workspace_id = $1 AND calendar_id = $2 \
             AND (effective_from <= $3 OR number = 1) ORDER BY number DESC LIMIT 1",
            &[&workspace, &id, &at],
            |row| Ok((row.get(0)?, row.get::<Time>(1)?, row.get::<String>(2)?)),
        )?;
        let Some((number, from, text)) = found else { return Ok(Calendars::default()) };
        Ok(Calendars(HashMap::from([(id, vec![(number, from, compiled(text, from)?)])])))
    }

    /// Whether the version of a calendar that was in force at an instant is among these.
    pub(crate) fn reach_back(&self, id: CalendarId, at: Time) -> bool {
        let first = self.0.get(&id).and_then(|versions| versions.first());
        first.is_some_and(|(number, from, _)| *number == 1 || *from <= at)
    }

    /// The newest version of each, in the order of their ids: what tells one state of them from another.
    pub(crate) fn numbers(&self) -> Vec<(CalendarId, i64)> {
        let newest = |versions: &[Compiled]| versions.last().map_or(0, |(number, ..)| *number);
        let mut numbers: Vec<_> = self.0.iter().map(|(id, versions)| (*id, newest(versions))).collect();
        numbers.sort_unstable();
        numbers
    }

    /// One calendar of one version, for proofs.
    #[cfg(test)]
    pub(crate) fn of(id: CalendarId, hours: Arc<Hours>) -> Calendars {
        Calendars(HashMap::from([(id, vec![(1, Time::from_micros(0), hours)])]))
    }

    /// The version of a calendar that is in force at an instant, and its hours.
    pub fn at(&self, id: CalendarId, at: Time) -> Option<(i64, Arc<Hours>)> {
        let versions = self.0.get(&id)?;
        let found = versions.iter().rev().find(|(_, from, _)| *from <= at).or(versions.first())?;
        Some((found.0, found.2.clone()))
    }
}
