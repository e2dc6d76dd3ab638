//! The pages as they are drawn: what each template is given, and nothing it would have to look up.

use askama::Template;
use base::{Result, Time};

use super::routes::ContactForm;
use super::site::Site;
use super::words::{Words, words};
use crate::articles::{Locale, Titled, direction};
use crate::nouns::ArticleId;

/// The style sheet and the script, as they are in this binary.
pub(super) const STYLE: &str = include_str!("../../assets/help.css");
pub(super) const SCRIPT: &str = include_str!("../../assets/help.js");

/// What stands around every page.
pub(super) struct Frame {
    pub locale: String,
    pub direction: &'static str,
    pub name: String,
    pub origin: String,
    pub style: String,
    pub script: String,
    pub languages: Vec<Other>,
    pub words: &'static Words,
    pub has_contact: bool,
    /// What was searched for.
    pub asked: String,
    /// What a way to the contact form takes along, with its question mark.
    pub carried: String,
}

/// The page in another language.
pub(super) struct Other {
    pub locale: String,
    pub label: String,
    pub path: String,
}

/// A link in a list.
#[derive(Clone)]
pub(super) struct Item {
    pub title: String,
    pub path: String,
    pub excerpt: String,
}

impl Frame {
    /// The frame of a page whose address in each language is given.
    pub fn new(site: &Site, public_url: &str, locale: &Locale, addresses: Vec<(Locale, String)>) -> Frame {
        let origin = match &site.host {
            Some(host) if !public_url.contains(host.as_str()) => format!("https://{host}"),
            _ => public_url.trim_end_matches('/').to_owned(),
        };
        let other = |(locale, path): (Locale, String)| Other {
            label: label(locale.as_str()).to_owned(),
            locale: locale.as_str().to_owned(),
            path,
        };
        Frame {
            locale: locale.as_str().to_owned(),
            direction: direction(locale.as_str()),
            name: site.name.clone(),
            origin,
            style: format!("{}-{}", mark(STYLE), site.accent.trim_start_matches('#')),
            script: mark(SCRIPT),
            languages: addresses.into_iter().map(other).collect(),
            words: words(locale.as_str()),
            has_contact: site.has_contact,
            asked: String::new(),
            carried: String::new(),
        }
    }
}

/// What changes when a file changes (FNV-1a).
fn mark(text: &str) -> String {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:08x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, add) >> 32)
}

/// A language in its own words.
fn label(locale: &str) -> &str {
    match locale {
        "ar" => "العربية",
        "de" => "Deutsch",
        "en" => "English",
        "es" => "Español",
        "fr" => "Français",
        "he" => "עברית",
        "it" => "Italiano",
        "ja" => "日本語",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" | "pt-BR" => "Português",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "zh" | "zh-Hans" => "中文",
        other => other,
    }
}

/// The address of a live article.
pub fn article_path(locale: &str, slug: &str) -> String {
    format!("/help/{locale}/articles/{}", encoded(slug))
}

/// A text as a part of an address.
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string().replace("%2D", "-")
}

pub(super) fn item(titled: &Titled) -> Item {
    Item {
        title: titled.title.clone(),
        path: article_path(titled.locale.as_str(), &titled.slug),
        excerpt: titled.excerpt.clone(),
    }
}

/// The first page.
#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Home {
    pub frame: Frame,
    pub popular: Vec<Item>,
    pub shelves: Vec<ShelfOf>,
}

/// A category on the first page.
pub(super) struct ShelfOf {
    pub name: String,
    pub path: String,
    pub items: Vec<Item>,
    pub has_more: bool,
}

/// A category.
#[derive(Template)]
#[template(path = "category.html")]
pub(super) struct CategoryPage {
    pub frame: Frame,
    pub name: String,
    pub crumbs: Vec<Item>,
    pub below: Vec<Item>,
    pub items: Vec<Item>,
    pub next: Option<String>,
}

/// An article.
#[derive(Template)]
#[template(path = "article.html")]
pub(super) struct ArticlePage {
    pub frame: Frame,
    pub id: ArticleId,
    pub title: String,
    pub excerpt: String,
    pub path: String,
    pub locale: String,
    pub direction: &'static str,
    pub updated: String,
    /// The language that was wanted, when the article is not in it.
    pub notice: Option<&'static Words>,
    pub html: String,
    pub crumbs: Vec<Item>,
    pub related: Vec<Item>,
    pub voted: String,
    pub reasons: [(&'static str, &'static str); 5],
}

/// What was found.
#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage {
    pub frame: Frame,
    pub items: Vec<FoundItem>,
}

/// An article that was found; the snippet is safe HTML.
pub(super) struct FoundItem {
    pub title: String,
    pub path: String,
    pub snippet: String,
}

/// The contact form, or that it was received.
#[derive(Template)]
#[template(path = "contact.html")]
pub(super) struct ContactPage {
    pub frame: Frame,
    pub received: Option<i64>,
    /// What was typed, when it has to be typed again.
    pub typed: Option<ContactForm>,
    pub read: Vec<Item>,
    pub read_ids: String,
    pub searches: String,
}

/// Nothing.
#[derive(Template)]
#[template(path = "missing.html")]
pub(super) struct MissingPage {
    pub frame: Frame,
}

/// The day of an instant in UTC, as `2026-01-31`.
pub(super) fn day(at: Time) -> String {
    at.to_string().chars().take(10).collect()
}

/// Draws a page.
pub(super) fn draw(page: &impl Template) -> Result<String> {
    page.render().map_err(|error| web::INTERNAL.error().caused_by(error))
}
