//! Holidays from an iCalendar file (RFC 5545): whole-day and timed events of one day or more, once or every year.
//! Rule: what is not understood is refused with its line, never skipped in silence.

use base::text::Line;
use base::{Code, Error, Kind, Result};
use jiff::ToSpan;
use jiff::civil::{Date, Time as WallTime};

use super::definition::Holiday;
use super::hours::{FIRST_YEAR, LAST_YEAR};

/// The file could not be read as holidays.
pub static BAD_ICALENDAR: Code = Code::new(
    Kind::Unprocessable,
    "bad_icalendar",
    "This is no iCalendar file of holidays.",
    "Look at the line named in `fields`; send a file with VEVENTs that have DTSTART and SUMMARY.",
);
/// Days one event may last.
const LONGEST: i32 = 60;

/// One event while it is read.
#[derive(Default)]
struct Event {
    line: usize,
    start: Option<(Date, Option<WallTime>)>,
    end: Option<(Date, Option<WallTime>)>,
    /// Whole days it lasts, when that is said in place of its end.
    lasts: Option<i32>,
    /// Days on which it does not take place, and the line that says so.
    left_out: Vec<(usize, Date)>,
    name: Option<Line<120>>,
    yearly: bool,
    is_cancelled: bool,
}

/// Reads the holidays of a file.
pub fn holidays(text: &str) -> Result<Vec<Holiday>> {
    let mut found = Vec::new();
    let mut event: Option<Event> = None;
    let mut is_calendar = false;
    for (number, line) in unfolded(text) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
        match (name.to_ascii_uppercase().as_str(), &mut event) {
            ("BEGIN", _) if value.eq_ignore_ascii_case("VCALENDAR") => is_calendar = true,
            ("BEGIN", slot) if value.eq_ignore_ascii_case("VEVENT") => {
                *slot = Some(Event { line: number, ..Event::default() });
            }
            ("END", slot) if value.eq_ignore_ascii_case("VEVENT") => {
                if let Some(done) = slot.take() {
                    found.extend(done.days()?);
                }
            }
            (_, None) => {}
            ("DTSTART", Some(open)) => open.start = Some(moment(number, parameters, value)?),
            ("DTEND", Some(open)) => open.end = Some(moment(number, parameters, value)?),
            ("DURATION", Some(open)) => open.lasts = Some(whole_days(number, value)?),
            ("EXDATE", Some(open)) => {
                for day in value.split(',') {
                    open.left_out.push((number, moment(number, parameters, day.trim())?.0));
                }
            }
            ("RDATE", Some(_)) => {
                return Err(wrong(number, "adds more dates; write each as an event of its own"));
            }
            ("SUMMARY", Some(open)) => open.name = Line::new(&unescaped(value)).ok(),
            ("STATUS", Some(open)) => open.is_cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            ("RRULE", Some(open)) => open.yearly = every_year(number, value)?,
            _ => {}
        }
    }
    if !is_calendar || event.is_some() {
        return Err(wrong(1, "begins with BEGIN:VCALENDAR and ends every event it begins"));
    }
    Ok(found)
}

impl Event {
    /// The days of an event, each a holiday.
    fn days(self) -> Result<Vec<Holiday>> {
        if self.is_cancelled {
            return Ok(Vec::new());
        }
        let Some((first, from)) = self.start else { return Err(wrong(self.line, "has no DTSTART")) };
        if let Some((line, _)) = self.left_out.first().filter(|_| self.yearly) {
            return Err(wrong(*line, "leaves out a year; write each date as an event of its own"));
        }
        if self.left_out.iter().any(|(_, day)| *day == first) {
            return Ok(Vec::new());
        }
        let end = match (self.end, self.lasts) {
            (Some(_), Some(_)) => return Err(wrong(self.line, "has both DTEND and DURATION")),
            (None, Some(days)) => first.checked_add(days.days()).ok().map(|end| (end, from)),
            (end, None) => end,
        };
        let (last, to) = match end {
            None => (first, None),
            Some((end, None)) => (end.yesterday().unwrap_or(end).max(first), None),
            Some((end, to)) => (end, to),
        };
        let length = last.since(first).map_or(-1, |span| span.get_days());
        if !(0..LONGEST).contains(&length) {
            return Err(wrong(self.line, "ends before it begins, or lasts longer than 60 days"));
        }
        if !(FIRST_YEAR..=LAST_YEAR).contains(&first.year()) {
            return Err(wrong(self.line, "lies outside the years a calendar knows"));
        }
        let text = |time: WallTime| format!("{:02}:{:02}", time.hour(), time.minute());
        let mut days = Vec::new();
        for offset in 0..=length {
            let Ok(date) = first.checked_add(offset.days()) else { break };
            let begins = if offset == 0 { from } else { None };
            let ends = if offset == length { to } else { None };
            let is_empty_end = ends == Some(WallTime::midnight());
            if is_empty_end && offset > 0 {
                break;
            }
            let is_whole = begins.is_none_or(|at| at == WallTime::midnight()) && ends.is_none();
            days.push(Holiday {
                date: date.to_string(),
                name: self.name.clone(),
                from: (!is_whole).then(|| begins.map_or_else(|| "00:00".to_owned(), text)),
                to: (!is_whole).then(|| ends.map_or_else(|| "24:00".to_owned(), text)),
                yearly: self.yearly,
            });
        }
        Ok(days)
    }
}

/// Lines with their numbers; a line that begins with a blank goes on with the one before.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ => lines.push((index + 1, line.to_owned())),
        }
    }
    lines
}

fn moment(line: usize, parameters: &str, value: &str) -> Result<(Date, Option<WallTime>)> {
    let bad = || wrong(line, "is a date as in 20261224, or a local time as in 20261224T130000");
    let (day, time) = value.split_once('T').map_or((value, None), |(day, time)| (day, Some(time)));
    if !day.is_ascii() || day.len() != 8 || parameters.to_ascii_uppercase().contains("VALUE=PERIOD") {
        return Err(bad());
    }
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i16>().ok()).ok_or_else(bad);
    let small = |text: Option<&str>| text.and_then(|text| text.parse::<i8>().ok()).ok_or_else(bad);
    let date = Date::new(number(day.get(..4))?, small(day.get(4..6))?, small(day.get(6..8))?).map_err(|_| bad())?;
    let Some(time) = time else { return Ok((date, None)) };
    if time.ends_with(['Z', 'z']) {
        return Err(wrong(line, "is in UTC; holidays are written in the calendar's own zone"));
    }
    if parameters.to_ascii_uppercase().contains("TZID=") {
        return Err(wrong(line, "names a zone; holidays are written in the calendar's own zone, without TZID"));
    }
    let time = WallTime::new(small(time.get(..2))?, small(time.get(2..4))?, 0, 0).map_err(|_| bad())?;
    Ok((date, Some(time)))
}

/// The days of a duration of whole days or weeks: `P3D`, `P1W`.
fn whole_days(line: usize, value: &str) -> Result<i32> {
    let value = value.trim().to_ascii_uppercase();
    let value = value.strip_prefix('+').unwrap_or(&value);
    let number = |text: &str| text.parse::<i32>().ok().filter(|days| (1..=LONGEST).contains(days));
    let days = value.strip_prefix('P').and_then(|rest| match rest.strip_suffix('W') {
        Some(weeks) => number(weeks).map(|weeks| weeks * 7),
        None => number(rest.strip_suffix('D')?),
    });
    days.ok_or_else(|| wrong(line, "is no number of whole days as in P3D, or weeks as in P1W; write DTEND"))
}

/// Whether a rule says nothing but "every year".
fn every_year(line: usize, rule: &str) -> Result<bool> {
    let mut is_yearly = false;
    for part in rule.split(';') {
        match part.split_once('=').map(|(name, value)| (name.to_ascii_uppercase(), value.to_ascii_uppercase())) {
            Some((name, value)) if name == "FREQ" && value == "YEARLY" => is_yearly = true,
            Some((name, value)) if name == "INTERVAL" && value == "1" => {}
            Some((name, _)) if ["BYMONTH", "BYMONTHDAY", "WKST"].contains(&name.as_str()) => {}
            _ => return Err(wrong(line, "repeats in a way that is not read; write each date as an event of its own")),
        }
    }
    Ok(is_yearly)
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
}

fn wrong(line: usize, reason: &str) -> Error {
    BAD_ICALENDAR.error().field(format!("/lines/{line}"), "bad_line", reason)
}
