//! The settings: commented defaults, a file over them, the environment over that, flags over all.
//! Rule: an unknown key is an error that names the nearest one; secrets come by file or environment.

use std::path::{Path, PathBuf};

use base::config::{self, BAD_SETTING};
use base::{Error, Result};
use serde::Deserialize;
use toml::{Table, Value};
use trust::{Retention, TrustSettings};
use web::{LimitSettings, OutboundSettings};

/// Every setting with its default and what it means.
pub const DEFAULTS: &str = include_str!("defaults.toml");
/// The start of the names of settings in the environment.
const PREFIX: &str = "MAINSTAY_";

/// The settings of one process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether the demo page is served.
    pub demo: bool,
    /// The widget key of the demo page.
    pub demo_widget_key: String,
    /// The HTTP edge.
    pub http: HttpSettings,
    /// The database.
    pub database: DatabaseSettings,
    /// Volume limits.
    pub limits: LimitSettings,
    /// Sessions, links, sign-in.
    pub trust: TrustSettings,
    /// How long things are kept.
    pub retention: Retention,
    /// Where secrets are.
    pub secrets: SecretSettings,
    /// Calls to addresses that others chose.
    pub outbound: OutboundSettings,
    /// The logs.
    pub log: LogSettings,
    /// The figures for Prometheus.
    pub metrics: MetricsSettings,
}

/// The HTTP edge.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port to listen on.
    pub listen: String,
    /// The address people reach the server at.
    pub public_url: String,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once of an address.
    pub connections_per_address: usize,
    /// Seconds for the first bytes of a connection, and for the headers of a request.
    pub header_seconds: u64,
    /// The origin of downloads; empty means `public_url`.
    pub attachments_origin: String,
}

/// The database.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `postgres://…`, or empty for the embedded engine.
    pub url: String,
    /// A file that holds the address.
    pub url_file: String,
    /// Threads for reads; 0 chooses.
    pub readers: usize,
    /// Threads for writes; 0 chooses.
    pub writers: usize,
    /// The embedded engine's `synchronous`.
    pub synchronous: String,
}

/// An address may hold a password, so the settings show none of it.
impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseSettings")
            .field("readers", &self.readers)
            .field("writers", &self.writers)
            .field("synchronous", &self.synchronous)
            .finish_non_exhaustive()
    }
}

/// Where secrets are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSettings {
    /// The file of the master key.
    pub key_file: String,
}

/// The logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// `json` or `text`.
    pub format: String,
    /// A level or a filter.
    pub level: String,
}

/// The figures for Prometheus.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Whether other machines may read them.
    pub public: bool,
}

/// The flags that every command takes alike.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// The configuration file; without it DATA/mainstay.toml is read if it exists.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder: embedded database, blobs, keys.
    #[arg(long, global = true, value_name = "DIR", env = "MAINSTAY_DATA")]
    pub data: Option<PathBuf>,
    /// The address of a PostgreSQL database.
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// The address to listen on.
    #[arg(long, global = true, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The embedding model's file or its folder; without it DATA/models and the user's cache folder are looked in.
    #[arg(long, global = true, value_name = "FILE", env = "MAINSTAY_MODEL")]
    pub model: Option<PathBuf>,
}

/// One installation: its settings and its data folder.
#[derive(Clone, Debug)]
pub struct Place {
    /// The settings.
    pub settings: Settings,
    /// The data folder.
    pub data: PathBuf,
    /// Where the embedding model may lie, best first.
    pub models: Vec<PathBuf>,
}

impl Place {
    /// The installation that flags, environment and file name.
    pub fn find(flags: &Flags, environment: &[(String, String)]) -> Result<Place> {
        let data = flags.data.clone().unwrap_or_else(|| PathBuf::from("mainstay-data"));
        let file = match &flags.config {
            Some(file) => read_text(file)?,
            None => read_text_if_there(&data.join("mainstay.toml"))?,
        };
        let mut settings = Settings::read(&file, environment)?;
        if let Some(url) = &flags.database {
            settings.database.url.clone_from(url);
            // What is said on the command line is meant, whatever file the settings name.
            settings.database.url_file.clear();
        }
        if let Some(listen) = &flags.listen {
            settings.http.listen.clone_from(listen);
            settings = settings.settled();
        }
        let models = ml::places(flags.model.as_deref(), None, &data, cache_folder(environment).as_deref());
        Ok(Place { settings, data, models })
    }

    /// How the database is opened.
    pub fn database(&self) -> Result<db::Options> {
        let wanted = &self.settings.database;
        let url = if wanted.url_file.is_empty() {
            wanted.url.clone()
        } else {
            read_text(Path::new(&wanted.url_file))?.trim().to_owned()
        };
        let mut options = if url.is_empty() { db::Options::embedded(&self.data) } else { db::Options::server(url) };
        options.synchronous.clone_from(&wanted.synchronous);
        if wanted.readers > 0 {
            options.readers = wanted.readers;
        }
        if wanted.writers > 0 {
            options.writers = wanted.writers;
        }
        Ok(options)
    }

    /// The file of the master key.
    pub fn key_file(&self) -> PathBuf {
        match self.settings.secrets.key_file.as_str() {
            "" => self.data.join("keys").join("master.key"),
            file => PathBuf::from(file),
        }
    }

    /// The socket of commands that go through a running server.
    pub fn admin_socket(&self) -> PathBuf {
        self.data.join("admin.sock")
    }
}

impl Settings {
    /// Settings from a file's text and the environment.
    pub fn read(file: &str, environment: &[(String, String)]) -> Result<Settings> {
        let mut defaults: Table = DEFAULTS.parse().map_err(bad)?;
        let over = from_environment(&defaults, environment)?;
        defaults = config::read(&text(&defaults)?, file)?;
        defaults = config::read(&text(&defaults)?, &text(&over)?)?;
        let settings: Settings = defaults.try_into().map_err(bad)?;
        settings.check().map(Settings::settled)
    }

    /// The same with addresses that follow from others; links are made on the trust floor, which gets them too.
    fn settled(mut self) -> Settings {
        let or = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
        let public = or(&self.http.public_url, &format!("http://{}", self.http.listen));
        self.trust.attachments_origin = or(&self.http.attachments_origin, &public);
        self.trust.public_url = public;
        self
    }

    fn check(self) -> Result<Settings> {
        self.outbound.check()?;
        self.retention.check()?;
        if !matches!(self.log.format.as_str(), "json" | "text") {
            return Err(BAD_SETTING.because("`log.format` is `json` or `text`."));
        }
        let origins = [&self.http.public_url, &self.http.attachments_origin];
        for origin in origins.into_iter().filter(|origin| !origin.is_empty()) {
            if !origin.starts_with("http://") && !origin.starts_with("https://") {
                return Err(BAD_SETTING
                    .because("`http.public_url` and `http.attachments_origin` start with http:// or https://."));
            }
        }
        Ok(self)
    }
}

/// The settings that the environment names, with the types of the defaults.
fn from_environment(defaults: &Table, environment: &[(String, String)]) -> Result<Table> {
    let mut over = Table::new();
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let Some((section, key)) = rest.split_once("__") else {
            let key = rest.to_lowercase();
            // Names without a section may belong to flags and tests.
            if let Some(kind) = defaults.get(&key).filter(|kind| !kind.is_table()) {
                over.insert(key, typed(name, Some(kind), value)?);
            }
            continue;
        };
        let (section, key) = (section.to_lowercase(), key.to_lowercase());
        let kind = defaults.get(&section).and_then(|table| table.get(&key));
        let value = typed(name, kind, value)?;
        let table = over.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(table) = table {
            table.insert(key, value);
        }
    }
    Ok(over)
}

fn typed(name: &str, kind: Option<&Value>, text: &str) -> Result<Value> {
    let wrong = || {
        let kind = kind.map_or("", Value::type_str);
        BAD_SETTING.because(format!("The environment's `{name}` takes a {kind}."))
    };
    Ok(match kind {
        Some(Value::Integer(_)) => Value::Integer(text.parse().map_err(|_| wrong())?),
        Some(Value::Boolean(_)) => Value::Boolean(text.parse().map_err(|_| wrong())?),
        Some(Value::Array(_)) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        ),
        Some(Value::Table(_)) => {
            format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v")).ok_or_else(wrong)?
        }
        // An unknown name goes on as it is, so that the check beside the defaults names the nearest one.
        _ => Value::String(text.to_owned()),
    })
}

fn text(table: &Table) -> Result<String> {
    toml::to_string(table).map_err(|error| BAD_SETTING.error().caused_by(error))
}

fn bad(error: toml::de::Error) -> Error {
    BAD_SETTING.because(format!("The configuration cannot be read: {error}"))
}

/// The user's cache folder (XDG Base Directory Specification).
fn cache_folder(environment: &[(String, String)]) -> Option<PathBuf> {
    let of = |wanted: &str| environment.iter().find(|(name, _)| name == wanted).map(|(_, value)| PathBuf::from(value));
    of("XDG_CACHE_HOME").or_else(|| of("HOME").map(|home| home.join(".cache")))
}

fn read_text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| BAD_SETTING.because(format!("{} cannot be read: {error}.", file.display())))
}

fn read_text_if_there(file: &Path) -> Result<String> {
    if file.exists() { read_text(file) } else { Ok(String::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn the_defaults_can_be_read() {
        let settings = Settings::read("", &[]).unwrap();
        assert_eq!(settings.limits.token.burst, 5000);
        assert_eq!(settings.trust.public_url, format!("http://{}", settings.http.listen));
    }

    #[test]
    fn the_environment_lies_over_the_file() {
        let file = "[http]\nlisten = \"0.0.0.0:1\"\nconnections = 5\n";
        let over = environment("MAINSTAY_HTTP__LISTEN", "127.0.0.1:2");
        let settings = Settings::read(file, &over).unwrap();
        assert_eq!(settings.http.listen, "127.0.0.1:2");
        assert_eq!(settings.http.connections, 5);
    }

    #[test]
    fn an_unknown_setting_names_the_nearest_one() {
        let refused = Settings::read("[http]\nlisten_on = \"x\"", &[]).unwrap_err();
        assert!(refused.message().contains("nearest is `listen`"), "{refused}");
        let refused = Settings::read("", &environment("MAINSTAY_HTTP__LISTN", "x")).unwrap_err();
        assert!(refused.message().contains("nearest is `listen`"), "{refused}");
    }

    #[test]
    fn the_command_line_lies_over_the_file_with_the_address() {
        let folder = std::env::temp_dir();
        let over = environment("MAINSTAY_DATABASE__URL_FILE", "/nowhere/at/all");
        let flags = |database: Option<&str>| Flags {
            data: Some(folder.join("mainstay-no-such-folder")),
            database: database.map(str::to_owned),
            ..Flags::default()
        };
        assert!(Place::find(&flags(None), &over).unwrap().database().is_err());
        let place = Place::find(&flags(Some("postgres://a@b/c")), &over).unwrap();
        assert!(place.database().is_ok());
    }

    #[test]
    fn a_host_to_call_is_checked_before_the_server_starts() {
        let over = |value: &str| Settings::read("", &environment("MAINSTAY_OUTBOUND__ALLOW", value));
        assert_eq!(over("10.0.0.5, hooks.internal:8443").unwrap().outbound.allow.len(), 2);
        assert_eq!(over("http://hooks.internal").unwrap_err().name(), "bad_setting");
    }

    #[test]
    fn the_address_of_the_database_is_not_shown() {
        let over = environment("MAINSTAY_DATABASE__URL", "postgres://a:hunter2@b/c");
        let settings = Settings::read("", &over).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
