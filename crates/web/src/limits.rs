//! Volume limits (GCRA) per address, token and visitor, each by route class, with `Retry-After`.
//! Rule: every limit is a setting; a limit of 0 requests a second switches that class off.

use std::hash::Hash;
use std::num::NonZeroU32;

use base::Result;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;

use crate::codes::TOO_MANY;

/// What kind of work an operation is, for its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Searches and exports.
    Search,
    /// Sign-in, invitations, resets.
    SignIn,
    /// Making a device, which is how anybody becomes a visitor.
    Device,
    /// Uploads.
    Upload,
}

/// A rate: so many requests a second, with a burst.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Requests a second; 0 means no limit.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
}

/// The limits of each kind of caller.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Per address, for what comes without a token or session that held a moment ago.
    pub address: Limit,
    /// Per address on sign-in doors.
    pub sign_in: Limit,
    /// Per address on making devices.
    pub device: Limit,
    /// Per token or session.
    pub token: Limit,
    /// Per visitor or customer.
    pub visitor: Limit,
    /// Per token or visitor on searches.
    pub search: Limit,
    /// Per token or visitor on uploads.
    pub upload: Limit,
}

type Keyed<K> = Option<DefaultKeyedRateLimiter<K>>;

/// The counters of one process.
pub struct Limits {
    address: Keyed<std::net::IpAddr>,
    sign_in: Keyed<std::net::IpAddr>,
    device: Keyed<std::net::IpAddr>,
    token: Keyed<[u8; 16]>,
    visitor: Keyed<[u8; 16]>,
    search: Keyed<[u8; 16]>,
    upload: Keyed<[u8; 16]>,
}

impl Limits {
    /// Counters for these settings.
    pub fn new(settings: &LimitSettings) -> Limits {
        Limits {
            address: keyed(settings.address),
            sign_in: keyed(settings.sign_in),
            device: keyed(settings.device),
            token: keyed(settings.token),
            visitor: keyed(settings.visitor),
            search: keyed(settings.search),
            upload: keyed(settings.upload),
        }
    }

    /// Counts a request of an address.
    pub fn address(&self, network: std::net::IpAddr, class: Class) -> Result<()> {
        take(&self.address, &network)?;
        match class {
            Class::SignIn => take(&self.sign_in, &network),
            Class::Device => take(&self.device, &network),
            _ => Ok(()),
        }
    }

    /// Counts a request of somebody known by `key`.
    pub fn caller(&self, key: [u8; 16], is_visitor: bool, class: Class) -> Result<()> {
        take(if is_visitor { &self.visitor } else { &self.token }, &key)?;
        match class {
            Class::Search => take(&self.search, &key),
            Class::Upload => take(&self.upload, &key),
            _ => Ok(()),
        }
    }

    /// Forgets callers that have been quiet; called every minute.
    pub fn forget_quiet(&self) {
        for counters in [&self.address, &self.sign_in, &self.device].into_iter().flatten() {
            counters.retain_recent();
            counters.shrink_to_fit();
        }
        for counters in [&self.token, &self.visitor, &self.search, &self.upload].into_iter().flatten() {
            counters.retain_recent();
            counters.shrink_to_fit();
        }
    }
}

fn keyed<K: Hash + Eq + Clone>(limit: Limit) -> Keyed<K> {
    let per_second = NonZeroU32::new(limit.per_second)?;
    let burst = NonZeroU32::new(limit.burst).unwrap_or(per_second);
    Some(RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)))
}

fn take<K: Hash + Eq + Clone>(counters: &Keyed<K>, key: &K) -> Result<()> {
    let Some(counters) = counters else {
        return Ok(());
    };
    counters.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        TOO_MANY.error().retry_in(seconds)
    })
}
