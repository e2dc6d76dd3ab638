//! The type of a file by its first bytes; what a sender says only chooses among kinds of text.
//! Rule: nothing that a browser could run (HTML, SVG, XML, Flash) is ever called what it is.

/// How many first bytes decide.
pub(crate) const HEAD: usize = 8192;

/// What nobody shows.
const OPAQUE: &str = "application/octet-stream";

/// Types by content that browsers could run.
const RUNNABLE: [&str; 3] = ["text/html", "application/x-shockwave-flash", "application/wasm"];

/// The type of a file from its first bytes, its name, and the type its sender claims.
pub(crate) fn content_type(head: &[u8], name: &str, claimed: &str) -> &'static str {
    match infer::get(head).map(|found| found.mime_type()) {
        Some(found) if RUNNABLE.contains(&found) => OPAQUE,
        Some("text/x-shellscript") => "text/plain",
        Some(found) => found,
        None => text(head).map_or(OPAQUE, |text| kind_of_text(text, name, claimed)),
    }
}

/// The head as text, when it is one; its last character may be cut.
fn text(head: &[u8]) -> Option<&str> {
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let is_stray = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    (!whole.is_empty() && !whole.contains(is_stray)).then_some(whole)
}

fn kind_of_text(text: &str, name: &str, claimed: &str) -> &'static str {
    let start = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let claimed = claimed.split(';').next().unwrap_or_default().trim();
    let says = |kind: &str, word: &str| claimed.eq_ignore_ascii_case(kind) || ending.as_deref() == Some(word);
    match start {
        // Markup of any kind.
        Some('<') => OPAQUE,
        Some('{' | '[') if says("application/json", "json") => "application/json",
        _ if says("text/csv", "csv") => "text/csv",
        _ => "text/plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_not_what_the_sender_says() {
        assert_eq!(content_type(b"\x89PNG\r\n\x1a\n....", "a.pdf", "application/pdf"), "image/png");
        assert_eq!(content_type(b"%PDF-1.7 ...", "a.html", "text/html"), "application/pdf");
        assert_eq!(content_type(b"\x00\x01\x02", "a.txt", "text/plain"), OPAQUE);
        assert_eq!(content_type(b"", "a.txt", "text/plain"), OPAQUE);
    }

    #[test]
    fn nothing_that_runs_in_a_browser_keeps_its_type() {
        for markup in [
            "<!doctype html><p>",
            "<html><script>",
            "  <svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
            "\u{feff}<?xml version='1.0'?><svg/>",
            "<img src=x onerror=y>",
            "<!-- a --><b>",
        ] {
            assert_eq!(content_type(markup.as_bytes(), "picture.svg", "image/svg+xml"), OPAQUE, "{markup}");
        }
        assert_eq!(content_type(b"FWS....", "a.swf", ""), OPAQUE);
    }

    #[test]
    fn kinds_of_text_follow_name_or_claim() {
        assert_eq!(content_type(b"a,b\n1,2\n", "a.csv", ""), "text/csv");
        assert_eq!(content_type(b"{\"a\": 1}", "a", "application/json; charset=utf-8"), "application/json");
        assert_eq!(content_type(b"a: 1", "a.json", ""), "text/plain");
        assert_eq!(content_type(b"#!/bin/sh\n", "a.sh", ""), "text/plain");
        assert_eq!(content_type("äöü".as_bytes().get(..5).unwrap(), "a.log", ""), "text/plain");
    }
}
