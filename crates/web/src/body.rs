//! Reading requests strictly: one JSON document, known fields only, every mistake named with a pointer.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use base::{Error, Id, Noun};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, Uri, header, request::Parts};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::codes::{
    BODY_TOO_LARGE, BROKEN_BODY, INVALID_FIELD, INVALID_QUERY, MALFORMED_JSON, NOT_FOUND, SLOW_BODY, UNKNOWN_FIELD,
    WRONG_CONTENT_TYPE,
};
use crate::problem::Problem;
use crate::strict::Strict;

/// The largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 2 * 1024 * 1024;
/// How long a JSON body may take to arrive.
const JSON_PATIENCE: Duration = Duration::from_secs(20);

/// A JSON body, and the hash of its bytes.
pub struct Json<T> {
    /// The value.
    pub value: T,
    /// SHA-256 of the bytes as they came.
    pub hash: [u8; 32],
}

/// The SHA-256 of a body.
pub fn json_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>, Problem> {
        check_type(request.headers())?;
        let bytes = read(request.into_body(), JSON_LIMIT).await?;
        Ok(Json { value: parse(&bytes)?, hash: json_hash(&bytes) })
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Error> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(WRONG_CONTENT_TYPE.error()) }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Error> {
    let collect = async {
        let mut stream = body.into_data_stream();
        let mut all = BytesMut::new();
        while let Some(part) = stream.next().await {
            let part = part.map_err(|error| BROKEN_BODY.error().caused_by(error))?;
            if all.len() + part.len() > limit {
                return Err(BODY_TOO_LARGE.because(format!("The body is larger than {limit} bytes.")));
            }
            all.extend_from_slice(&part);
        }
        Ok(all.freeze())
    };
    tokio::time::timeout(JSON_PATIENCE, collect).await.unwrap_or_else(|_| Err(SLOW_BODY.error()))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // Keeping track of where one is costs more than reading: it is done for bodies that are wrong.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    if let Ok(value) = T::deserialize(Strict(&mut reader))
        && reader.end().is_ok()
    {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut reader)).map_err(|error| wrong_field(&error))?;
    reader
        .end()
        .map_err(|error| MALFORMED_JSON.because(format!("The body goes on after its JSON document: {error}.")))?;
    Ok(value)
}

fn wrong_field(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    if !inner.is_data() {
        return MALFORMED_JSON.because(format!("The body is not valid JSON: {inner}."));
    }
    let pointer = pointer(error.path());
    let message = inner.to_string();
    let words = message.split(" at line ").next().unwrap_or_default().to_owned();
    if let Some(rest) = words.strip_prefix("unknown field `") {
        let name = rest.split('`').next().unwrap_or_default();
        let pointer = if pointer.ends_with(&format!("/{name}")) { pointer } else { format!("{pointer}/{name}") };
        return UNKNOWN_FIELD.error().field(pointer, "unknown", "is not a field of this request");
    }
    if let Some(rest) = words.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return INVALID_FIELD.error().field(format!("{pointer}/{name}"), "missing", "is required");
    }
    INVALID_FIELD.error().field(pointer, "invalid", words)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut text = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("/{index}")),
            Segment::Map { key } => text.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

/// A typed id in the path; anything that is no such id is simply not there.
pub struct PathId<N>(pub Id<N>);

impl<N: Noun, S: Send + Sync> FromRequestParts<S> for PathId<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathId<N>, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| NOT_FOUND.error())?;
        text.parse().map(PathId).map_err(|()| NOT_FOUND.error().into())
    }
}

/// Query parameters; unknown ones are refused when `T` denies unknown fields.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Problem> {
        Ok(Query(query(&parts.uri)?))
    }
}

fn query<T: DeserializeOwned>(uri: &Uri) -> base::Result<T> {
    axum::extract::Query::<T>::try_from_uri(uri).map(|query| query.0).map_err(|rejection| {
        let text = rejection.body_text();
        let words = text.split(": ").skip(1).collect::<Vec<_>>().join(": ");
        INVALID_QUERY.because(format!("A query parameter is wrong: {words}."))
    })
}

/// Query parameters, those written as `name[key]=value` kept apart: by key, when their name is the one expected.
pub struct DeepQuery<T> {
    /// The others.
    pub plain: T,
    deep: Vec<(String, String)>,
}

impl<T> DeepQuery<T> {
    /// The values of `name[key]` by key; any other name, and a key that comes twice, is refused.
    pub fn deep(&self, name: &str) -> base::Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        for (written, value) in &self.deep {
            let key = written.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
            let wrong = || INVALID_QUERY.because(format!("`{written}` is not a query parameter, or comes twice."));
            let is_new = found.insert(key.ok_or_else(wrong)?.to_owned(), value.clone()).is_none();
            if !is_new {
                return Err(wrong());
            }
        }
        Ok(found)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for DeepQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<DeepQuery<T>, Problem> {
        let is_deep = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            name.contains('[') || name.to_ascii_lowercase().contains("%5b")
        };
        let all = parts.uri.query().unwrap_or_default();
        let (deep, plain): (Vec<&str>, Vec<&str>) = all.split('&').partition(is_deep);
        let part = |pairs: Vec<&str>| format!("/?{}", pairs.join("&")).parse::<Uri>();
        let wrong = || INVALID_QUERY.because("The query cannot be read.");
        let (plain, deep) = (part(plain).map_err(|_| wrong())?, part(deep).map_err(|_| wrong())?);
        Ok(DeepQuery { plain: query(&plain)?, deep: query(&deep)? })
    }
}
