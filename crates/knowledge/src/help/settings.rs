//! The doors of a help centre's settings.

use base::text::Line;
use serde::{Deserialize, Serialize};
use trust::Cx;
use utoipa::ToSchema;
use web::{Access, IfMatch, Json, Method, Op, Reply};

use super::site::{self, NewSite, Site};
use crate::articles::Locale;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/help-site", "getHelpSite", Access::Member("settings:read"), get)
            .about("The settings of the help centre.")
            .gives::<HelpSiteOut>(200),
        Op::new(Method::Put, "/api/v1/help-site", "setHelpSite", Access::Member("settings:write"), set)
            .about("Sets the help centre: its host, name, language and colour.")
            .takes::<NewHelpSite>()
            .versioned()
            .gives::<HelpSiteOut>(200),
    ]
}

/// A help centre to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHelpSite {
    /// The host it answers on, as `help.example.com`; needed when there are several workspaces.
    host: Option<Line<253>>,
    /// Its name; the workspace's when absent.
    name: Option<Line<120>>,
    /// The language of those who ask for none.
    default_locale: Locale,
    /// Its one colour, as `#2456c9`.
    accent: Option<Line<7>>,
    /// Whether it shows a contact form.
    has_contact: bool,
}

/// A help centre.
#[derive(Serialize, ToSchema)]
struct HelpSiteOut {
    /// The host it answers on.
    host: Option<String>,
    /// Its name.
    name: String,
    /// The language of those who ask for none.
    default_locale: Locale,
    /// Its one colour.
    accent: String,
    /// Whether it shows a contact form.
    has_contact: bool,
    /// The version, for `If-Match`; 0 before it was set.
    version: i64,
}

fn out(site: Site) -> Reply<HelpSiteOut> {
    let version = site.version;
    let shape = HelpSiteOut {
        host: site.host,
        name: site.name,
        default_locale: site.default_locale,
        accent: site.accent,
        has_contact: site.has_contact,
        version,
    };
    Reply::versioned(shape, version)
}

async fn get(cx: Cx) -> web::Result<Reply<HelpSiteOut>> {
    Ok(out(cx.read(site::find).await?))
}

async fn set(cx: Cx, seen: IfMatch, Json { value: new, .. }: Json<NewHelpSite>) -> web::Result<Reply<HelpSiteOut>> {
    let new = NewSite {
        host: new.host,
        name: new.name,
        default_locale: new.default_locale,
        accent: new.accent,
        has_contact: new.has_contact,
    };
    Ok(out(cx.write(move |tx, cx| site::set(tx, cx, seen, &new)).await?))
}
