//! Working time of one calendar version, compiled: how much of it lies between two instants, and which instant comes after
//! so much of it.
//! Rule: an instant is worked when the clock on the wall of the calendar's zone shows working time. So a skipped hour in
//! spring is missing, a repeated one in autumn is worked twice, and no physical second ever counts more than once.

use std::collections::BTreeMap;

use base::Time;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Microseconds of a minute.
pub(crate) const MINUTE: i64 = 60_000_000;
/// Microseconds of a day of the wall clock.
const DAY: i64 = 1_440 * MINUTE;
/// Microseconds of a week of the wall clock.
const WEEK: i64 = 7 * DAY;
/// 1970 began on a Thursday; the week here begins on the Monday before.
const TO_MONDAY: i64 = 3 * DAY;
/// The first year whose holidays and changes of the clock are known.
pub(crate) const FIRST_YEAR: i16 = 1990;
/// The last such year; what would be due later is never due.
pub(crate) const LAST_YEAR: i16 = 2100;

/// A stretch of the wall clock, from included, to excluded, in microseconds.
pub(crate) type Piece = (i64, i64);

/// What is different on a date, from its midnight.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// What is not worked.
    pub(crate) closed: Vec<Piece>,
    /// What is worked all the same.
    pub(crate) extra: Vec<Piece>,
}

/// A day that differs from its weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Special {
    /// Its midnight on the wall clock.
    start: i64,
    /// What is worked on it, from midnight.
    pieces: Vec<Piece>,
    /// What it adds to (or takes from) what the week alone would have given, this and all days before.
    sum: i64,
}

/// A stretch of time between two changes of the zone's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// Its first instant.
    from: i64,
    /// What the wall clock is ahead of UTC.
    offset: i64,
    /// What has to be added to the wall clock's count so that jumps of the clock give and take nothing.
    shift: i64,
}

/// The working time of one calendar version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Around the clock: the rest is empty.
    is_always: bool,
    /// What is worked in a usual week, from Monday's midnight, in order.
    week: Vec<Piece>,
    /// What a usual week has.
    week_sum: i64,
    /// Days that differ, in order.
    specials: Vec<Special>,
    /// The zone's offsets, in order; the first begins before everything.
    spans: Vec<Span>,
}

impl Hours {
    /// Around the clock.
    pub fn always() -> Hours {
        Hours { is_always: true, week: Vec::new(), week_sum: 0, specials: Vec::new(), spans: Vec::new() }
    }

    /// Hours of a usual week and of the dates that differ, in a zone.
    pub(crate) fn compile(week: Vec<Piece>, changes: &BTreeMap<Date, Change>, zone: &TimeZone) -> Hours {
        let mut hours = Hours { is_always: false, week_sum: sum(&week), week, specials: Vec::new(), spans: Vec::new() };
        hours.specials = hours.specials_of(changes);
        hours.spans = hours.spans_of(zone);
        hours
    }

    /// Working microseconds between two instants; nothing when they are the wrong way round.
    pub fn between(&self, from: Time, to: Time) -> i64 {
        if to <= from {
            return 0;
        }
        self.worked_until(to.micros()) - self.worked_until(from.micros())
    }

    /// The first instant at which so much was worked since `from`; `None` when that is never.
    pub fn after(&self, from: Time, working: i64) -> Option<Time> {
        if working <= 0 {
            return Some(from);
        }
        if self.is_always {
            return from.micros().checked_add(working).filter(|at| *at < end()).map(Time::from_micros);
        }
        let wanted = self.worked_until(from.micros()).saturating_add(working);
        let (mut before, mut step) = (from.micros(), working);
        let mut at = before.saturating_add(step).min(end());
        while self.worked_until(at) < wanted {
            if at >= end() {
                return None;
            }
            before = at;
            step = step.saturating_mul(2);
            at = at.saturating_add(step).min(end());
        }
        while at - before > 1 {
            let middle = before + (at - before) / 2;
            if self.worked_until(middle) < wanted { before = middle } else { at = middle }
        }
        Some(Time::from_micros(at))
    }

    /// Whether an instant is worked.
    pub fn is_open(&self, at: Time) -> bool {
        self.between(at, Time::from_micros(at.micros().saturating_add(1))) > 0
    }

    /// When it opens next; now when it is open.
    pub fn opens_at(&self, at: Time) -> Option<Time> {
        if self.is_open(at) { Some(at) } else { self.after(at, 1).map(|at| Time::from_micros(at.micros() - 1)) }
    }

    /// When it closes next; `None` when it is closed, or for a long time does not.
    pub fn closes_at(&self, at: Time) -> Option<Time> {
        let most = at.plus_days(366);
        if !self.is_open(at) || self.between(at, most) == most.micros_since(at) {
            return None;
        }
        let (mut open, mut closed) = (at.micros(), most.micros());
        while closed - open > 1 {
            let middle = open + (closed - open) / 2;
            let is_through = self.between(at, Time::from_micros(middle)) == middle - at.micros();
            if is_through { open = middle } else { closed = middle }
        }
        Some(Time::from_micros(open))
    }

    /// Whether there is any working time after an instant.
    pub(crate) fn has_any_after(&self, at: Time) -> bool {
        self.after(at, 1).is_some()
    }

    /// Working time from the beginning of time to an instant: two steps into sorted lists, whatever the year.
    fn worked_until(&self, at: i64) -> i64 {
        if self.is_always {
            return at;
        }
        let found = self.spans.partition_point(|span| span.from <= at);
        let span = self.spans.get(found.saturating_sub(1)).copied().unwrap_or(Span { from: 0, offset: 0, shift: 0 });
        self.on_the_wall(at.saturating_add(span.offset)).saturating_add(span.shift)
    }

    /// Working time on the wall clock up to a reading of it, as if it never jumped.
    fn on_the_wall(&self, local: i64) -> i64 {
        let monday = local.saturating_add(TO_MONDAY);
        let usual = monday.div_euclid(WEEK).saturating_mul(self.week_sum) + part(&self.week, monday.rem_euclid(WEEK));
        let found = self.specials.partition_point(|special| special.start.saturating_add(DAY) <= local);
        let before = found.checked_sub(1).and_then(|last| self.specials.get(last)).map_or(0, |special| special.sum);
        let today = self.specials.get(found).filter(|special| special.start <= local).map_or(0, |special| {
            let within = local - special.start;
            part(&special.pieces, within) - part(&self.usual_day(special.start), within)
        });
        usual + before + today
    }

    /// What the week alone gives a day.
    fn usual_day(&self, start: i64) -> Vec<Piece> {
        let from = start.saturating_add(TO_MONDAY).rem_euclid(WEEK);
        let cut = |(one, other): &Piece| ((one - from).max(0), (other - from).min(DAY));
        self.week.iter().map(cut).filter(|(one, other)| one < other).collect()
    }

    /// The days that differ: holidays take from the usual day, extra hours add to what is left.
    fn specials_of(&self, changes: &BTreeMap<Date, Change>) -> Vec<Special> {
        let mut sum_before = 0;
        let mut specials = Vec::new();
        for (date, change) in changes {
            let start = midnight(*date);
            let usual = self.usual_day(start);
            let mut pieces = usual.clone();
            for closed in &change.closed {
                pieces = without(&pieces, *closed);
            }
            pieces.extend(change.extra.iter().copied());
            let pieces = merged(pieces);
            sum_before += sum(&pieces) - sum(&usual);
            specials.push(Special { start, pieces, sum: sum_before });
        }
        specials
    }

    /// The zone's offsets over the years this calendar knows.
    fn spans_of(&self, zone: &TimeZone) -> Vec<Span> {
        let first = jiff::Timestamp::from_microsecond(beginning()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let offset_at = |at| i64::from(zone.to_offset(at).seconds()) * 1_000_000;
        let mut spans = vec![Span { from: i64::MIN, offset: offset_at(first), shift: 0 }];
        let last_offset = |spans: &[Span]| spans.last().map_or((0, 0), |span| (span.offset, span.shift));
        for change in zone.following(first) {
            let at = change.timestamp().as_microsecond();
            if at >= end() {
                break;
            }
            let (before, shift) = last_offset(&spans);
            let offset = i64::from(change.offset().seconds()) * 1_000_000;
            let jumped = self.on_the_wall(at + before) - self.on_the_wall(at + offset);
            spans.push(Span { from: at, offset, shift: shift + jumped });
        }
        spans
    }
}

/// The midnight of a date on the wall clock.
fn midnight(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = date.since(epoch).map_or(0, |span| i64::from(span.get_days()));
    days * DAY
}

/// The beginning of the first year.
fn beginning() -> i64 {
    midnight(jiff::civil::date(FIRST_YEAR, 1, 1))
}

/// The end of the last year.
fn end() -> i64 {
    midnight(jiff::civil::date(LAST_YEAR, 12, 31))
}

fn sum(pieces: &[Piece]) -> i64 {
    pieces.iter().map(|(from, to)| to - from).sum()
}

/// What lies before a place.
fn part(pieces: &[Piece], place: i64) -> i64 {
    pieces.iter().take_while(|(from, _)| *from < place).map(|(from, to)| place.min(*to) - from).sum()
}

/// Pieces without a stretch.
fn without(pieces: &[Piece], (from, to): Piece) -> Vec<Piece> {
    let halves = pieces.iter().flat_map(|(one, other)| [(*one, (*other).min(from)), ((*one).max(to), *other)]);
    halves.filter(|(one, other)| one < other).collect()
}

/// Pieces in order, those that touch or overlap as one.
pub(crate) fn merged(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_unstable();
    let mut done: Vec<Piece> = Vec::with_capacity(pieces.len());
    for (from, to) in pieces {
        match done.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => done.push((from, to)),
        }
    }
    done
}

/// The week's length, for those who cut pieces out of it.
pub(crate) const fn week() -> i64 {
    WEEK
}

/// The day's length on the wall clock.
pub(crate) const fn day() -> i64 {
    DAY
}
