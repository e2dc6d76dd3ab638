//! The faces: the console at every page address, the widget's files, the demo page.
//! Rule: hashed files are kept for ever, pages are asked for again; scripts come from this origin alone.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use trust::House;
use uuid::Uuid;

use crate::settings::Settings;

#[cfg(has_console)]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/console/dist"]
struct Console;

#[cfg(has_widget)]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/widget/dist"]
struct Widget;

#[cfg(has_demo)]
const DEMO: Option<&str> = Some(include_str!("../../../demo/app/index.html"));
#[cfg(not(has_demo))]
const DEMO: Option<&str> = None;

const NO_CONSOLE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mainstay</title>\
    <body><h1>The console is not built</h1><p>The server runs, and its API answers. To build the console: \
    <code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>, then build the server again.</p>";

/// Addresses that belong to the API and never show a page.
const API: &[&str] = &["/api/", "/health/", "/metrics", "/openapi.json", "/attachments/", "/help", "/robots.txt"];

const FOREVER: &str = "public, max-age=31536000, immutable";
const SHORTLY: &str = "public, max-age=300";
const ASK_AGAIN: &str = "no-cache";

/// What the faces need to know.
#[derive(Clone)]
pub struct Faces {
    house: Arc<House>,
    demo: bool,
    demo_key: String,
    console_policy: HeaderValue,
}

impl Faces {
    /// The faces over a house.
    pub fn new(house: Arc<House>, settings: &Settings) -> Faces {
        let attachments = &settings.http.attachments_origin;
        // React sets no style attributes in HTML, but its press and overlay helpers insert style elements.
        let policy = format!(
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data: blob: {attachments}; connect-src 'self'; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        );
        Faces {
            house,
            demo: settings.demo,
            demo_key: settings.demo_widget_key.clone(),
            console_policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'")),
        }
    }

    async fn answer(&self, path: &str) -> Response {
        if path == "/demo-app" && self.demo {
            return self.demo_page().await;
        }
        if let Some(name) = path.strip_prefix("/widget/") {
            return widget_file(name);
        }
        let name = path.trim_start_matches('/');
        match console_file(name) {
            Some(file) => file_answer(name, file, keeping(name)),
            None if name.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
            None => self.page(),
        }
    }

    /// The console's page, the same at each of its addresses.
    fn page(&self) -> Response {
        let mut answer = match console_file("index.html") {
            Some(file) => file_answer("index.html", file, ASK_AGAIN),
            None => Html(NO_CONSOLE).into_response(),
        };
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, self.console_policy.clone());
        answer
    }

    async fn demo_page(&self) -> Response {
        let Some(page) = DEMO else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let key =
            if self.demo_key.is_empty() { self.first_key().await.unwrap_or_default() } else { self.demo_key.clone() };
        let mut answer = Html(page.replace("{{WIDGET_KEY}}", &key)).into_response();
        set(&mut answer, header::CACHE_CONTROL, ASK_AGAIN);
        answer
    }

    async fn first_key(&self) -> Option<String> {
        let found = self.house.db.read(Uuid::nil(), |tx| {
            // Every workspace on purpose: a demo has one.
            tx.first(
                "SELECT key_text FROM widget_key WHERE revoked_at IS NULL AND workspace_id IS NOT NULL \
                 ORDER BY created_at LIMIT 1",
                &[],
                |row| row.get(0),
            )
        });
        found.await.ok().flatten()
    }
}

/// The faces and the API under one roof.
pub fn beside(api: Router, faces: Faces) -> Router {
    // Pages of the help centre are the API's, and compress like any page.
    let help = api.clone().layer(CompressionLayer::new());
    let pages = Router::new().fallback(show).with_state(faces.clone()).layer(CompressionLayer::new());
    Router::new().fallback(choose).with_state(([api, pages, help], faces))
}

async fn choose(State(([api, pages, help], faces)): State<([Router; 3], Faces)>, request: Request) -> Response {
    let is_page = faces.owns(request.method(), request.uri().path(), request.headers());
    let is_help = request.uri().path().starts_with("/help");
    let chosen = if is_page {
        pages
    } else if is_help {
        help
    } else {
        api
    };
    match chosen.oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

impl Faces {
    /// Whether a request is for a face; the rest is the API's, its refusals included.
    fn owns(&self, method: &Method, path: &str, headers: &HeaderMap) -> bool {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return false;
        }
        if path == "/demo-app" {
            return self.demo;
        }
        let is_file = path.starts_with("/widget/") || path.starts_with("/assets/");
        let wants_page = headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
        let is_api = API.iter().any(|start| path.starts_with(start));
        !is_api && (is_file || path == "/" || wants_page || console_file(path.trim_start_matches('/')).is_some())
    }
}

async fn show(State(faces): State<Faces>, request: Request) -> Response {
    let mut answer = faces.answer(request.uri().path()).await;
    set(&mut answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut answer, header::REFERRER_POLICY, "no-referrer");
    answer
}

fn set(answer: &mut Response, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// Whether the console is inside this binary.
pub(crate) fn has_console() -> bool {
    console_file("index.html").is_some()
}

#[cfg(has_console)]
fn console_file(name: &str) -> Option<Cow<'static, [u8]>> {
    Console::get(name).map(|file| file.data)
}

#[cfg(not(has_console))]
fn console_file(_: &str) -> Option<Cow<'static, [u8]>> {
    None
}

#[cfg(has_widget)]
fn built_widget(name: &str) -> Option<Cow<'static, [u8]>> {
    Widget::get(name).map(|file| file.data)
}

#[cfg(not(has_widget))]
fn built_widget(_: &str) -> Option<Cow<'static, [u8]>> {
    None
}

/// A file of the widget; any page may load it.
fn widget_file(name: &str) -> Response {
    let Some(file) = built_widget(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = file_answer(name, file, if keeping(name) == FOREVER { FOREVER } else { SHORTLY });
    set(&mut answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(&mut answer, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    answer
}

fn keeping(name: &str) -> &'static str {
    if name.starts_with("assets/") { FOREVER } else { ASK_AGAIN }
}

fn file_answer(name: &str, file: Cow<'static, [u8]>, keep: &'static str) -> Response {
    let body = match file {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut answer = body.into_response();
    set(&mut answer, header::CONTENT_TYPE, content_type(name));
    set(&mut answer, header::CACHE_CONTROL, keep);
    answer
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
