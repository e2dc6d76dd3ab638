//! Brakes: how much one sender writes, counted in this process and bounded.
//! Rule: what is counted is a sender's hash and a few numbers; when there are too many senders, the stalest is forgotten.

use std::collections::HashMap;

use base::Time;
use parking_lot::Mutex;
use uuid::Uuid;

/// Senders that are counted at once.
const SENDERS: usize = 50_000;
/// Seconds a suspended sender is not heard.
const SUSPENDED_SECONDS: i64 = 3_600;
/// New tickets of one sender within `BURST_SECONDS` that are a burst.
const BURST: i64 = 5;
const BURST_SECONDS: i64 = 600;

/// How hard a sender presses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pressure {
    /// As people do.
    #[default]
    Usual,
    /// Much at once.
    Burst,
    /// Too much in an hour.
    Suspended,
}

/// What every sender wrote lately.
#[derive(Default)]
pub struct Brakes(Mutex<HashMap<(Uuid, [u8; 16]), Count>>);

#[derive(Clone, Copy)]
struct Count {
    hour_began: i64,
    in_hour: i64,
    burst_began: i64,
    in_burst: i64,
    suspended_until: i64,
    last: i64,
}

impl Brakes {
    /// Counts a new ticket, or a further message, of a sender and says how hard it presses.
    pub fn press(&self, workspace: Uuid, sender: [u8; 16], now: Time, per_hour: i64) -> Pressure {
        let now = now.seconds();
        let mut counts = self.0.lock();
        if counts.len() >= SENDERS && !counts.contains_key(&(workspace, sender)) {
            make_room(&mut counts, now);
        }
        let new = Count { hour_began: now, in_hour: 0, burst_began: now, in_burst: 0, suspended_until: 0, last: now };
        let count = counts.entry((workspace, sender)).or_insert(new);
        count.last = now;
        if now < count.suspended_until {
            return Pressure::Suspended;
        }
        if now - count.hour_began >= 3_600 {
            (count.hour_began, count.in_hour) = (now, 0);
        }
        if now - count.burst_began >= BURST_SECONDS {
            (count.burst_began, count.in_burst) = (now, 0);
        }
        count.in_hour += 1;
        count.in_burst += 1;
        if count.in_hour > per_hour {
            count.suspended_until = now + SUSPENDED_SECONDS;
            return Pressure::Suspended;
        }
        if count.in_burst > BURST { Pressure::Burst } else { Pressure::Usual }
    }
}

/// Forgets who was silent for an hour, else the one that was silent longest.
fn make_room(counts: &mut HashMap<(Uuid, [u8; 16]), Count>, now: i64) {
    counts.retain(|_, count| now - count.last < 3_600 || now < count.suspended_until);
    if counts.len() >= SENDERS
        && let Some(stalest) = counts.iter().min_by_key(|(_, count)| count.last).map(|(key, _)| *key)
    {
        counts.remove(&stalest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_too_much_is_not_heard_for_an_hour() {
        let (brakes, start) = (Brakes::default(), Time::from_micros(1_772_442_000_000_000));
        let press = |seconds: i64| brakes.press(Uuid::nil(), [1; 16], start.plus_seconds(seconds), 20);
        // One every two minutes: no burst, and the twenty-first in the hour is too much.
        assert!((0..20).all(|n| press(n * 120) == Pressure::Usual));
        assert_eq!(press(2_401), Pressure::Suspended);
        assert_eq!(brakes.press(Uuid::nil(), [2; 16], start, 20), Pressure::Usual, "others are heard");
        assert_eq!(brakes.press(Uuid::max(), [1; 16], start.plus_seconds(2_402), 20), Pressure::Usual, "elsewhere too");
        assert_eq!(press(2_401 + 3_599), Pressure::Suspended);
        assert_eq!(press(2_401 + 3_600), Pressure::Usual);
    }

    #[test]
    fn a_burst_is_six_within_ten_minutes() {
        let (brakes, start) = (Brakes::default(), Time::from_micros(1_772_442_000_000_000));
        let press = |seconds: i64| brakes.press(Uuid::nil(), [1; 16], start.plus_seconds(seconds), 100);
        assert!((0..5).all(|n| press(n) == Pressure::Usual));
        assert_eq!(press(6), Pressure::Burst);
        assert_eq!(press(700), Pressure::Usual);
    }
}
