//! Answers of route functions: a shape as JSON, its version as `ETag`.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::codes::INTERNAL;
use crate::etag::etag;
use crate::problem::Problem;

/// 200 with a shape.
pub struct Reply<T> {
    body: T,
    version: Option<i64>,
}

impl<T> Reply<T> {
    /// A shape without a version.
    pub fn new(body: T) -> Reply<T> {
        Reply { body, version: None }
    }

    /// A shape with its version.
    pub fn versioned(body: T, version: i64) -> Reply<T> {
        Reply { body, version: Some(version) }
    }
}

/// 201 with a shape.
pub struct Created<T>(pub Reply<T>);

/// 204.
pub struct NoContent;

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        respond(StatusCode::OK, &self)
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        respond(StatusCode::CREATED, &self.0)
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

fn respond<T: Serialize>(status: StatusCode, reply: &Reply<T>) -> Response {
    let bytes = match serde_json::to_vec(&reply.body) {
        Ok(bytes) => bytes,
        Err(error) => return Problem(INTERNAL.error().caused_by(error)).into_response(),
    };
    let mut answer = (status, bytes).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(version) = reply.version {
        headers.insert(header::ETAG, etag(version));
    }
    answer
}
