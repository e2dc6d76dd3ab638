//! Structured logs: one JSON line an entry, or text for people; no personal data, no secrets.

use base::Result;
use base::config::BAD_SETTING;
use tracing_subscriber::EnvFilter;

use crate::settings::LogSettings;

/// Starts writing logs to standard error; a second call changes nothing.
pub fn start(settings: &LogSettings) -> Result<()> {
    // The notices of the database client say nothing that its errors do not.
    let wanted = format!("{},postgres=warn,tokio_postgres=warn", settings.level);
    let filter = EnvFilter::try_new(wanted)
        .map_err(|error| BAD_SETTING.because(format!("`log.level` cannot be read: {error}.")))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if settings.format == "json" { logs.json().flatten_event(true).try_init() } else { logs.try_init() };
    drop(started);
    Ok(())
}
