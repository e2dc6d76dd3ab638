//! What the pages show, read in one unit of work each: the first page, a category, an article.

use std::collections::HashMap;

use base::{Cursor, Result};
use db::Tx;
use taxonomy::nouns::CategoryId;
use trust::Cx;

use super::pages::{
    ArticlePage, CategoryPage, ContactPage, Frame, Home, Item, MissingPage, ShelfOf, article_path, day, encoded, item,
};
use super::site::{self, Site};
use crate::articles::{Live, Locale, Shelf, Sight, by_old_slug, direction, gone, related_to, resolve, titled_many};
use crate::nouns::ArticleId;

/// Whoever reads the pages is nobody in particular.
const SIGHT: Sight = Sight::Public;
/// Articles of a category on the first page.
const FEW: usize = 5;
/// Articles of a category on its own page.
const PAGE: usize = 50;

/// Categories with their parents, in the order they were made.
type Tree = Vec<(CategoryId, String, Option<CategoryId>)>;

/// What an address leads to.
pub(super) enum Found<T> {
    /// The page.
    Here(T),
    /// Another address of this house.
    Moved(String),
}

/// The language of the pages, out of the address: one that the help centre has, else its default.
pub(super) fn locale_of(tx: &mut Tx<'_>, cx: &Cx, site: &Site, wanted: &str) -> Result<(Locale, Vec<Locale>)> {
    let languages = site::languages(tx, cx, site)?;
    let locale = Locale::new(wanted).map_err(|_| gone())?;
    // German texts of ours for `de-AT` are fine, but a language without any article is no page.
    if languages.contains(&locale) { Ok((locale, languages)) } else { Err(gone()) }
}

fn frame(cx: &Cx, site: &Site, locale: &Locale, languages: Vec<Locale>, rest: &str) -> Frame {
    let addresses = languages.into_iter().map(|locale| (locale.clone(), format!("/help/{locale}{rest}"))).collect();
    Frame::new(site, &cx.house().settings.public_url, locale, addresses)
}

pub(super) fn home(tx: &mut Tx<'_>, cx: &Cx, wanted: &str) -> Result<Home> {
    let site = site::find(tx, cx)?;
    let (locale, languages) = locale_of(tx, cx, &site, wanted)?;
    let tree = taxonomy::category_names(tx, cx.workspace())?;
    let frame = frame(cx, &site, &locale, languages, "");
    let mut found = Vec::new();
    let others = (None, frame.words.others);
    for (category, name) in tree.iter().map(|(id, name, _)| (Some(*id), name.as_str())).chain([others]) {
        found.push((category, name, Shelf::of_category(tx, cx, SIGHT, category, None, FEW)?));
    }
    let ids: Vec<ArticleId> = found.iter().flat_map(|(.., lines)| lines.iter().take(FEW).map(|line| line.id)).collect();
    let titled = titled_many(tx, cx, SIGHT, &ids, Some(locale.as_str()))?;
    let titles: HashMap<ArticleId, Item> = titled.iter().map(|titled| (titled.id, item(titled))).collect();
    let shelf = |(category, name, lines): (Option<CategoryId>, &str, Vec<Shelf>)| {
        let items: Vec<Item> = lines.iter().take(FEW).filter_map(|line| titles.get(&line.id).cloned()).collect();
        let path = category_path(&locale, category);
        (!items.is_empty()).then(|| ShelfOf { name: name.to_owned(), path, items, has_more: lines.len() > FEW })
    };
    let shelves = found.into_iter().filter_map(shelf).collect();
    let popular = Shelf::popular(tx, cx, 6)?;
    let popular = live_titles(tx, cx, &popular, &locale)?;
    Ok(Home { frame, popular, shelves })
}

fn live_titles(tx: &mut Tx<'_>, cx: &Cx, ids: &[ArticleId], locale: &Locale) -> Result<Vec<Item>> {
    Ok(titled_many(tx, cx, SIGHT, ids, Some(locale.as_str()))?.iter().map(item).collect())
}

fn category_path(locale: &Locale, category: Option<CategoryId>) -> String {
    match category {
        Some(category) => format!("/help/{locale}/categories/{category}"),
        None => format!("/help/{locale}/categories/other"),
    }
}

pub(super) fn category(
    tx: &mut Tx<'_>,
    cx: &Cx,
    wanted: &str,
    named: &str,
    after: Option<Cursor>,
) -> Result<CategoryPage> {
    let site = site::find(tx, cx)?;
    let (locale, languages) = locale_of(tx, cx, &site, wanted)?;
    let tree = taxonomy::category_names(tx, cx.workspace())?;
    let frame = frame(cx, &site, &locale, languages, &format!("/categories/{}", encoded(named)));
    let category = if named == "other" { None } else { Some(named.parse().map_err(|()| gone())?) };
    let name = match category {
        None => frame.words.others.to_owned(),
        Some(id) => tree.iter().find(|(known, ..)| *known == id).map(|(_, name, _)| name.clone()).ok_or_else(gone)?,
    };
    let found = Shelf::of_category(tx, cx, SIGHT, category, after, PAGE)?;
    let next = (found.len() > PAGE).then(|| found.get(PAGE - 1)).flatten().map(|last| {
        let place = Cursor { key: last.published_at.micros(), id: last.id.uuid() }.encode();
        format!("{}?after={place}", category_path(&locale, category))
    });
    let ids: Vec<ArticleId> = found.iter().take(PAGE).map(|line| line.id).collect();
    let items = live_titles(tx, cx, &ids, &locale)?;
    let below = tree.iter().filter(|(_, _, above)| above.is_some() && *above == category);
    let below = below.map(|(id, name, _)| link(name, category_path(&locale, Some(*id)))).collect();
    let mut crumbs = crumbs(&tree, category, &locale);
    crumbs.pop();
    Ok(CategoryPage { frame, name, crumbs, below, items, next })
}

fn link(title: &str, path: String) -> Item {
    Item { title: title.to_owned(), path, excerpt: String::new() }
}

/// The way to a category from the top.
fn crumbs(tree: &Tree, category: Option<CategoryId>, locale: &Locale) -> Vec<Item> {
    let mut way = Vec::new();
    let mut next = category;
    while let Some((id, name, above)) = tree.iter().find(|(id, ..)| Some(*id) == next).filter(|_| way.len() < 3) {
        way.push(link(name, category_path(locale, Some(*id))));
        next = *above;
    }
    way.reverse();
    way
}

/// An article by its address; an old address, one of another language or an id leads on.
pub(super) fn article(tx: &mut Tx<'_>, cx: &Cx, wanted: &str, slug: &str) -> Result<Found<(ArticlePage, Live)>> {
    let site = site::find(tx, cx)?;
    let (locale, languages) = locale_of(tx, cx, &site, wanted)?;
    let Some(live) = Live::by_slug(tx, cx, SIGHT, &locale, slug)? else {
        return moved(tx, cx, &locale, slug);
    };
    let page = article_page(tx, cx, &site, (&locale, languages), &live)?;
    Ok(Found::Here((page, live)))
}

fn moved<T>(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, slug: &str) -> Result<Found<T>> {
    let by_id = slug.parse::<ArticleId>().ok();
    let id = match by_id {
        Some(id) => Some(id),
        None => by_old_slug(tx, cx, locale, slug)?,
    };
    lead_to(tx, cx, locale, id)
}

/// Where a link inside an article leads.
pub(super) fn link_to<T>(tx: &mut Tx<'_>, cx: &Cx, wanted: &str, key: &str) -> Result<Found<T>> {
    let site = site::find(tx, cx)?;
    let (locale, _) = locale_of(tx, cx, &site, wanted)?;
    let id = resolve(tx, cx, &locale, key)?;
    lead_to(tx, cx, &locale, id)
}

fn lead_to<T>(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, id: Option<ArticleId>) -> Result<Found<T>> {
    let id = id.ok_or_else(gone)?;
    let titled = titled_many(tx, cx, SIGHT, &[id], Some(locale.as_str()))?.pop().ok_or_else(gone)?;
    let own = titled.locale.as_str();
    let mark = if own == locale.as_str() { String::new() } else { format!("?for={locale}") };
    Ok(Found::Moved(format!("{}{mark}", article_path(own, &titled.slug))))
}

fn article_page(
    tx: &mut Tx<'_>,
    cx: &Cx,
    site: &Site,
    (locale, languages): (&Locale, Vec<Locale>),
    live: &Live,
) -> Result<ArticlePage> {
    let own = Live::languages(tx, cx, live.article.id)?;
    let id = live.article.id;
    let address = |locale: Locale| match own.iter().find(|(known, _)| *known == locale) {
        Some((_, slug)) => (locale.clone(), article_path(locale.as_str(), slug)),
        None => (locale.clone(), article_path(locale.as_str(), &id.to_string())),
    };
    let is_translated = |locale: &Locale| own.iter().any(|(known, _)| known == locale);
    let addresses = languages.into_iter().filter(is_translated).map(address).collect();
    let mut frame = Frame::new(site, &cx.house().settings.public_url, locale, addresses);
    frame.carried = format!("?read={id}");
    let tree = taxonomy::category_names(tx, cx.workspace())?;
    let words = frame.words;
    Ok(ArticlePage {
        id,
        title: live.version.title.clone(),
        excerpt: live.version.excerpt.clone(),
        path: article_path(locale.as_str(), &live.slug),
        locale: locale.as_str().to_owned(),
        direction: direction(locale.as_str()),
        updated: day(live.version.created_at),
        notice: None,
        html: live.html(""),
        crumbs: crumbs(&tree, live.article.category, locale),
        related: beside(tx, cx, live, locale)?,
        voted: String::new(),
        reasons: [
            ("wrong", words.wrong),
            ("outdated", words.outdated),
            ("unclear", words.unclear),
            ("missing", words.missing),
            ("other", words.other),
        ],
        frame,
    })
}

/// Related articles: those that somebody chose, else the newest of the same category.
fn beside(tx: &mut Tx<'_>, cx: &Cx, live: &Live, locale: &Locale) -> Result<Vec<Item>> {
    let mut ids = related_to(tx, cx, live.article.id)?;
    if ids.is_empty() {
        let near = Shelf::of_category(tx, cx, SIGHT, live.article.category, None, FEW)?;
        ids = near.into_iter().map(|line| line.id).filter(|id| *id != live.article.id).take(FEW).collect();
    }
    live_titles(tx, cx, &ids, locale)
}

/// The frame of the search page, whose results come from elsewhere.
pub(super) fn search_frame(tx: &mut Tx<'_>, cx: &Cx, wanted: &str, asked: &str) -> Result<(Frame, Locale)> {
    let site = site::find(tx, cx)?;
    let (locale, languages) = locale_of(tx, cx, &site, wanted)?;
    let mut frame = frame(cx, &site, &locale, languages, "/search");
    frame.asked = asked.to_owned();
    Ok((frame, locale))
}

/// The contact form with what was read.
pub(super) fn contact(tx: &mut Tx<'_>, cx: &Cx, wanted: &str, read: &str, searches: &str) -> Result<ContactPage> {
    let site = site::find(tx, cx)?;
    if !site.has_contact {
        return Err(gone());
    }
    let (locale, languages) = locale_of(tx, cx, &site, wanted)?;
    let frame = frame(cx, &site, &locale, languages, "/contact");
    let ids: Vec<ArticleId> = read.split(',').filter_map(|id| id.parse().ok()).take(10).collect();
    let found = titled_many(tx, cx, SIGHT, &ids, Some(locale.as_str()))?;
    let known: Vec<String> = found.iter().map(|titled| titled.id.to_string()).collect();
    Ok(ContactPage {
        frame,
        received: None,
        typed: None,
        read: found.iter().map(item).collect(),
        read_ids: known.join(","),
        searches: searches.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ',')).take(400).collect(),
    })
}

/// The titles and addresses of articles that are open to anybody, for a note about what was read.
pub fn titles(tx: &mut Tx<'_>, cx: &Cx, ids: &[ArticleId]) -> Result<Vec<(String, String)>> {
    let found = titled_many(tx, cx, SIGHT, ids, None)?;
    Ok(found.iter().map(item).map(|item| (item.title, item.path)).collect())
}

/// The page that says there is none; in the language of the address when it names one.
pub(super) fn missing(tx: &mut Tx<'_>, cx: &Cx, wanted: &str) -> Result<MissingPage> {
    let site = site::find(tx, cx)?;
    let languages = site::languages(tx, cx, &site)?;
    let asked = Locale::new(wanted).ok().filter(|locale| languages.contains(locale));
    let locale = asked.unwrap_or_else(|| site.default_locale.clone());
    Ok(MissingPage { frame: frame(cx, &site, &locale, languages, "") })
}
