//! The doors of uploads and downloads.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use trust::{Cx, House};
use utoipa::IntoParams;
use web::{Access, Class, Created, Method, NOT_FOUND, Op, Query, Reply};

use super::download::{holds, is_for};
use super::keeping::{File, UploadOut, find};
use super::naming::disposition;
use super::receiving::receive;
use crate::Desk;

const RAW: &str = "application/octet-stream";
const NAME: (&str, &str) = ("X-Filename", "The file's name, percent-encoded UTF-8.");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Post, "/api/v1/uploads", "sendFile", Access::Member("tickets:write"), send)
            .about("Sends a file of at most 25 MB, to be attached to a message by its id within 24 hours.")
            .class(Class::Upload)
            .header(NAME.0, NAME.1)
            .takes_raw(RAW)
            .gives::<UploadOut>(201),
        Op::new(Method::Post, "/api/v1/me/uploads", "sendMyFile", Access::Customer, send)
            .about("Sends a file of the customer, to be attached to a message by its id within 24 hours.")
            .class(Class::Upload)
            .header(NAME.0, NAME.1)
            .takes_raw(RAW)
            .gives::<UploadOut>(201),
        Op::new(Method::Get, "/attachments/{workspace}/{upload}", "download", Access::Public, download)
            .about("Downloads an attachment by the link that a message shows.")
            .query::<LinkQuery>()
            .gives_raw(200, RAW),
    ]
}

/// What proves a link.
#[derive(Deserialize, IntoParams)]
struct LinkQuery {
    /// The second it ends, since 1970.
    until: i64,
    /// The tag over what it names.
    tag: String,
}

async fn send(cx: Cx, desk: Desk, headers: HeaderMap, body: Body) -> web::Result<Created<UploadOut>> {
    Ok(Created(Reply::new(receive(cx, desk.blobs(), &headers, body).await?)))
}

async fn download(
    Extension(house): Extension<Arc<House>>,
    desk: Desk,
    Path((workspace, upload)): Path<(String, String)>,
    Query(link): Query<LinkQuery>,
    parts: Parts,
) -> web::Result<Response> {
    let gone = || NOT_FOUND.error();
    let (Ok(workspace), Ok(upload)) = (workspace.parse(), upload.parse()) else { return Err(gone().into()) };
    let is_proved = holds(&house.secrets, workspace, upload, link.until, &link.tag, house.env.now())?;
    if !is_proved || !is_for(&house.settings, &parts) {
        return Err(gone().into());
    }
    let found = house.db.read(workspace.uuid(), move |tx| find(tx, workspace, upload)).await?;
    let file = found.ok_or_else(gone)?;
    let bytes = desk.blobs().get_stream(file.key).await?.ok_or_else(gone)?;
    Ok((headers(&file), Body::from_stream(bytes)).into_response())
}

/// What keeps a browser from doing anything with a file but saving it, or showing a picture inside another page.
fn headers(file: &File) -> HeaderMap {
    let content_type = HeaderValue::from_str(&file.content_type).unwrap_or(HeaderValue::from_static(RAW));
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, HeaderValue::from(file.size)),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // The console and widgets are on other origins than attachments; the link is the permission.
        (header::HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ])
}
