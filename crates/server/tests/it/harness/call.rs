//! Calls at the doors, and their answers; a wrong status shows the whole answer.

use std::net::SocketAddr;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::World;

/// Somebody at the doors.
pub struct Caller<'w> {
    world: &'w World,
    token: Option<&'w str>,
}

/// A call on its way.
pub struct Call<'w> {
    world: &'w World,
    request: http::request::Builder,
    body: Body,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl<'w> Caller<'w> {
    pub fn new(world: &'w World, token: Option<&'w str>) -> Caller<'w> {
        Caller { world, token }
    }

    /// A call without a body.
    pub fn call(&self, method: Method, path: &str) -> Call<'w> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Call { world: self.world, request, body: Body::empty() }
    }

    pub fn get(&self, path: &str) -> Call<'w> {
        self.call(Method::GET, path)
    }

    pub fn delete(&self, path: &str) -> Call<'w> {
        self.call(Method::DELETE, path)
    }

    pub fn post(&self, path: &str, body: Value) -> Call<'w> {
        self.call(Method::POST, path).json(&body)
    }

    pub fn put(&self, path: &str, body: Value) -> Call<'w> {
        self.call(Method::PUT, path).json(&body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Call<'w> {
        self.call(Method::PATCH, path).json(&body)
    }
}

impl Call<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.request = self.request.header(name, value.as_ref());
        self
    }

    /// A JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", serde_json::to_vec(body).unwrap())
    }

    /// A body as it is.
    pub fn raw(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.request = self.request.header(header::CONTENT_TYPE, content_type);
        self.body = body.into();
        self
    }

    /// Sends it and gives the answer.
    pub async fn send(self) -> Answer {
        let mut request = self.request.body(self.body).unwrap();
        let socket: SocketAddr = ([127, 0, 0, 1], 50_000).into();
        request.extensions_mut().insert(socket);
        let answer = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    /// Sends it, expects a status, and gives the body as JSON.
    pub async fn expect(self, status: u16) -> Value {
        self.send().await.expect(status)
    }
}

impl Answer {
    /// Expects a status and gives the body as JSON; `null` for an empty one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or(Value::String(text.into_owned()))
    }

    /// The body as text, whatever the status, unless it is the server's fault.
    #[track_caller]
    pub fn expect_any(&self) -> String {
        assert!(self.status.as_u16() < 500, "{self:?}");
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Expects a problem document with this code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.text_header("content-type"), "application/problem+json");
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["reference"].as_str().unwrap().starts_with("ref_"), "{problem}");
        problem
    }

    /// A header as text; empty when it is missing.
    pub fn text_header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
