//! The doors of calendars.

use base::text::Line;
use base::{Page, Time};
use serde::{Deserialize, Serialize};
use trust::{Cx, PageQuery};
use utoipa::ToSchema;
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::calendar::{Calendar, CalendarId, CalendarNoun, Calendars, Changes, Versioned};
use super::definition::{Definition, Holiday};
use super::importing;

const CALENDARS: &str = "/api/v1/calendars";
const CALENDAR: &str = "/api/v1/calendars/{id}";
const READ: Access = Access::Member("settings:read");
const WRITE: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, CALENDARS, "listCalendars", READ, list)
            .about("The calendars of the workspace, each with its newest version.")
            .query::<PageQuery>()
            .gives::<Page<CalendarOut>>(200),
        Op::new(Method::Post, CALENDARS, "createCalendar", WRITE, create)
            .about("Makes a calendar.")
            .takes::<NewCalendar>()
            .gives::<CalendarOut>(201),
        Op::new(Method::Get, CALENDAR, "getCalendar", READ, get).about("Reads a calendar.").gives::<CalendarOut>(200),
        Op::new(Method::Patch, CALENDAR, "changeCalendar", WRITE, change)
            .about("Renames a calendar or gives it a new version; what was measured by the old one stays.")
            .takes::<CalendarPatch>()
            .versioned()
            .gives::<CalendarOut>(200),
        Op::new(Method::Get, "/api/v1/calendars/{id}/versions", "listCalendarVersions", READ, versions)
            .about("The versions of a calendar, newest first, 100 at most.")
            .gives::<Page<CalendarVersionOut>>(200),
        Op::new(Method::Get, "/api/v1/calendars/{id}/opening", "getCalendarOpening", trust::access::ANYBODY, opening)
            .about("Whether a calendar is open now, and when it opens or closes next.")
            .gives::<OpeningOut>(200),
        Op::new(Method::Post, "/api/v1/calendars/holidays", "readHolidays", WRITE, read_holidays)
            .about("Reads the holidays of an iCalendar file, to be put into a calendar; stores nothing.")
            .takes::<ICalendarIn>()
            .gives::<Page<Holiday>>(200),
    ]
}

/// A calendar to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCalendar {
    /// Its name.
    name: Line<120>,
    /// What it says.
    definition: Definition,
}

/// Changes to a calendar; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CalendarPatch {
    /// A new name.
    name: Option<Line<120>>,
    /// What its next version says.
    definition: Option<Definition>,
    /// From when on the next version counts; now when absent, never in the past.
    effective_from: Option<Time>,
}

/// A calendar with its newest version.
#[derive(Serialize, ToSchema)]
struct CalendarOut {
    /// The id.
    id: CalendarId,
    /// The name.
    name: String,
    /// The number of the newest version.
    number: i64,
    /// From when on that version is in force.
    effective_from: Time,
    /// What it says.
    definition: Definition,
    /// The version of the row, for `If-Match`.
    version: i64,
}

/// A version of a calendar.
#[derive(Serialize, ToSchema)]
struct CalendarVersionOut {
    /// Its number.
    number: i64,
    /// From when on it is in force.
    effective_from: Time,
    /// What it says.
    definition: Definition,
}

/// Whether a calendar is open.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpeningOut {
    /// Whether it is open now.
    is_open: bool,
    /// When it opens next; absent when it is open.
    opens_at: Option<Time>,
    /// When it closes next; absent when it is closed or works around the clock.
    closes_at: Option<Time>,
}

/// An iCalendar file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ICalendarIn {
    /// The text of the file.
    #[schema(max_length = 262_144)]
    text: String,
}

impl From<Calendar> for CalendarOut {
    fn from(calendar: Calendar) -> CalendarOut {
        CalendarOut {
            id: calendar.id,
            name: calendar.name,
            number: calendar.number,
            effective_from: calendar.effective_from,
            definition: calendar.definition,
            version: calendar.version,
        }
    }
}

impl From<Versioned> for CalendarVersionOut {
    fn from(version: Versioned) -> CalendarVersionOut {
        let Versioned { number, effective_from, definition } = version;
        CalendarVersionOut { number, effective_from, definition }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<CalendarOut>>> {
    let found = cx.read(move |tx, cx| Calendar::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(CalendarOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewCalendar>) -> web::Result<Created<CalendarOut>> {
    let made = cx.write(move |tx, cx| Calendar::create(tx, cx, &new.name, new.definition.clone())).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn get(cx: Cx, PathId(id): PathId<CalendarNoun>) -> web::Result<Reply<CalendarOut>> {
    let found = cx.read(move |tx, cx| Calendar::find(tx, cx.workspace(), id)).await?;
    let version = found.version;
    Ok(Reply::versioned(found.into(), version))
}

async fn change(
    cx: Cx,
    PathId(id): PathId<CalendarNoun>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<CalendarPatch>,
) -> web::Result<Reply<CalendarOut>> {
    let changes = Changes { name: patch.name, definition: patch.definition, effective_from: patch.effective_from };
    let changed = cx.write(move |tx, cx| Calendar::change(tx, cx, id, seen, &changes)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed.into(), version))
}

async fn versions(cx: Cx, PathId(id): PathId<CalendarNoun>) -> web::Result<Reply<Page<CalendarVersionOut>>> {
    let found = cx.read(move |tx, cx| {
        Calendar::find(tx, cx.workspace(), id)?;
        Calendar::versions(tx, cx.workspace(), id)
    });
    let items = found.await?.into_iter().map(CalendarVersionOut::from).collect();
    Ok(Reply::new(Page { items, next: None }))
}

async fn opening(cx: Cx, PathId(id): PathId<CalendarNoun>) -> web::Result<Reply<OpeningOut>> {
    let now = cx.env().now();
    let calendars = cx.read(|tx, cx| cx.remembered(tx, |tx| Calendars::load(tx, cx.workspace()))).await?;
    let (_, hours) = calendars.at(id, now).ok_or_else(|| web::NOT_FOUND.error())?;
    let is_open = hours.is_open(now);
    let opens_at = if is_open { None } else { hours.opens_at(now) };
    Ok(Reply::new(OpeningOut { is_open, opens_at, closes_at: hours.closes_at(now) }))
}

async fn read_holidays(_: Cx, Json { value: file, .. }: Json<ICalendarIn>) -> web::Result<Reply<Page<Holiday>>> {
    Ok(Reply::new(Page { items: importing::holidays(&file.text)?, next: None }))
}
