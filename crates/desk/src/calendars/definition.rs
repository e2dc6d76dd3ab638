//! What a calendar says: zone, weekly hours, holidays, extra hours; checked when it is saved.
//! Rule: whatever is wrong is refused with its place and its reason; what was in force stays.

use std::collections::BTreeMap;

use base::text::Line;
use base::{Code, Error, Kind, Result, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hours::{Change, FIRST_YEAR, Hours, LAST_YEAR, MINUTE, Piece, day, merged, week};

/// The calendar does not hold together.
pub static BAD_CALENDAR: Code = Code::new(
    Kind::Unprocessable,
    "bad_calendar",
    "The calendar was not saved; the one in force stays.",
    "Put right what `fields` names, then save again.",
);
/// Holidays and extra days a calendar has at most.
const MOST_DAYS: usize = 1_000;
/// Intervals of a week at most.
const MOST_INTERVALS: usize = 70;

base::words! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

/// Hours that come back every week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The day they begin.
    pub day: Weekday,
    /// The beginning on the wall clock, as in `09:00`.
    pub from: String,
    /// The end, as in `17:30` or `24:00`; earlier than the beginning means on the next day.
    pub to: String,
}

/// A day, or part of one, on which nobody works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The date, as in `2026-12-24`.
    pub date: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line<120>>,
    /// Where it begins, when it is not the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where it ends, when it is not the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether it comes back every year.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub yearly: bool,
}

/// Hours that are worked on one date beside the usual ones, holiday or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraHours {
    /// The date.
    pub date: String,
    /// The beginning.
    pub from: String,
    /// The end; earlier than the beginning means on the next day.
    pub to: String,
}

/// What a calendar version says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The zone of its wall clock, as in `Europe/Berlin`.
    pub zone: String,
    /// Whether it works around the clock; then it has nothing else.
    #[serde(default)]
    pub always: bool,
    /// The usual week.
    #[serde(default)]
    pub week: Vec<Interval>,
    /// Days off.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Hours on.
    #[serde(default)]
    pub extra: Vec<ExtraHours>,
}

impl Definition {
    /// Checks it and compiles its hours; `from` is when it comes into force.
    pub fn compile(&self, from: Time) -> Result<Hours> {
        let mut wrong = Vec::new();
        let zone = TimeZone::get(&self.zone);
        if zone.is_err() || self.zone.len() > 60 {
            wrong.push((
                "/zone".to_owned(),
                "unknown_zone",
                "is no zone of the IANA list, such as `Europe/Berlin`".to_owned(),
            ));
        }
        self.check_counts(&mut wrong);
        if wrong.is_empty() {
            self.check_week(&mut wrong);
            self.check_days(&mut wrong);
        }
        let zone = zone.unwrap_or(TimeZone::UTC);
        if !wrong.is_empty() {
            return Err(refused(wrong));
        }
        if self.always {
            return Ok(Hours::always());
        }
        let hours = Hours::compile(self.week_pieces(), &self.changes(), &zone);
        if !hours.has_any_after(from) {
            let reason = "has no working time: add hours to the week, or set `always`".to_owned();
            return Err(refused(vec![("/week".to_owned(), "no_working_time", reason)]));
        }
        Ok(hours)
    }

    fn check_counts(&self, wrong: &mut Vec<Wrong>) {
        let sizes = [
            ("/week", self.week.len(), MOST_INTERVALS),
            ("/holidays", self.holidays.len(), MOST_DAYS),
            ("/extra", self.extra.len(), MOST_DAYS),
        ];
        for (place, size, most) in sizes {
            if size > most {
                wrong.push((place.to_owned(), "too_many", format!("takes at most {most}")));
            }
            if self.always && size > 0 {
                let reason = "contradicts `always`: a calendar around the clock has no hours of its own".to_owned();
                wrong.push((place.to_owned(), "contradiction", reason));
            }
        }
    }

    fn check_week(&self, wrong: &mut Vec<Wrong>) {
        let mut taken: Vec<(Piece, usize)> = Vec::new();
        for (index, interval) in self.week.iter().enumerate() {
            let place = format!("/week/{index}");
            let Some((from, to)) = check_times(&place, &interval.from, &interval.to, wrong) else { continue };
            for piece in in_week(interval.day, (from, to)) {
                let other = taken.iter().find(|(known, with)| *with != index && known.0 < piece.1 && piece.0 < known.1);
                if let Some(with) = other.and_then(|(_, with)| self.week.get(*with)) {
                    let reason = format!("overlaps the hours from {} to {}", with.from, with.to);
                    wrong.push((place.clone(), "overlap", reason));
                }
                taken.push((piece, index));
            }
        }
    }

    fn check_days(&self, wrong: &mut Vec<Wrong>) {
        for (index, holiday) in self.holidays.iter().enumerate() {
            let place = format!("/holidays/{index}");
            check_date(&place, &holiday.date, wrong);
            match (&holiday.from, &holiday.to) {
                (None, None) => {}
                (Some(from), Some(to)) => {
                    let times = check_times(&place, from, to, wrong);
                    if times.is_some_and(|(_, to)| to > day()) {
                        let reason = "ends on its own day; write the rest as a holiday of the next day".to_owned();
                        wrong.push((format!("{place}/to"), "past_midnight", reason));
                    }
                }
                _ => {
                    let reason = "has `from` and `to`, or neither for the whole day".to_owned();
                    wrong.push((place, "half_a_range", reason));
                }
            }
        }
        for (index, extra) in self.extra.iter().enumerate() {
            let place = format!("/extra/{index}");
            check_date(&place, &extra.date, wrong);
            check_times(&place, &extra.from, &extra.to, wrong);
        }
    }

    /// The usual week in pieces from Monday's midnight.
    fn week_pieces(&self) -> Vec<Piece> {
        let all = self.week.iter().filter_map(|interval| Some((interval.day, times(&interval.from, &interval.to)?)));
        merged(all.flat_map(|(day, piece)| in_week(day, piece)).collect())
    }

    /// What is different, by date.
    fn changes(&self) -> BTreeMap<Date, Change> {
        let mut changes: BTreeMap<Date, Change> = BTreeMap::new();
        for holiday in &self.holidays {
            let Some(first) = date(&holiday.date) else { continue };
            let piece = match (&holiday.from, &holiday.to) {
                (Some(from), Some(to)) => times(from, to).unwrap_or((0, day())),
                _ => (0, day()),
            };
            let years = if holiday.yearly { first.year()..=LAST_YEAR } else { first.year()..=first.year() };
            for at in years.filter_map(|year| Date::new(year, first.month(), first.day()).ok()) {
                changes.entry(at).or_default().closed.push(piece);
            }
        }
        for extra in &self.extra {
            let (Some(at), Some((from, to))) = (date(&extra.date), times(&extra.from, &extra.to)) else { continue };
            changes.entry(at).or_default().extra.push((from, to.min(day())));
            if let (true, Ok(next)) = (to > day(), at.tomorrow()) {
                changes.entry(next).or_default().extra.push((0, to - day()));
            }
        }
        changes
    }
}

/// A place, the kind of mistake, and the reason.
type Wrong = (String, &'static str, String);

fn refused(wrong: Vec<Wrong>) -> Error {
    let all = wrong.into_iter().take(20);
    all.fold(BAD_CALENDAR.error(), |error, (place, code, reason)| error.field(place, code, reason))
}

fn check_date(place: &str, text: &str, wrong: &mut Vec<Wrong>) {
    if date(text).is_none() {
        let reason = format!("is a date of the years {FIRST_YEAR} to {LAST_YEAR}, as in 2026-12-24");
        wrong.push((format!("{place}/date"), "bad_date", reason));
    }
}

fn check_times(place: &str, from: &str, to: &str, wrong: &mut Vec<Wrong>) -> Option<Piece> {
    for (name, text, is_end) in [("from", from, false), ("to", to, true)] {
        if minutes(text).is_none_or(|at| !is_end && at >= day()) {
            wrong.push((
                format!("{place}/{name}"),
                "bad_time",
                "is a time of the day, as in 09:00 (an end may be 24:00)".to_owned(),
            ));
        }
    }
    if from == to {
        wrong.push((format!("{place}/to"), "empty", "is the same as the beginning".to_owned()));
        return None;
    }
    times(from, to)
}

/// A date within the years a calendar knows.
pub(crate) fn date(text: &str) -> Option<Date> {
    let found: Date = text.parse().ok()?;
    (text.len() == 10 && (FIRST_YEAR..=LAST_YEAR).contains(&found.year())).then_some(found)
}

/// A reading of the wall clock in microseconds from midnight.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let is_digits = |part: &str| part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_digit());
    if !is_digits(hours) || !is_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_time = (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
    is_time.then_some((hours * 60 + minutes) * MINUTE)
}

/// A range of the wall clock; its end may lie on the next day.
fn times(from: &str, to: &str) -> Option<Piece> {
    let (from, to) = (minutes(from)?, minutes(to)?);
    Some((from, if to <= from { to + day() } else { to }))
}

/// A day's range in the week; what runs over Sunday's end comes back on Monday.
fn in_week(weekday: Weekday, (from, to): Piece) -> Vec<Piece> {
    let start = weekday as i64 * day();
    let (from, to) = (start + from, start + to);
    if to <= week() { vec![(from, to)] } else { vec![(from, week()), (0, to - week())] }
}
