//! An origin as browsers send it: scheme, host, and a port that is not the scheme's own (RFC 6454, section 6.2).

use serde::{Deserialize, Deserializer};

/// A web origin such as `https://app.example.com` or `http://localhost:3000`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// Checks an origin and brings it into the form that browsers send.
    pub fn new(text: &str) -> Result<WebOrigin, String> {
        let wrong = || "is no origin: scheme://host or scheme://host:port, without a path".to_owned();
        let lower = text.trim().to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://").ok_or_else(wrong)?;
        let own_port = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err("must start with https:// or http://".to_owned()),
        };
        let (host, port) = split_port(rest).ok_or_else(wrong)?;
        if !is_host(host) {
            return Err(wrong());
        }
        match port {
            Some(port) if port != own_port => Ok(WebOrigin(format!("{scheme}://{host}:{port}"))),
            _ => Ok(WebOrigin(format!("{scheme}://{host}"))),
        }
    }

    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn split_port(rest: &str) -> Option<(&str, Option<u16>)> {
    let after_bracket = rest.find(']').map_or(0, |place| place + 1);
    match rest.get(after_bracket..)?.find(':') {
        None => Some((rest, None)),
        Some(place) => {
            let (host, port) = rest.split_at_checked(after_bracket + place)?;
            let digits = port.strip_prefix(':').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
            let port: u16 = digits.parse().ok().filter(|port| *port > 0)?;
            Some((host, Some(port)))
        }
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

impl<'de> Deserialize<'de> for WebOrigin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WebOrigin, D::Error> {
        WebOrigin::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for WebOrigin {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .max_length(Some(270))
            .pattern(Some("^https?://[^/?#@]+$"))
            .description(Some("A web origin: scheme, host, and a port if it is not the scheme's own."))
            .into()
    }
}

impl utoipa::ToSchema for WebOrigin {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        WebOrigin::new(text).ok().map(|origin| origin.as_str().to_owned())
    }

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        assert_eq!(read("https://App.Example.com").as_deref(), Some("https://app.example.com"));
        assert_eq!(read("https://app.example.com:443").as_deref(), Some("https://app.example.com"));
        assert_eq!(read("http://localhost:3000").as_deref(), Some("http://localhost:3000"));
        assert_eq!(read("http://[::1]:8080").as_deref(), Some("http://[::1]:8080"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "null",
            "*",
            "example.com",
            "https://",
            "https://a.b/",
            "https://a.b/path",
            "https://a.b?x",
            "https://a.b#x",
            "https://user@a.b",
            "https://*.a.b",
            "https://a.b:0",
            "https://a.b:99999",
            "https://a.b:",
            "https://a.b:+1",
            "https://a b",
            "ftp://a.b",
            "javascript://a.b",
            "https://[::1",
            "https://a.b https://c.d",
            "https://-a.b",
            "https://a..b",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
