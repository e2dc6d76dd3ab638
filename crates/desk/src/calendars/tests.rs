//! Calendars against the clock on the wall: a second implementation that reads it for every second.

use base::Time;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::definition::{Definition, ExtraHours, Holiday, Interval, Weekday};
use super::{BAD_CALENDAR, Hours, holidays_of_icalendar};

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn compile(definition: &Definition) -> Hours {
    definition.compile(at("2020-01-01T00:00:00Z")).unwrap()
}

fn week(zone: &str, intervals: &[(Weekday, &str, &str)]) -> Definition {
    let interval = |(day, from, to): &(Weekday, &str, &str)| Interval {
        day: *day,
        from: (*from).to_owned(),
        to: (*to).to_owned(),
    };
    Definition {
        zone: zone.to_owned(),
        always: false,
        week: intervals.iter().map(interval).collect(),
        holidays: Vec::new(),
        extra: Vec::new(),
    }
}

fn reading(text: &str) -> i32 {
    let (hours, minutes) = text.split_once(':').unwrap();
    hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap()
}

/// Whether a date and a minute of it fall into a range that begins on `day`.
fn falls(date: jiff::civil::Date, minute: i32, day: jiff::civil::Date, from: &str, to: &str) -> bool {
    let (from, to) = (reading(from), reading(to));
    let to = if to <= from { to + 1_440 } else { to };
    let days = date.since(day).unwrap().get_days();
    let minute = days * 1_440 + minute;
    from <= minute && minute < to
}

/// Whether a second is worked, the slow and obvious way.
pub(crate) fn is_worked(definition: &Definition, zone: &TimeZone, second: i64) -> bool {
    if definition.always {
        return true;
    }
    let local = zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
    let (date, minute) = (local.date(), i32::from(local.hour()) * 60 + i32::from(local.minute()));
    let is_extra = |extra: &ExtraHours| falls(date, minute, extra.date.parse().unwrap(), &extra.from, &extra.to);
    if definition.extra.iter().any(is_extra) {
        return true;
    }
    let is_off = |holiday: &Holiday| {
        let first: jiff::civil::Date = holiday.date.parse().unwrap();
        let is_day = date == first
            || (holiday.yearly && date >= first && (date.month(), date.day()) == (first.month(), first.day()));
        let from = holiday.from.as_deref().map_or(0, reading);
        let to = holiday.to.as_deref().map_or(1_440, reading);
        is_day && from <= minute && minute < to
    };
    if definition.holidays.iter().any(is_off) {
        return false;
    }
    [date, date.yesterday().unwrap()].into_iter().any(|day| {
        let weekday = i64::from(day.weekday().to_monday_zero_offset());
        definition
            .week
            .iter()
            .any(|interval| interval.day as i64 == weekday && falls(date, minute, day, &interval.from, &interval.to))
    })
}

/// Working microseconds between two whole seconds, one second after the other.
fn stepped(definition: &Definition, from: Time, to: Time) -> i64 {
    let zone = TimeZone::get(&definition.zone).unwrap();
    let worked = (from.seconds()..to.seconds()).filter(|second| is_worked(definition, &zone, *second)).count();
    i64::try_from(worked).unwrap() * 1_000_000
}

/// Days on which clocks change somewhere, and quiet ones.
const DAYS: [&str; 10] = [
    "2026-03-28",
    "2026-10-24",
    "2026-03-07",
    "2026-10-31",
    "2026-04-04",
    "2026-10-03",
    "2027-12-30",
    "2024-02-28",
    "2026-06-15",
    "2026-03-21",
];
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "America/St_Johns",
    "UTC",
    "Africa/Casablanca",
];

fn clock(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn intervals() -> impl Strategy<Value = Vec<Interval>> {
    let one = (0..7_usize, 0..96_i32, 1..60_i32);
    prop::collection::vec(one, 1..8).prop_map(|found| {
        let mut taken = [false; 7 * 96];
        let mut chosen = Vec::new();
        for (day, from, length) in found {
            let length = length.min(95);
            let quarters: Vec<usize> =
                (0..length).map(|step| (day * 96 + usize::try_from(from + step).unwrap()) % (7 * 96)).collect();
            if quarters.iter().any(|quarter| taken[*quarter]) {
                continue;
            }
            quarters.iter().for_each(|quarter| taken[*quarter] = true);
            let end = from + length;
            let to = if end <= 96 { end } else { end - 96 };
            chosen.push(Interval { day: Weekday::ALL[day], from: clock(from * 15), to: clock(to * 15) });
        }
        chosen
    })
}

prop_compose! {
    /// A calendar with anything in it.
    pub(crate) fn definitions()(
        zone in prop::sample::select(ZONES.as_slice()),
        week in intervals(),
        holidays in prop::collection::vec((prop::sample::select(DAYS.as_slice()), 0..3_i64, any::<bool>(), 0..23_i32, any::<bool>()), 0..4),
        extra in prop::collection::vec((prop::sample::select(DAYS.as_slice()), 0..3_i64, 0..24_i32, 1..24_i32), 0..3),
    ) -> Definition {
        let later = |day: &str, days: i64| {
            day.parse::<jiff::civil::Date>().unwrap().checked_add(jiff::Span::new().days(days)).unwrap().to_string()
        };
        Definition {
            zone: zone.to_owned(),
            always: false,
            week,
            holidays: holidays.into_iter().map(|(day, days, whole, from, yearly)| Holiday {
                date: later(day, days),
                name: None,
                from: (!whole).then(|| clock(from * 60)),
                to: (!whole).then(|| clock(from * 60 + 45)),
                yearly,
            }).collect(),
            extra: extra.into_iter().map(|(day, days, from, length)| ExtraHours {
                date: later(day, days),
                from: clock(from * 60),
                to: clock((from + length) % 24 * 60),
            }).filter(|extra| extra.from != extra.to).collect(),
        }
    }
}

/// An instant near a day on which something happens.
pub(crate) fn instants() -> impl Strategy<Value = Time> {
    (prop::sample::select(DAYS.as_slice()), 0..3 * 86_400_i64)
        .prop_map(|(day, seconds)| at(&format!("{day}T00:00:00Z")).plus_seconds(seconds))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn working_time_is_what_the_wall_clock_says_second_by_second(
        definition in definitions(), from in instants(), length in 0..40_000_i64,
    ) {
        let (hours, to) = (compile(&definition), from.plus_seconds(length));
        prop_assert_eq!(hours.between(from, to), stepped(&definition, from, to));
    }

    #[test]
    fn the_instant_after_some_work_is_the_first_at_which_it_is_done(
        definition in definitions(), from in instants(), working in 1..200_000_000_000_i64,
    ) {
        let hours = compile(&definition);
        if let Some(at) = hours.after(from, working) {
            prop_assert_eq!(hours.between(from, at), working);
            prop_assert_eq!(hours.between(from, Time::from_micros(at.micros() - 1)), working - 1);
        }
    }

    #[test]
    fn working_time_adds_up_wherever_it_is_cut(
        definition in definitions(), from in instants(), one in 0..400_000_000_i64, other in 0..400_000_000_i64,
    ) {
        let hours = compile(&definition);
        let (middle, to) = (from.plus_seconds(one), from.plus_seconds(one + other));
        prop_assert_eq!(hours.between(from, middle) + hours.between(middle, to), hours.between(from, to));
    }

    #[test]
    fn open_and_opening_agree_with_the_wall_clock(definition in definitions(), from in instants()) {
        let hours = compile(&definition);
        let zone = TimeZone::get(&definition.zone).unwrap();
        prop_assert_eq!(hours.is_open(from), is_worked(&definition, &zone, from.seconds()));
        if let Some(opens) = hours.opens_at(from) {
            prop_assert!(hours.is_open(opens));
            prop_assert_eq!(hours.between(from, opens), 0);
        }
        if let Some(closes) = hours.closes_at(from) {
            prop_assert!(!hours.is_open(closes));
            prop_assert_eq!(hours.between(from, closes), closes.micros_since(from));
        }
    }
}

#[test]
fn a_skipped_hour_shortens_the_shift_and_a_repeated_one_is_worked_twice() {
    let night = compile(&week("Europe/Berlin", &[(Weekday::Saturday, "22:00", "06:00")]));
    let hours = |from, to| night.between(at(from), at(to)) / 3_600_000_000;
    assert_eq!(hours("2026-03-21T12:00:00Z", "2026-03-22T12:00:00Z"), 8);
    assert_eq!(hours("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 7);
    assert_eq!(hours("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 9);
}

#[test]
fn around_the_clock_is_physical_time() {
    let always = Hours::always();
    let (from, to) = (at("2026-03-28T12:00:00Z"), at("2026-11-01T00:00:00Z"));
    assert_eq!(always.between(from, to), to.micros_since(from));
    assert_eq!(always.after(from, to.micros_since(from)), Some(to));
}

#[test]
fn years_cost_no_more_than_days() {
    let hours = compile(&week("Europe/Berlin", &[(Weekday::Monday, "09:00", "17:00")]));
    // A week has eight hours, but for those weeks whose Monday never shortens: clocks change on Sundays.
    assert_eq!(hours.between(at("2026-01-05T00:00:00Z"), at("2086-01-07T00:00:00Z")), 3_131 * 8 * 3_600_000_000);
}

#[track_caller]
fn refused(definition: &Definition, place: &str, code: &str) {
    let error = definition.compile(at("2026-01-01T00:00:00Z")).unwrap_err();
    assert_eq!(error.code(), &BAD_CALENDAR);
    assert!(error.fields().iter().any(|field| field.pointer == place && field.code == code), "{error}");
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let nine_to_five = || week("Europe/Berlin", &[(Weekday::Monday, "09:00", "17:00")]);
    refused(&Definition { zone: "Europe/Atlantis".to_owned(), ..nine_to_five() }, "/zone", "unknown_zone");
    refused(&Definition { week: Vec::new(), ..nine_to_five() }, "/week", "no_working_time");
    refused(&Definition { always: true, ..nine_to_five() }, "/week", "contradiction");
    refused(&week("UTC", &[(Weekday::Monday, "9:00", "17:00")]), "/week/0/from", "bad_time");
    refused(&week("UTC", &[(Weekday::Monday, "09:00", "09:00")]), "/week/0/to", "empty");
    let two = [(Weekday::Monday, "09:00", "13:00"), (Weekday::Monday, "12:59", "17:00")];
    refused(&week("UTC", &two), "/week/1", "overlap");
    let around = [(Weekday::Monday, "00:00", "02:00"), (Weekday::Sunday, "22:00", "01:00")];
    refused(&week("UTC", &around), "/week/1", "overlap");
    let mut odd = nine_to_five();
    odd.holidays = vec![Holiday { date: "2026-02-30".to_owned(), name: None, from: None, to: None, yearly: false }];
    refused(&odd, "/holidays/0/date", "bad_date");
    odd.holidays[0] =
        Holiday { date: "2026-02-03".to_owned(), name: None, from: Some("10:00".to_owned()), to: None, yearly: false };
    refused(&odd, "/holidays/0", "half_a_range");
}

#[test]
fn holidays_come_out_of_an_icalendar_file() {
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n\
        SUMMARY:Christ\r\n mas\\, all\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261231T130000\r\n\
        DTEND:20261231T180000\r\nSUMMARY:Half\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let found = holidays_of_icalendar(file).unwrap();
    let shown: Vec<String> = found
        .iter()
        .map(|day| {
            format!(
                "{} {:?} {:?}-{:?} {}",
                day.date,
                day.name.as_ref().map(|name| name.to_string()),
                day.from,
                day.to,
                day.yearly
            )
        })
        .collect();
    expect_test::expect![[r#"
        [
            "2026-12-24 Some(\"Christmas, all\") None-None true",
            "2026-12-25 Some(\"Christmas, all\") None-None true",
            "2026-12-26 Some(\"Christmas, all\") None-None true",
            "2026-12-31 Some(\"Half\") Some(\"13:00\")-Some(\"18:00\") false",
        ]
    "#]]
    .assert_debug_eq(&shown);
}

/// The days of one event with these lines.
fn days_of(lines: &str) -> Result<Vec<String>, String> {
    let file = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR");
    match holidays_of_icalendar(&file) {
        Ok(found) => Ok(found.into_iter().map(|day| day.date).collect()),
        Err(error) => Err(error.fields()[0].pointer.to_string()),
    }
}

#[test]
fn a_duration_of_days_counts_and_what_is_left_out_is_left_out() {
    let three = ["2026-12-24", "2026-12-25", "2026-12-26"].map(str::to_owned).to_vec();
    assert_eq!(days_of("DTSTART;VALUE=DATE:20261224\nDURATION:P3D"), Ok(three));
    assert_eq!(days_of("DTSTART;VALUE=DATE:20261224\nDURATION:P1W").unwrap().len(), 7);
    assert_eq!(days_of("DTSTART:20261224\nEXDATE;VALUE=DATE:20261223,20261224"), Ok(Vec::new()));
    assert_eq!(days_of("DTSTART:20261224\nRRULE:FREQ=YEARLY\nEXDATE:20271224"), Err("/lines/5".to_owned()));
    assert_eq!(days_of("DTSTART:20261224T090000\nDURATION:PT4H"), Err("/lines/4".to_owned()));
    assert_eq!(days_of("DTSTART:20261224\nRDATE:20261231"), Err("/lines/4".to_owned()));
    assert_eq!(days_of("DTSTART;TZID=America/New_York:20261224T090000"), Err("/lines/3".to_owned()));
    assert_eq!(days_of("DTSTART:20261224\nDTEND:20261225\nDURATION:P1D"), Err("/lines/2".to_owned()));
}

#[test]
fn a_file_that_is_not_understood_is_refused_with_its_line() {
    let weekly = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR";
    assert_eq!(holidays_of_icalendar(weekly).unwrap_err().fields()[0].pointer, "/lines/4");
    assert!(holidays_of_icalendar("hello").is_err());
    assert!(holidays_of_icalendar("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026ü224\nEND:VEVENT").is_err());
}
