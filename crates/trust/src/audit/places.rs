//! How many streams may be open: per caller, and in this process. A place is given back when its stream is dropped.

use std::collections::HashMap;
use std::sync::LazyLock;

use base::{Code, Kind, Result};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::settings::TrustSettings;

/// The process has no place for another stream.
pub static STREAMS_FULL: Code = Code::new(
    Kind::Unavailable,
    "streams_full",
    "No more live streams can be opened at the moment.",
    "Try again after the time in `Retry-After`, or read `/api/v1/events` by cursor.",
);
/// The caller has too many streams open.
pub static TOO_MANY_STREAMS: Code = Code::new(
    Kind::TooMany,
    "too_many_streams",
    "You have too many live streams open.",
    "Close one first, and share one stream between the parts of your program.",
);

#[derive(Default)]
struct Taken {
    all: u32,
    by_caller: HashMap<Uuid, u32>,
}

/// Streams are counted per process, like the connections they hold.
static TAKEN: LazyLock<Mutex<Taken>> = LazyLock::new(Mutex::default);

/// A place for one stream.
#[derive(Debug)]
pub struct Place {
    caller: Uuid,
}

impl Place {
    /// Takes a place for a caller, or says why there is none.
    pub fn take(caller: Uuid, settings: &TrustSettings) -> Result<Place> {
        let mut taken = TAKEN.lock();
        if taken.all >= settings.streams {
            return Err(STREAMS_FULL.error().retry_in(10));
        }
        let own = taken.by_caller.entry(caller).or_default();
        if *own >= settings.streams_per_caller {
            return Err(TOO_MANY_STREAMS.error().retry_in(10));
        }
        *own += 1;
        taken.all += 1;
        Ok(Place { caller })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock();
        taken.all = taken.all.saturating_sub(1);
        let left = taken.by_caller.get(&self.caller).copied().unwrap_or(1).saturating_sub(1);
        if left == 0 {
            taken.by_caller.remove(&self.caller);
        } else {
            taken.by_caller.insert(self.caller, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_places_and_gets_them_back() {
        let settings = TrustSettings { streams_per_caller: 2, ..TrustSettings::default() };
        let (caller, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let first = Place::take(caller, &settings).unwrap();
        let _second = Place::take(caller, &settings).unwrap();
        assert_eq!(Place::take(caller, &settings).unwrap_err().name(), "too_many_streams");
        assert!(Place::take(other, &settings).is_ok());
        drop(first);
        assert!(Place::take(caller, &settings).is_ok());
    }
}
