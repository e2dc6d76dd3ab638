//! Shifts: the hours of a week in which a member takes tickets, on the clocks of a zone, or those of a calendar with its
//! holidays; without shifts, any hour.
//! Rule: hours are wall-clock hours: an hour that the clocks skip does not happen, one that they repeat counts both times.

use std::sync::Arc;

use base::Time;
use jiff::civil::Time as Clock;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::Weekday;
use crate::calendars::{CalendarId, Calendars};

/// The most hours-blocks a week has.
pub(crate) const MOST_HOURS: usize = 50;

/// A stretch of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftHours {
    /// The day it begins on.
    pub day: Weekday,
    /// When it begins, as `09:00`.
    pub from: String,
    /// When it ends, as `17:30`; `24:00` is midnight, and an end before the beginning is on the next day.
    pub to: String,
}

/// When a member takes tickets.
#[derive(Clone, Debug)]
pub(crate) enum Shift {
    /// Hours of their own.
    Week(Week),
    /// The hours of one of the workspace's calendars.
    Calendar(Arc<Calendars>, CalendarId),
}

/// A member's week.
#[derive(Clone, Debug)]
pub(crate) struct Week {
    zone: TimeZone,
    /// Day (0 is Monday), first minute, first minute after, which may lie in the next day.
    hours: Vec<(i64, i64, i64)>,
}

const DAY: i64 = 24 * 60;

/// What is wrong with a week, and where.
pub(crate) struct Wrong {
    pub pointer: String,
    pub words: &'static str,
}

impl Shift {
    /// Reads a week; says what is wrong with it.
    pub(crate) fn read(zone: &str, hours: &[ShiftHours]) -> Result<Shift, Wrong> {
        let wrong = |pointer: String, words| Wrong { pointer, words };
        let zone = zone_named(zone).ok_or_else(|| wrong("/zone".to_owned(), NO_ZONE))?;
        if hours.is_empty() || hours.len() > MOST_HOURS {
            return Err(wrong("/hours".to_owned(), "takes 1 to 50 entries; DELETE takes the shifts away"));
        }
        let mut read = Vec::with_capacity(hours.len());
        for (index, entry) in hours.iter().enumerate() {
            let at = |name: &str| format!("/hours/{index}/{name}");
            let from = minutes(&entry.from).filter(|from| *from < DAY);
            let from = from.ok_or_else(|| wrong(at("from"), "takes a time of day, as `09:00`"))?;
            let to = minutes(&entry.to).ok_or_else(|| wrong(at("to"), "takes a time of day, as `17:30`"))?;
            if from == to {
                return Err(wrong(at("to"), "is the beginning: a shift takes time"));
            }
            read.push((entry.day as i64, from, if to > from { to } else { to + DAY }));
        }
        Ok(Shift::Week(Week { zone, hours: read }))
    }

    /// Whether it is on at a moment.
    pub(crate) fn is_on(&self, now: Time) -> bool {
        match self {
            Shift::Week(week) => week.is_on(now),
            Shift::Calendar(calendars, id) => calendars.at(*id, now).is_some_and(|(_, hours)| hours.is_open(now)),
        }
    }

    /// When it next begins.
    pub(crate) fn next_start(&self, now: Time) -> Option<Time> {
        match self {
            Shift::Week(week) => week.next_start(now),
            Shift::Calendar(calendars, id) => {
                let (_, hours) = calendars.at(*id, now)?;
                let closed = if hours.is_open(now) { hours.closes_at(now)? } else { now };
                hours.opens_at(closed)
            }
        }
    }
}

impl Week {
    fn is_on(&self, now: Time) -> bool {
        let Ok(stamp) = Timestamp::from_microsecond(now.micros()) else { return false };
        let local = stamp.to_zoned(self.zone.clone());
        let day = i64::from(local.weekday().to_monday_zero_offset());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        self.hours.iter().any(|(on, from, to)| {
            let same_day = day == *on && (*from..*to).contains(&minute);
            same_day || (day == (*on + 1) % 7 && minute + DAY < *to)
        })
    }

    fn next_start(&self, now: Time) -> Option<Time> {
        let stamp = Timestamp::from_microsecond(now.micros()).ok()?;
        let today = stamp.to_zoned(self.zone.clone()).date();
        let starts = (0..=7).flat_map(|days| {
            let date = today.saturating_add(Span::new().days(days));
            let day = i64::from(date.weekday().to_monday_zero_offset());
            let of_day = self.hours.iter().filter(move |(on, ..)| *on == day);
            of_day.filter_map(move |(_, from, _)| {
                let clock = Clock::new(i8::try_from(from / 60).ok()?, i8::try_from(from % 60).ok()?, 0, 0).ok()?;
                let zoned = self.zone.to_zoned(date.to_datetime(clock)).ok()?;
                Some(Time::from_micros(zoned.timestamp().as_microsecond()))
            })
        });
        starts.filter(|start| *start > now).min()
    }
}

/// What is said of a zone that is none.
pub(crate) const NO_ZONE: &str = "is no time zone; write one as `Europe/Berlin`";

/// The zone of a name.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The minutes of a time of day as `09:00`; `24:00` is the last.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten().map(i64::from);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(zone: &str, hours: &[(Weekday, &str, &str)]) -> Shift {
        let entry = |(day, from, to): &(Weekday, &str, &str)| ShiftHours {
            day: *day,
            from: (*from).to_owned(),
            to: (*to).to_owned(),
        };
        let hours: Vec<_> = hours.iter().map(entry).collect();
        Shift::read(zone, &hours).map_err(|wrong| wrong.pointer).unwrap()
    }

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn hours_are_those_of_the_zone_and_may_pass_midnight() {
        let berlin = week("Europe/Berlin", &[(Weekday::Monday, "09:00", "17:00"), (Weekday::Friday, "22:00", "06:00")]);
        // Monday, 2 March 2026: Berlin is an hour ahead of UTC.
        for (when, is_on) in [
            ("2026-03-02T07:59:59Z", false),
            ("2026-03-02T08:00:00Z", true),
            ("2026-03-02T15:59:59Z", true),
            ("2026-03-02T16:00:00Z", false),
            ("2026-03-06T21:00:00Z", true),
            ("2026-03-07T04:59:59Z", true),
            ("2026-03-07T05:00:00Z", false),
            // In summer it is two hours ahead.
            ("2026-06-01T07:00:00Z", true),
            ("2026-06-01T15:00:00Z", false),
        ] {
            assert_eq!(berlin.is_on(at(when)), is_on, "{when}");
        }
        assert_eq!(berlin.next_start(at("2026-03-02T12:00:00Z")), Some(at("2026-03-06T21:00:00Z")));
        assert_eq!(berlin.next_start(at("2026-03-06T21:00:00Z")), Some(at("2026-03-09T08:00:00Z")));
    }

    #[test]
    fn a_week_that_cannot_be_is_refused_with_its_place() {
        let hours =
            |from: &str, to: &str| vec![ShiftHours { day: Weekday::Monday, from: from.to_owned(), to: to.to_owned() }];
        let place =
            |zone: &str, hours: &[ShiftHours]| Shift::read(zone, hours).err().map(|wrong| wrong.pointer).unwrap();
        assert_eq!(place("Mars/Olympus", &hours("09:00", "17:00")), "/zone");
        assert_eq!(place("Europe/Berlin", &[]), "/hours");
        assert_eq!(place("Europe/Berlin", &hours("24:00", "17:00")), "/hours/0/from");
        assert_eq!(place("Europe/Berlin", &hours("9", "17:00")), "/hours/0/from");
        assert_eq!(place("Europe/Berlin", &hours("09:00", "25:00")), "/hours/0/to");
        assert_eq!(place("Europe/Berlin", &hours("09:00", "09:00")), "/hours/0/to");
        assert!(Shift::read("UTC", &hours("00:00", "24:00")).is_ok());
    }
}
