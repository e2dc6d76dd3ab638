//! Tokens and sessions that held a moment ago, so that their requests are counted by them and not by the address they come from.
//! Rule: this opens no door; it only says what a request is counted by before the gate looks at it.

use std::collections::HashSet;

use base::Time;
use parking_lot::Mutex;

/// Seconds after which a credential that was not shown again is forgotten; it may stay for twice as long.
const KEPT_SECONDS: i64 = 60;
/// Credentials kept at most, twice.
const KEPT: usize = 50_000;

/// The hashes of credentials that held lately, in two ages: the older one goes when the newer one is full or old.
#[derive(Default)]
pub(super) struct Shown(Mutex<State>);

#[derive(Default)]
struct State {
    since: Option<Time>,
    young: HashSet<[u8; 32]>,
    old: HashSet<[u8; 32]>,
}

impl Shown {
    /// Whether a credential held lately.
    pub(super) fn holds(&self, hash: &[u8; 32], now: Time) -> bool {
        let mut state = self.0.lock();
        state.grow_old(now);
        state.young.contains(hash) || state.old.contains(hash)
    }

    /// Notes that it held just now.
    pub(super) fn note(&self, hash: [u8; 32], now: Time) {
        let mut state = self.0.lock();
        state.grow_old(now);
        state.young.insert(hash);
    }

    /// Forgets one that held no longer.
    pub(super) fn forget(&self, hash: &[u8; 32]) {
        let mut state = self.0.lock();
        state.young.remove(hash);
        state.old.remove(hash);
    }
}

impl State {
    fn grow_old(&mut self, now: Time) {
        let age = self.since.map_or(i64::MAX, |since| now.micros_since(since).div_euclid(1_000_000));
        if (0..KEPT_SECONDS).contains(&age) && self.young.len() < KEPT {
            return;
        }
        self.old = std::mem::take(&mut self.young);
        if !(0..2 * KEPT_SECONDS).contains(&age) {
            self.old.clear();
        }
        self.since = Some(now);
    }
}
