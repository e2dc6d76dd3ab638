//! The settings of this floor, and how long things are kept.

use base::Result;
use base::config::BAD_SETTING;
use serde::Deserialize;

/// Sessions, links and sign-in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustSettings {
    /// The address people reach the server at, such as `https://help.example.com`.
    #[serde(default)]
    pub public_url: String,
    /// The origin attachments are downloaded from; best another one than `public_url`.
    #[serde(default)]
    pub attachments_origin: String,
    /// Hours a session lasts without being used.
    pub session_idle_hours: i64,
    /// Days a session lasts at most.
    pub session_days: i64,
    /// Hours an invite or reset link lasts.
    pub link_hours: i64,
    /// Failed sign-ins per account in 15 minutes before it waits.
    pub sign_in_failures: i64,
    /// Event streams open at once in this process.
    #[serde(default = "streams")]
    pub streams: u32,
    /// Event streams open at once per token, member or visitor.
    #[serde(default = "streams_per_caller")]
    pub streams_per_caller: u32,
}

fn streams() -> u32 {
    5000
}

fn streams_per_caller() -> u32 {
    20
}

impl Default for TrustSettings {
    fn default() -> TrustSettings {
        TrustSettings {
            public_url: "http://127.0.0.1:8080".to_owned(),
            attachments_origin: "http://127.0.0.1:8080".to_owned(),
            session_idle_hours: 72,
            session_days: 30,
            link_hours: 72,
            sign_in_failures: 10,
            streams: streams(),
            streams_per_caller: streams_per_caller(),
        }
    }
}

/// How long things are kept.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days a deleted ticket can be restored; then it goes for good. 1 to 3650.
    pub deleted_tickets_days: i64,
    /// Days after which a resolved ticket is closed for good. 1 to 3650.
    pub resolved_tickets_days: i64,
    /// Days for which it is known who read what. 1 to 3650.
    #[serde(default = "access_log_days")]
    pub access_log_days: i64,
    /// Days for which events are kept; 0 keeps them for ever, else 30 to 36500.
    #[serde(default)]
    pub events_days: i64,
}

fn access_log_days() -> i64 {
    365
}

impl Retention {
    /// Refuses times that make no sense.
    pub fn check(&self) -> Result<()> {
        for (name, days) in [
            ("deleted_tickets_days", self.deleted_tickets_days),
            ("resolved_tickets_days", self.resolved_tickets_days),
            ("access_log_days", self.access_log_days),
        ] {
            if !(1..=3650).contains(&days) {
                return Err(BAD_SETTING.because(format!("`retention.{name}` takes 1 to 3650.")));
            }
        }
        if self.events_days != 0 && !(30..=36_500).contains(&self.events_days) {
            return Err(BAD_SETTING.because("`retention.events_days` takes 0 (for ever), or 30 to 36500."));
        }
        Ok(())
    }
}
