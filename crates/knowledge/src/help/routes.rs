//! The addresses of the help centre's pages: everything a reader opens works without a script.

use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use base::text::Line;
use base::{Cursor, Kind, Result};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use trust::Cx;
use utoipa::IntoParams;
use web::{Access, Class, Method, Op, Peer, Problem, Query};

use super::pages::{self, FoundItem, SearchPage, draw};
use super::shelves::{self, Found};
use super::site;
use super::visitor::{AtHelp, origin, voter};
use super::words::words;
use crate::articles::{Live, Locale, Sight, closest, images};
use crate::feedback::{NewVote, TOO_MANY_VOTES, VoteReason, vote};
use crate::finding::{self, Wanted};
use crate::gaps::{self, Asked, AskedVia};
use crate::nouns::{ArticleId, QueryId};
use crate::places::{One, Sent, Two};
use crate::state::Library;

/// Scripts, styles and pictures of this origin; pictures of articles from anywhere safe; forms go home.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const SHORTLY: &str = "public, max-age=30";
const FOREVER: &str = "public, max-age=31536000, immutable";

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/help", "openHelp", Access::Public, open)
            .about("Leads to the help centre in the reader's language.")
            .gives_nothing(303),
        Op::new(Method::Get, "/help/{locale}", "showHelpHome", Access::Public, home)
            .about("The first page of the help centre.")
            .gives_raw(200, "text/html"),
        Op::new(Method::Get, "/help/{locale}/categories/{category}", "showHelpCategory", Access::Public, category)
            .about("The articles of a category.")
            .query::<After>()
            .gives_raw(200, "text/html"),
        Op::new(Method::Get, "/help/{locale}/articles/{slug}", "showHelpArticle", Access::Public, article)
            .about("An article.")
            .gives_raw(200, "text/html"),
        Op::new(Method::Post, "/help/{locale}/articles/{slug}/votes", "voteOnHelpArticle", Access::Public, cast)
            .about("Votes on an article by a form, and leads back to it.")
            .takes_raw("application/x-www-form-urlencoded")
            .gives_nothing(303),
        Op::new(Method::Get, "/help/{locale}/to/{key}", "followHelpLink", Access::Public, follow)
            .about("Leads to the article that a link inside another means.")
            .gives_nothing(303),
        Op::new(Method::Get, "/help/{locale}/search", "showHelpSearch", Access::Public, search)
            .about("What a search finds, as a page.")
            .class(Class::Search)
            .gives_raw(200, "text/html"),
        Op::new(Method::Get, "/help/{locale}/contact", "showHelpContact", Access::Public, contact)
            .about("The contact form, with what was read before.")
            .gives_raw(200, "text/html"),
        Op::new(Method::Get, "/help/{locale}/{page}", "showHelpMissing", Access::Public, missing)
            .about("Says that there is no such page, and offers to search.")
            .gives_raw(404, "text/html"),
        Op::new(Method::Get, "/help/images/{article}/{image}", "showHelpImage", Access::Public, image)
            .about("A picture of an article.")
            .gives_raw(200, "image/*"),
        Op::new(Method::Get, "/help/style.css", "readHelpStyle", Access::Public, style)
            .about("The style sheet of the help centre.")
            .gives_raw(200, "text/css"),
        Op::new(Method::Get, "/help/help.js", "readHelpScript", Access::Public, script)
            .about("The script of the help centre.")
            .gives_raw(200, "text/javascript"),
    ]
}

/// A page that may be kept for a moment.
fn html(status: StatusCode, body: String) -> Response {
    let mut answer = (status, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(SHORTLY));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    answer
}

/// Leads on to another address.
pub fn lead(to: &str) -> Response {
    let place = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/help"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// A page of a template, or the page that says there is none.
async fn shown(cx: &Cx, locale: &str, page: Result<String>) -> web::Result<Response> {
    match page {
        Ok(body) => Ok(html(StatusCode::OK, body)),
        Err(error) if error.kind() == Kind::NotFound => Ok(missing_page(cx, locale).await?),
        Err(error) => Err(Problem(error)),
    }
}

async fn missing_page(cx: &Cx, locale: &str) -> Result<Response> {
    let locale = locale.to_owned();
    let page = cx.read(move |tx, cx| shelves::missing(tx, cx, &locale)).await?;
    Ok(html(StatusCode::NOT_FOUND, draw(&page)?))
}

async fn missing(AtHelp(cx): AtHelp, Two(locale, _): Two) -> web::Result<Response> {
    Ok(missing_page(&cx, &locale).await?)
}

async fn open(AtHelp(cx): AtHelp, headers: HeaderMap) -> web::Result<Response> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = wanted.to_owned();
    let locale = cx.read(move |tx, cx| {
        let site = site::find(tx, cx)?;
        let known = site::languages(tx, cx, &site)?;
        Ok(best(&wanted, &known).unwrap_or(site.default_locale))
    });
    Ok(lead(&format!("/help/{}", locale.await?)))
}

/// The first language of a browser's list that the help centre has.
fn best(wanted: &str, known: &[Locale]) -> Option<Locale> {
    let mut names =
        wanted.split(',').take(20).filter_map(|part| Locale::new(part.split(';').next().unwrap_or_default()).ok());
    names.find_map(|name| known.get(closest(&name, known.iter())?).cloned())
}

async fn home(AtHelp(cx): AtHelp, One(locale): One) -> web::Result<Response> {
    let wanted = locale.clone();
    let page = cx.read(move |tx, cx| shelves::home(tx, cx, &wanted)).await.and_then(|page| draw(&page));
    shown(&cx, &locale, page).await
}

/// Where a page of a list starts.
#[derive(Deserialize, IntoParams)]
struct After {
    /// The place in the list.
    #[param(max_length = 200)]
    after: Option<String>,
}

async fn category(AtHelp(cx): AtHelp, Two(locale, named): Two, Query(asked): Query<After>) -> web::Result<Response> {
    let wanted = locale.clone();
    let after = asked.after.as_deref().and_then(Cursor::decode);
    let page = cx.read(move |tx, cx| shelves::category(tx, cx, &wanted, &named, after)).await;
    shown(&cx, &locale, page.and_then(|page| draw(&page))).await
}

/// What an article's address may carry.
#[derive(Deserialize)]
struct Carried {
    /// The settled search that led here.
    s: Option<String>,
    /// The words that were typed when it was opened.
    q: Option<String>,
    /// What the reader said.
    voted: Option<String>,
    /// The language that was wanted.
    #[serde(rename = "for")]
    wanted: Option<String>,
}

async fn article(
    AtHelp(cx): AtHelp,
    library: Library,
    Two(locale, slug): Two,
    Query(carried): Query<Carried>,
) -> web::Result<Response> {
    let wanted = locale.clone();
    let found = cx.read(move |tx, cx| shelves::article(tx, cx, &wanted, &slug)).await;
    let (mut page, live) = match found {
        Ok(Found::Here(found)) => found,
        Ok(Found::Moved(to)) => return Ok(lead(&to)),
        Err(error) => return shown(&cx, &locale, Err(error)).await,
    };
    library.views().count(cx.workspace(), live.article.id);
    note_click(&cx, &carried, &live).await;
    page.notice = carried.wanted.as_deref().filter(|wanted| *wanted != locale).map(words);
    page.voted = carried.voted.unwrap_or_default();
    if let Some(search) = carried.s.as_deref().and_then(|id| id.parse::<QueryId>().ok()) {
        page.frame.carried = format!("{}&s={search}", page.frame.carried);
    }
    shown(&cx, &locale, draw(&page)).await
}

/// Notes which search led to an article; what cannot be noted is no reason to show nothing.
async fn note_click(cx: &Cx, carried: &Carried, live: &Live) {
    let article = live.article.id;
    let noted = match (carried.s.as_deref().map(str::parse::<QueryId>), &carried.q) {
        (Some(Ok(query)), _) => cx.write(move |tx, cx| gaps::click(tx, cx, query, article)).await,
        (None, Some(text)) => {
            let asked = Asked {
                text: Wanted::new(Sight::Public, text.clone()).text,
                locale: live.version.locale.as_str().to_owned(),
                via: AskedVia::Help,
                results: 1,
                reading: None,
                customer: None,
            };
            cx.write(move |tx, cx| match gaps::ask(tx, cx, &asked)? {
                Some(query) => gaps::click(tx, cx, query, article),
                None => Ok(()),
            })
            .await
        }
        _ => return,
    };
    if let Err(error) = noted {
        tracing::warn!(code = error.name(), "a click was not noted");
    }
}

/// A vote as the form sends it.
#[derive(Deserialize)]
struct Ballot {
    helpful: String,
    reason: Option<String>,
    comment: Option<String>,
}

async fn cast(
    AtHelp(cx): AtHelp,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Two(locale, slug): Two,
    Sent(ballot): Sent<Ballot>,
) -> web::Result<Response> {
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_helpful = ballot.helpful == "yes";
    let reason = ballot.reason.as_deref().and_then(VoteReason::from_word).filter(|_| !is_helpful);
    let comment = ballot.comment.as_deref().and_then(|text| Line::new(&text.replace(['\r', '\n', '\t'], " ")).ok());
    let has_reason = reason.is_some() || comment.is_some();
    let peer = peer.map(|peer| peer.0);
    let (voter, origin) = (voter(&cx, peer, browser), origin(&cx, peer));
    let new = NewVote { is_helpful, reason, comment, voter, origin, customer: None };
    let wanted = locale.clone();
    let voted = cx.write(move |tx, cx| {
        let locale = Locale::new(&wanted).map_err(|_| web::NOT_FOUND.error())?;
        let live = Live::by_slug(tx, cx, Sight::Public, &locale, &slug)?.ok_or_else(|| web::NOT_FOUND.error())?;
        let path = pages::article_path(&wanted, &live.slug);
        match vote(tx, cx, Sight::Public, &live, &new) {
            Ok(_) => Ok((path, true)),
            Err(error) if error.code() == &TOO_MANY_VOTES => Ok((path, false)),
            Err(error) => Err(error),
        }
    });
    match voted.await {
        Ok((path, is_counted)) => {
            let said = if !is_counted {
                "later"
            } else if is_helpful {
                "yes"
            } else if has_reason {
                "thanks"
            } else {
                "no"
            };
            Ok(lead(&format!("{path}?voted={said}#votes")))
        }
        Err(error) => shown(&cx, &locale, Err(error)).await,
    }
}

async fn follow(AtHelp(cx): AtHelp, Two(locale, key): Two) -> web::Result<Response> {
    let wanted = locale.clone();
    let found = cx.read(move |tx, cx| shelves::link_to::<()>(tx, cx, &wanted, &key)).await;
    match found {
        Ok(Found::Moved(to)) => Ok(lead(&to)),
        Ok(Found::Here(())) => Ok(lead("/help")),
        Err(error) => shown(&cx, &locale, Err(error)).await,
    }
}

/// What is searched for.
#[derive(Deserialize)]
struct SearchFor {
    q: Option<String>,
}

async fn search(
    AtHelp(cx): AtHelp,
    library: Library,
    One(locale): One,
    Query(asked): Query<SearchFor>,
) -> web::Result<Response> {
    let text = Wanted::new(Sight::Public, asked.q.unwrap_or_default()).text;
    let (wanted, words) = (locale.clone(), text.clone());
    let framed = cx.read(move |tx, cx| shelves::search_frame(tx, cx, &wanted, &words)).await;
    let (mut frame, own) = match framed {
        Ok(framed) => framed,
        Err(error) => return shown(&cx, &locale, Err(error)).await,
    };
    let mut items = Vec::new();
    if !text.trim().is_empty() {
        let wanted = Wanted { locale: Some(own), limit: 20, ..Wanted::new(Sight::Public, text) };
        let found = finding::find_and_log(&cx, &library, wanted, AskedVia::Help, None).await?;
        let mark = found.query.map(|query| format!("?s={query}")).unwrap_or_default();
        frame.carried.clone_from(&mark);
        items = found.answer.hits.iter().map(|hit| found_item(hit, &mark)).collect();
    }
    shown(&cx, &locale, draw(&SearchPage { frame, items })).await
}

fn found_item(hit: &finding::Hit, mark: &str) -> FoundItem {
    let path = pages::article_path(hit.live.version.locale.as_str(), &hit.live.slug);
    FoundItem { title: hit.live.version.title.clone(), path: format!("{path}{mark}"), snippet: hit.snippet.clone() }
}

/// What the way to the contact form takes along.
#[derive(Deserialize)]
struct ToContact {
    read: Option<String>,
    s: Option<String>,
    received: Option<i64>,
}

async fn contact(AtHelp(cx): AtHelp, One(locale): One, Query(asked): Query<ToContact>) -> web::Result<Response> {
    let wanted = locale.clone();
    let (read, searches) = (asked.read.unwrap_or_default(), asked.s.unwrap_or_default());
    let page = cx.read(move |tx, cx| shelves::contact(tx, cx, &wanted, &read, &searches)).await.map(|mut page| {
        page.received = asked.received;
        page
    });
    shown(&cx, &locale, page.and_then(|page| draw(&page))).await
}

/// The contact form as it is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// A name.
    pub name: String,
    /// An address.
    pub email: String,
    /// What it is about.
    pub subject: String,
    /// The message.
    pub message: String,
    /// A field that only programs fill in.
    pub website: String,
    /// Ids of the articles that were read, with commas.
    pub read: String,
    /// Ids of the searches, with commas.
    pub searches: String,
}

/// The form again, with what was typed, because it cannot be sent like this.
pub async fn contact_page(cx: &Cx, locale: &str, form: ContactForm) -> web::Result<Response> {
    let (wanted, read, searches) = (locale.to_owned(), form.read.clone(), form.searches.clone());
    let page = cx.read(move |tx, cx| shelves::contact(tx, cx, &wanted, &read, &searches)).await;
    match page {
        Ok(mut page) => {
            page.typed = Some(form);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, draw(&page)?))
        }
        Err(error) => shown(cx, locale, Err(error)).await,
    }
}

/// The page that says there is none, when the help centre has no contact form or not this language.
pub async fn without_contact(cx: &Cx, locale: &str) -> web::Result<Option<Response>> {
    let wanted = locale.to_owned();
    match cx.read(move |tx, cx| shelves::contact(tx, cx, &wanted, "", "").map(drop)).await {
        Ok(()) => Ok(None),
        Err(error) => shown(cx, locale, Err(error)).await.map(Some),
    }
}

async fn image(AtHelp(cx): AtHelp, Two(article, image): Two) -> web::Result<Response> {
    let id: ArticleId = article.parse().map_err(|()| web::NOT_FOUND.error())?;
    let shown = cx.read(move |tx, cx| images::show(tx, cx, Sight::Public, id, &image)).await?;
    Ok(images::answer(shown))
}

async fn style(AtHelp(cx): AtHelp) -> web::Result<Response> {
    let site = cx.read(site::find).await?;
    let (light, dark) = super::colours::readable(&site.accent);
    let text = format!(":root {{ --accent-light: {light}; --accent-dark: {dark}; }}\n{}", pages::STYLE);
    Ok(file("text/css; charset=utf-8", text))
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", pages::SCRIPT.to_owned())
}

fn file(content_type: &'static str, text: String) -> Response {
    let kept = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, FOREVER)];
    (kept, text).into_response()
}
