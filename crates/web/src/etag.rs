//! Optimistic concurrency: the version read goes out as `ETag` and must come back in `If-Match`.

use axum::extract::FromRequestParts;
use base::{Error, Result};
use http::{HeaderValue, header, request::Parts};

use crate::codes::{IF_MATCH_REQUIRED, INVALID_HEADER, STALE_VERSION};
use crate::problem::Problem;

/// The `ETag` of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version the caller read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// Refuses the change when the current version is another one.
    pub fn check(self, current: i64) -> Result<()> {
        if self.0 == current { Ok(()) } else { Err(STALE_VERSION.error().with("current_version", current.into())) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<IfMatch, Problem> {
        let value = parts.headers.get(header::IF_MATCH).ok_or_else(|| IF_MATCH_REQUIRED.error())?;
        let version =
            value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        version.map(IfMatch).ok_or_else(|| bad_header().into())
    }
}

fn bad_header() -> Error {
    INVALID_HEADER.because("`If-Match` takes the `ETag` of your last read, such as \"7\".")
}
