//! Token actors that were looked up a moment ago, so that a busy token is not read from the database at every request.
//! Rule: whoever changes a member or a token makes this process forget at once; what another process changed is
//! noticed within a second.

use std::collections::HashMap;

use base::Time;
use parking_lot::Mutex;

use super::credentials::TokenFound;

/// Seconds after which a token is looked up again.
const TRUSTED_SECONDS: i64 = 1;
/// Tokens remembered; beyond that all are forgotten, which costs one more read each.
const REMEMBERED: usize = 10_000;

/// What this process looked up lately.
#[derive(Default)]
pub struct Known(Mutex<State>);

#[derive(Default)]
struct State {
    /// How often everything was forgotten: an answer that was read before the last time is not remembered.
    age: u64,
    tokens: HashMap<[u8; 32], (Time, TokenFound)>,
}

impl Known {
    /// Forgets everybody; called after a commit that changed what somebody may do.
    pub fn forget(&self) {
        let mut state = self.0.lock();
        state.age += 1;
        state.tokens.clear();
    }

    /// The token of a hash when it is known and holds, and the age to hand to `remember` when not.
    pub(super) fn find(&self, hash: &[u8; 32], now: Time) -> (Option<TokenFound>, u64) {
        let state = self.0.lock();
        let known = state.tokens.get(hash).filter(|(read_at, found)| {
            let is_fresh = *read_at <= now && now < read_at.plus_seconds(TRUSTED_SECONDS);
            is_fresh && found.expires_at.is_none_or(|ends| now < ends)
        });
        (known.map(|(_, found)| found.clone()), state.age)
    }

    /// Remembers what was read, unless everything was forgotten meanwhile.
    pub(super) fn remember(&self, hash: [u8; 32], read_at: Time, found: &TokenFound, age: u64) {
        let mut state = self.0.lock();
        if state.age != age {
            return;
        }
        if state.tokens.len() >= REMEMBERED {
            state.tokens.clear();
        }
        state.tokens.insert(hash, (read_at, found.clone()));
    }
}
