//! The last pass over cleaned HTML: pictures that would be fetched are put aside, values that
//! the allow-list cannot judge are judged.

use crate::tag::{Piece, attributes, pieces};

/// Where the address of a remote picture waits until the reader asks for it.
pub(crate) const REMOTE: &str = "data-remote-src";

/// What a link may lead to, spelt plainly: parsers forgive tabs inside a scheme, we do not.
const LINKED: [&str; 4] = ["https:", "http:", "mailto:", "tel:"];

/// Rewrites serialised HTML. Applying it twice gives the same as applying it once.
pub(crate) fn finish(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut after_pre = false;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                // A parser swallows the first line feed of a `pre`; this one is for it.
                if after_pre && text.starts_with('\n') {
                    out.push('\n');
                }
                out.push_str(text);
            }
            Piece::Close(name) => {
                out.push_str("</");
                out.push_str(name);
                out.push('>');
            }
            Piece::Open { name, attributes } => open(name, attributes, &mut out),
        }
        after_pre = matches!(piece, Piece::Open { name: "pre", .. });
    }
    out
}

fn open(name: &str, source: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    let mut has_remote = false;
    for (attribute, value) in attributes(source) {
        let Some(attribute) = judged(name, attribute, value) else { continue };
        if attribute == REMOTE && std::mem::replace(&mut has_remote, true) {
            continue;
        }
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        out.push_str(value);
        out.push('"');
    }
    out.push('>');
}

/// The name under which an attribute stays, or `None` when it goes.
fn judged<'a>(tag: &str, attribute: &'a str, value: &str) -> Option<&'a str> {
    match (tag, attribute) {
        ("img", "src") if has_scheme(value, "cid:") => Some("src"),
        ("img", "src") if has_scheme(value, "https:") => Some(REMOTE),
        ("img", "src") => None,
        ("img", REMOTE) => has_scheme(value, "https:").then_some(REMOTE),
        ("a", "href") => LINKED.iter().any(|scheme| has_scheme(value.trim_start(), scheme)).then_some(attribute),
        (_, "style") => is_plain_style(value).then_some(attribute),
        (_, "width" | "height") => is_size(value).then_some(attribute),
        _ => Some(attribute),
    }
}

fn has_scheme(value: &str, scheme: &str) -> bool {
    let head = value.get(..scheme.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// Only words, numbers and colours: no function but `rgb` and `hsl`, no escape, no quote.
fn is_plain_style(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "#%.,:;!-() ".contains(c);
    !value.is_empty()
        && value.chars().all(plain)
        && value.split('(').rev().skip(1).all(|head| ["rgb", "rgba", "hsl", "hsla"].iter().any(|f| head.ends_with(f)))
}

fn is_size(value: &str) -> bool {
    let digits = value.strip_suffix('%').unwrap_or(value);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_words_and_colours() {
        assert!(is_plain_style("color:#f00;background-color:rgb(1, 2, 3);"));
        for style in ["", "color:expression(1)", "color:\\65x", "color:url(x)", "color:\"x\"", "a:(rgb(1))"] {
            assert!(!is_plain_style(style), "{style}");
        }
    }

    #[test]
    fn a_pre_keeps_its_first_blank_line() {
        assert_eq!(finish("<pre>\na</pre>"), "<pre>\n\na</pre>");
    }
}
