//! What search engines read: every page that is open to anybody, and where that list is.

use axum::response::{IntoResponse, Response};
use base::{Result, Time};
use db::{Query, Tx};
use http::header;
use trust::Cx;
use web::{Access, Method, Op};

use super::pages::{Frame, article_path, day};
use super::site;
use super::visitor::AtHelp;
use crate::articles::{Locale, Sight};
use crate::places::One;

/// Addresses of one sitemap; the format allows 50,000.
const PART: i64 = 45_000;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/help/sitemap.xml", "readHelpSitemap", Access::Public, sitemap)
            .about("Every article that is open to anybody, for search engines; a list of parts when there are too many for one.")
            .gives_raw(200, "application/xml"),
        Op::new(Method::Get, "/help/sitemaps/{part}", "readHelpSitemapPart", Access::Public, part)
            .about("A part of the sitemap, `1.xml` and on.")
            .gives_raw(200, "application/xml"),
        Op::new(Method::Get, "/robots.txt", "readRobots", Access::Public, robots)
            .about("What search engines may read.")
            .gives_raw(200, "text/plain"),
    ]
}

async fn sitemap(AtHelp(cx): AtHelp) -> web::Result<Response> {
    let own = cx.clone();
    let (origin, pages) = cx
        .house()
        .db
        .read_long(cx.workspace().uuid(), move |tx| {
            let pages = count(tx, &own)?;
            let first = if pages > PART { Vec::new() } else { self::pages(tx, &own, 0)? };
            Ok((origin(tx, &own)?, (pages, first)))
        })
        .await?;
    Ok(match pages {
        (count, _) if count > PART => index_of(&origin, count),
        (_, pages) => map_of(&origin, &pages),
    })
}

async fn part(AtHelp(cx): AtHelp, One(name): One) -> web::Result<Response> {
    let number = name.strip_suffix(".xml").and_then(|number| number.parse::<i64>().ok());
    let number = number.filter(|number| (1..=1_000).contains(number)).ok_or_else(|| web::NOT_FOUND.error())?;
    let own = cx.clone();
    let read = cx
        .house()
        .db
        .read_long(cx.workspace().uuid(), move |tx| Ok((origin(tx, &own)?, pages(tx, &own, (number - 1) * PART)?)));
    let (origin, pages) = read.await?;
    if pages.is_empty() { Err(web::NOT_FOUND.error().into()) } else { Ok(map_of(&origin, &pages)) }
}

/// A sitemap with these pages.
fn map_of(origin: &str, pages: &[Page]) -> Response {
    let mut text = String::with_capacity(pages.len() * 120 + 200);
    text.push_str(OPENING);
    text.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (locale, slug, at) in pages {
        let path = article_path(locale.as_str(), slug);
        text.push_str(&format!("<url><loc>{origin}{path}</loc><lastmod>{}</lastmod></url>\n", day(*at)));
    }
    text.push_str("</urlset>\n");
    answer(text)
}

/// A list of the sitemaps that have this many pages together.
fn index_of(origin: &str, pages: i64) -> Response {
    let parts = pages / PART + i64::from(pages % PART > 0);
    let mut text = String::from(OPENING);
    text.push_str("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for part in 1..=parts {
        text.push_str(&format!("<sitemap><loc>{origin}/help/sitemaps/{part}.xml</loc></sitemap>\n"));
    }
    text.push_str("</sitemapindex>\n");
    answer(text)
}

const OPENING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn answer(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml"), (header::CACHE_CONTROL, "public, max-age=600")], text).into_response()
}

type Page = (Locale, String, Time);

fn origin(tx: &mut Tx<'_>, cx: &Cx) -> Result<String> {
    let site = site::find(tx, cx)?;
    Ok(Frame::new(&site, &cx.house().settings.public_url, &site.default_locale, Vec::new()).origin)
}

/// What is open to anybody in its own words.
fn open(cx: &Cx, columns: &str) -> Query {
    let mut query = Query::new(&format!(
        "SELECT {columns} FROM article_text t JOIN article a ON a.workspace_id = t.workspace_id AND a.id = t.article_id \
         WHERE t.workspace_id = "
    ));
    query.bind(cx.workspace()).push(" AND t.live IS NOT NULL");
    Sight::Public.limit(&mut query, "a");
    query
}

fn count(tx: &mut Tx<'_>, cx: &Cx) -> Result<i64> {
    Ok(tx.all_of(&open(cx, "COUNT(*)"), |row| row.get(0))?.first().copied().unwrap_or(0))
}

fn pages(tx: &mut Tx<'_>, cx: &Cx, from: i64) -> Result<Vec<Page>> {
    let mut query = open(cx, "t.locale, t.slug, t.updated_at");
    query.push(" ORDER BY t.article_id, t.locale LIMIT ").bind(PART).push(" OFFSET ").bind(from);
    tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

async fn robots(AtHelp(cx): AtHelp) -> web::Result<Response> {
    let origin = cx.read(origin).await?;
    let text = format!("User-agent: *\nAllow: /help\nDisallow: /\n\nSitemap: {origin}/help/sitemap.xml\n");
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_pages_are_a_list_of_parts() {
        for (pages, parts) in [(PART + 1, 2), (2 * PART, 2), (2 * PART + 1, 3)] {
            let body = axum::body::to_bytes(index_of("https://x.test", pages).into_body(), 10_000).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            assert_eq!(text.matches("<sitemap>").count(), parts, "{text}");
            assert!(text.contains(&format!("https://x.test/help/sitemaps/{parts}.xml")), "{text}");
        }
    }
}
