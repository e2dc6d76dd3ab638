//! The help centre of a workspace: the host it answers on, its name, language and colour.
//! Rule: a host names one workspace; while there is one workspace only, every host is its.

use base::text::Line;
use base::{Code, Kind, Result};
use db::{Row, Tx};
use trust::Cx;
use trust::access::Right;
use trust::accounts::workspace_name;
use trust::nouns::WorkspaceId;
use web::IfMatch;

use crate::articles::Locale;

/// The host belongs to another help centre.
pub static HELP_HOST_TAKEN: Code = Code::new(
    Kind::Conflict,
    "help_host_taken",
    "Another help centre answers on this host.",
    "Choose another host name.",
);
/// No workspace has a help centre here.
pub static NO_HELP_CENTRE: Code = Code::new(
    Kind::NotFound,
    "no_help_centre",
    "There is no help centre at this address.",
    "Set its host in the settings of the help centre.",
);

/// The accent of a help centre that chose none.
const ACCENT: &str = "#2456c9";

/// A help centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The host it answers on.
    pub host: Option<String>,
    /// Its name.
    pub name: String,
    /// The language of those who ask for none.
    pub default_locale: Locale,
    /// Its one colour, as `#rrggbb`.
    pub accent: String,
    /// Whether it shows a contact form.
    pub has_contact: bool,
    /// Its version.
    pub version: i64,
}

/// A row: host, name, language, colour, contact form, version.
type Stored = (Option<String>, Option<String>, Locale, Option<String>, bool, i64);

fn read(row: &Row<'_>) -> Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

/// The help centre of the workspace, with what holds until somebody sets it.
pub fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Site> {
    let found = tx.first(
        "SELECT host, name, default_locale, accent, has_contact, version FROM help_site WHERE workspace_id = $1",
        &[&cx.workspace()],
        read,
    )?;
    let (host, name, default_locale, accent, has_contact, version) =
        found.unwrap_or((None, None, Locale::stored("en"), None, true, 0));
    let name = match name {
        Some(name) => name,
        None => workspace_name(tx, cx.workspace())?.unwrap_or_default(),
    };
    // What was set before hosts were checked names no host.
    let host = host.filter(|host| is_host(host));
    Ok(Site { host, name, default_locale, accent: accent.unwrap_or_else(|| ACCENT.to_owned()), has_contact, version })
}

/// The language of those who ask for none.
pub(crate) fn default_locale(tx: &mut Tx<'_>, cx: &Cx) -> Result<Locale> {
    let found =
        tx.first("SELECT default_locale FROM help_site WHERE workspace_id = $1", &[&cx.workspace()], |row| row.get(0))?;
    Ok(found.unwrap_or_else(|| Locale::stored("en")))
}

/// The same, as a word for those above.
pub fn default_language(tx: &mut Tx<'_>, cx: &Cx) -> Result<String> {
    default_locale(tx, cx).map(|locale| locale.as_str().to_owned())
}

/// What is set of a help centre.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// The host it answers on.
    pub host: Option<Line<253>>,
    /// Its name; the workspace's when absent.
    pub name: Option<Line<120>>,
    /// The language of those who ask for none.
    pub default_locale: Locale,
    /// Its colour, as `#rrggbb`.
    pub accent: Option<Line<7>>,
    /// Whether it shows a contact form.
    pub has_contact: bool,
}

/// Sets the help centre of the workspace.
pub fn set(tx: &mut Tx<'_>, cx: &Cx, seen: IfMatch, new: &NewSite) -> Result<Site> {
    cx.require(Right::SettingsWrite)?;
    let sql = "SELECT version FROM help_site WHERE workspace_id = $1";
    let known: Option<i64> = tx.first_locked(sql, &[&cx.workspace()], |row| row.get(0))?;
    seen.check(known.unwrap_or(0))?;
    let host = new.host.as_ref().map(|host| host_of(host));
    if let Some(host) = host.as_deref().filter(|host| !is_host(host)) {
        let why = format!("`{host}` is not as `help.example.com`");
        return Err(web::INVALID_FIELD.error().field("/host", "invalid", why));
    }
    if let Some(accent) = new.accent.as_deref().filter(|accent| !is_colour(accent)) {
        return Err(web::INVALID_FIELD.error().field("/accent", "invalid", format!("`{accent}` is not as `#2456c9`")));
    }
    let (name, accent) = (new.name.as_deref(), new.accent.as_deref());
    let sql = match known {
        Some(_) => {
            "UPDATE help_site SET host = $1, name = $2, default_locale = $3, accent = $4, has_contact = $5, \
             version = version + 1 WHERE workspace_id = $6"
        }
        None => {
            "INSERT INTO help_site (host, name, default_locale, accent, has_contact, workspace_id, version) \
             VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (workspace_id) DO NOTHING"
        }
    };
    let changed = tx
        .exec(sql, &[&host, &name, &new.default_locale, &accent, &new.has_contact, &cx.workspace()])
        .map_err(|error| if db::is_duplicate(&error) { HELP_HOST_TAKEN.error() } else { error })?;
    let site = find(tx, cx)?;
    if changed == 0 {
        // Somebody else set it first, a moment ago.
        seen.check(site.version)?;
    }
    Ok(site)
}

/// Whether a text is the name of a host: labels of letters, digits and dashes with dots between them.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.split('.').all(is_label)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A host without its port, in lower case.
fn host_of(text: &str) -> String {
    let host = text.trim().to_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name.to_owned(),
        _ => host,
    }
}

/// The workspace whose help centre answers on this host; asked under the nil workspace, because that is what it finds out.
pub fn workspace_of(tx: &mut Tx<'_>, host: &str) -> Result<WorkspaceId> {
    let named = tx.first("SELECT workspace_id FROM help_site WHERE host = $1", &[&host_of(host)], |row| row.get(0))?;
    if let Some(workspace) = named {
        return Ok(workspace);
    }
    let known: Vec<WorkspaceId> = tx.all("SELECT id FROM workspace ORDER BY id LIMIT 2", &[], |row| row.get(0))?;
    match known.as_slice() {
        [only] => Ok(*only),
        _ => Err(NO_HELP_CENTRE.error()),
    }
}

/// The languages that have live articles, the default first.
pub(crate) fn languages(tx: &mut Tx<'_>, cx: &Cx, site: &Site) -> Result<Vec<Locale>> {
    let mut found: Vec<Locale> = tx.all(
        "SELECT locale FROM article_locale WHERE workspace_id = $1 ORDER BY locale",
        &[&cx.workspace()],
        |row| row.get(0),
    )?;
    if !found.contains(&site.default_locale) {
        found.push(site.default_locale.clone());
    }
    found.sort_by_key(|locale| *locale != site.default_locale);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_colour, is_host};

    #[test]
    fn hosts_are_compared_without_port_and_case() {
        assert_eq!(host_of("Help.Example.com:8080"), "help.example.com");
        assert_eq!(host_of("127.0.0.1"), "127.0.0.1");
    }

    #[test]
    fn hosts_are_names_and_nothing_else() {
        for good in ["help.example.com", "localhost", "127.0.0.1", "xn--hlfe-6qa.example"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "https://x/", "a&b", "x/help", "a b", "-a.test", "a..b", "<b>", "hälfe.test"] {
            assert!(!is_host(bad), "{bad}");
        }
    }

    #[test]
    fn colours_are_six_digits() {
        assert!(is_colour("#2456c9") && !is_colour("red") && !is_colour("#24") && !is_colour("#2456c9;"));
    }
}
