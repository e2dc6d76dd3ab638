//! Pictures of articles: named by the hash of their bytes, and as visible as their article.
//! Rule: only raster pictures up to 2 MiB, told by their first bytes; they lie in rows, so that a backup has them.

use axum::response::{IntoResponse, Response};
use base::{Code, Kind, Result};
use db::Tx;
use http::{HeaderValue, header};
use sha2::{Digest, Sha256};
use trust::Cx;
use trust::access::Right;

use super::article::{Article, gone};
use super::sight::Sight;
use crate::nouns::ArticleId;

/// The largest picture, in bytes.
pub const IMAGE_LIMIT: usize = 2 * 1024 * 1024;
/// What a browser shows without running anything.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// The bytes are no picture we show.
pub static NOT_A_PICTURE: Code = Code::new(
    Kind::UnsupportedMedia,
    "not_a_picture",
    "These bytes are no picture that can be shown.",
    "Use PNG, JPEG, GIF, WebP or AVIF, at most 2 MiB.",
);

/// A picture on its way into rows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// SHA-256 of the bytes in hexadecimal; also what names it in Markdown, as `cid:…`.
    pub id: String,
    /// The type its first bytes say.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Looks at bytes and takes them if they are a picture.
    pub fn new(bytes: Vec<u8>) -> Result<Picture> {
        let found = infer::get(&bytes).map(|kind| kind.mime_type());
        let content_type = found.filter(|found| SHOWN.contains(found) && bytes.len() <= IMAGE_LIMIT);
        let content_type = content_type.ok_or_else(|| NOT_A_PICTURE.error())?;
        let id = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Picture { id, content_type, bytes })
    }
}

/// Keeps a picture of an article; the same bytes twice are one.
pub fn keep(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, name: &str, picture: &Picture) -> Result<()> {
    Article::find(tx, cx, Sight::of(cx), article)?;
    cx.require(Right::KnowledgeWrite)?;
    tx.exec(
        "INSERT INTO article_image (workspace_id, article_id, id, name, content_type, bytes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[&cx.workspace(), &article, &picture.id, &name, &picture.content_type, &picture.bytes, &cx.env().now()],
    )?;
    Ok(())
}

/// The type and bytes of a picture whose article this reader sees.
pub fn show(tx: &mut Tx<'_>, cx: &Cx, sight: Sight, article: ArticleId, id: &str) -> Result<(String, Vec<u8>)> {
    Article::find(tx, cx, sight, article)?;
    let found = tx.first(
        "SELECT content_type, bytes FROM article_image WHERE workspace_id = $1 AND article_id = $2 AND id = $3",
        &[&cx.workspace(), &article, &id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    found.ok_or_else(gone)
}

/// A picture on the wire; it is named by its bytes and so never changes.
pub(crate) fn answer((content_type, bytes): (String, Vec<u8>)) -> Response {
    let content_type = HeaderValue::from_str(&content_type).unwrap_or(HeaderValue::from_static("image/png"));
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

/// The pictures of an article: id, name and bytes, for an export.
pub fn of_article(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId) -> Result<Vec<(String, String, Vec<u8>)>> {
    Article::find(tx, cx, Sight::of(cx), article)?;
    tx.all(
        "SELECT id, name, bytes FROM article_image WHERE workspace_id = $1 AND article_id = $2 ORDER BY id",
        &[&cx.workspace(), &article],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}
