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

/// Addresses of one sitemap; the format allows 50,000.
const MOST: i64 = 45_000;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/help/sitemap.xml", "readHelpSitemap", Access::Public, sitemap)
            .about("Every article that is open to anybody, for search engines.")
            .gives_raw(200, "application/xml"),
        Op::new(Method::Get, "/robots.txt", "readRobots", Access::Public, robots)
            .about("What search engines may read.")
            .gives_raw(200, "text/plain"),
    ]
}

async fn sitemap(AtHelp(cx): AtHelp) -> web::Result<Response> {
    let own = cx.clone();
    let found = cx.house().db.read_long(cx.workspace().uuid(), move |tx| pages(tx, &own)).await?;
    let (origin, pages) = found;
    let mut text = String::with_capacity(pages.len() * 120 + 200);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (locale, slug, at) in pages {
        let path = article_path(locale.as_str(), &slug);
        text.push_str(&format!("<url><loc>{origin}{path}</loc><lastmod>{}</lastmod></url>\n", day(at)));
    }
    text.push_str("</urlset>\n");
    Ok(([(header::CONTENT_TYPE, "application/xml"), (header::CACHE_CONTROL, "public, max-age=600")], text)
        .into_response())
}

type Page = (Locale, String, Time);

fn pages(tx: &mut Tx<'_>, cx: &Cx) -> Result<(String, Vec<Page>)> {
    let site = site::find(tx, cx)?;
    let origin = Frame::new(&site, &cx.house().settings.public_url, &site.default_locale, Vec::new()).origin;
    let mut query = Query::new(
        "SELECT t.locale, t.slug, t.updated_at FROM article_text t JOIN article a ON a.workspace_id = t.workspace_id \
         AND a.id = t.article_id WHERE t.workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND t.live IS NOT NULL");
    Sight::Public.limit(&mut query, "a");
    query.push(" LIMIT ").bind(MOST);
    Ok((origin, tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?))
}

async fn robots(AtHelp(cx): AtHelp) -> web::Result<Response> {
    let origin = cx.read(|tx, cx| {
        let site = site::find(tx, cx)?;
        Ok(Frame::new(&site, &cx.house().settings.public_url, &site.default_locale, Vec::new()).origin)
    });
    let text = format!("User-agent: *\nAllow: /help\nDisallow: /\n\nSitemap: {}/help/sitemap.xml\n", origin.await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
