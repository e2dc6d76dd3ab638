//! Parts of an address and forms, read so that what is malformed is refused like everything else here.
//! Rule: no control character of an address reaches a statement: what has one names nothing.

use axum::extract::{Form, FromRequest, FromRequestParts, Path, Request};
use http::request::Parts;
use serde::de::DeserializeOwned;
use web::{INVALID_FIELD, NOT_FOUND, Problem};

/// One part of the address.
pub struct One(pub String);

/// Two parts of the address.
pub struct Two(pub String, pub String);

/// A form as a page without a script sends it.
pub struct Sent<T>(pub T);

fn plain(text: String) -> Result<String, Problem> {
    if text.chars().any(char::is_control) { Err(NOT_FOUND.error().into()) } else { Ok(text) }
}

impl<S: Send + Sync> FromRequestParts<S> for One {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<One, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| NOT_FOUND.error())?;
        plain(text).map(One)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Two {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Two, Problem> {
        let read = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((one, other)) = read.map_err(|_| NOT_FOUND.error())?;
        Ok(Two(plain(one)?, plain(other)?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        let read = Form::<T>::from_request(request, state).await;
        read.map(|form| Sent(form.0)).map_err(|refused| {
            let status = refused.status().as_u16();
            let code = if status == 415 { &web::WRONG_CONTENT_TYPE } else { &INVALID_FIELD };
            code.error().caused_by(refused.body_text()).into()
        })
    }
}
