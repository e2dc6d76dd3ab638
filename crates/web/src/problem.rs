//! Errors as RFC 9457 problem documents, each with a reference that is in the logs.

use axum::response::{IntoResponse, Response};
use base::{Error, Kind};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// What route functions return.
pub type Result<T> = std::result::Result<T, Problem>;

/// An error on its way out.
#[derive(Debug)]
pub struct Problem(pub Error);

/// The reference of a request: in the answer's problem document and in every log line about it.
#[derive(Clone, Debug)]
pub struct Reference(pub String);

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error)
    }
}

impl From<&'static base::Code> for Problem {
    fn from(code: &'static base::Code) -> Problem {
        Problem(code.error())
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    help: &'static str,
    reference: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [base::FieldProblem],
    #[serde(flatten)]
    extra: Option<&'a serde_json::Map<String, serde_json::Value>>,
}

impl Problem {
    /// The answer, with the request's reference; server faults are logged with their cause.
    pub fn answer(&self, reference: &str) -> Response {
        let error = &self.0;
        let kind = error.kind();
        if matches!(kind, Kind::Internal | Kind::Unavailable) {
            tracing::error!(reference, code = error.name(), cause = error.cause().unwrap_or(""), "request failed");
        }
        let document = Document {
            kind: format!("urn:mainstay:error:{}", error.name()),
            title: kind.title(),
            status: kind.status(),
            code: error.name(),
            detail: error.message(),
            help: error.code().help,
            reference,
            errors: error.fields(),
            extra: error.extra(),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, body).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = error.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// Marks an answer whose problem document still lacks the request's reference; the router fills it in.
#[derive(Clone)]
pub(crate) struct Unreferenced(pub(crate) std::sync::Arc<Problem>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = status.into_response();
        answer.extensions_mut().insert(Unreferenced(std::sync::Arc::new(self)));
        answer
    }
}
