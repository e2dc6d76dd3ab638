//! One request of a call, and the one after it when the answer is a redirect.
//! Rule: another origin gets none of our headers and none of our body; https never turns into http.

use base::{Error, Result};
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderName, LOCATION,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::Url;

use crate::codes::{OUTBOUND_REFUSED, OUTBOUND_TOO_LARGE};

/// What says how a message is framed, or who we are, is ours to say.
const OURS: [HeaderName; 11] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    USER_AGENT,
];

const AGENT: &str = concat!("Mainstay/", env!("CARGO_PKG_VERSION"));

/// A call.
pub struct OutboundRequest {
    /// The method.
    pub method: Method,
    /// An absolute http or https URL.
    pub url: String,
    /// Headers for this origin; another origin, after a redirect, gets none of them but `Accept`.
    pub headers: HeaderMap,
    /// The body, up to 1 MiB.
    pub body: Bytes,
}

/// One request to one address.
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Hop {
    /// The first hop of a call, when its parts are ones we send.
    pub(super) fn first(request: OutboundRequest, most: usize) -> Result<Hop> {
        if request.body.len() > most {
            return Err(OUTBOUND_TOO_LARGE.error());
        }
        if let Some(name) = OURS.iter().find(|name| request.headers.contains_key(*name)) {
            return Err(OUTBOUND_REFUSED.because(format!("The header `{name}` is set by the client itself.")));
        }
        let url = Url::parse(&request.url).map_err(|error| unreadable(&error))?;
        let mut hop = Hop { method: request.method, url, headers: request.headers, body: request.body };
        hop.introduce();
        Ok(hop)
    }

    /// The hop that an answer asks for, or nothing when the answer is the end.
    pub(super) fn next(&self, status: StatusCode, headers: &HeaderMap) -> Result<Option<Hop>> {
        let is_redirect = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let Some(location) = headers.get(LOCATION).filter(|_| is_redirect) else {
            return Ok(None);
        };
        let location = location.to_str().map_err(|error| unreadable(&error))?;
        let url = self.url.join(location).map_err(|error| unreadable(&error))?;
        if self.url.scheme() == "https" && url.scheme() != "https" {
            return Err(OUTBOUND_REFUSED.because("A redirect from https to http is not followed."));
        }
        let mut next = self.turned(status, url);
        if next.url.origin() != self.url.origin() {
            next.forget()?;
        }
        Ok(Some(next))
    }

    /// The same request to another address; as browsers do, a sent form becomes a reading unless the answer says 307 or 308.
    fn turned(&self, status: StatusCode, url: Url) -> Hop {
        let is_reading = match status.as_u16() {
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::HEAD,
            _ => false,
        };
        let mut headers = self.headers.clone();
        if !is_reading {
            return Hop { method: self.method.clone(), url, headers, body: self.body.clone() };
        }
        headers.remove(CONTENT_TYPE);
        Hop { method: Method::GET, url, headers, body: Bytes::new() }
    }

    /// Leaves at the origin what was meant for it.
    fn forget(&mut self) -> Result<()> {
        if !self.body.is_empty() {
            return Err(OUTBOUND_REFUSED.because("A redirect to another origin would take the body along."));
        }
        let accept = self.headers.remove(ACCEPT);
        self.headers = accept.into_iter().map(|value| (ACCEPT, value)).collect();
        self.introduce();
        Ok(())
    }

    /// Says who calls, and that bodies come as they are: a compressed one could be a bomb.
    fn introduce(&mut self) {
        self.headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        self.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
}

fn unreadable(error: &dyn std::error::Error) -> Error {
    OUTBOUND_REFUSED.because("The address is not a URL.").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: Method, url: &str) -> Hop {
        let request = OutboundRequest { method, url: url.into(), headers: HeaderMap::new(), body: "a".into() };
        Hop::first(request, 1).unwrap()
    }

    fn after(hop: &Hop, status: u16, location: &str) -> Result<Option<Hop>> {
        let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
        hop.next(status.try_into().unwrap(), &headers)
    }

    #[test]
    fn https_never_turns_into_http() {
        let hop = hop(Method::POST, "https://a.test/");
        assert_eq!(after(&hop, 303, "http://a.test/").err().unwrap().name(), "outbound_refused");
        assert_eq!(after(&hop, 303, "/b").unwrap().unwrap().url.as_str(), "https://a.test/b");
    }

    #[test]
    fn the_method_turns_as_it_does_in_browsers() {
        let turned = |method: &Method, status| {
            after(&hop(method.clone(), "http://a.test/"), status, "/").unwrap().map(|hop| hop.method)
        };
        assert_eq!(turned(&Method::POST, 302), Some(Method::GET));
        assert_eq!(turned(&Method::PUT, 302), Some(Method::PUT));
        assert_eq!(turned(&Method::PUT, 303), Some(Method::GET));
        assert_eq!(turned(&Method::HEAD, 303), Some(Method::HEAD));
        assert_eq!(turned(&Method::POST, 308), Some(Method::POST));
        assert_eq!(turned(&Method::POST, 304), None);
    }
}
