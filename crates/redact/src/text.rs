//! Plain text to HTML: escaping, paragraphs, line breaks, bare links.
//! On the path of every incoming message, so one pass over the bytes and no parser.

use crate::Safe;

/// Longer addresses stay text; browsers and mail programs refuse them too.
const MAX_ADDRESS: usize = 2_048;
const PARAGRAPH: &str = "<p dir=\"auto\">";

/// Renders plain text with its bare links made clickable.
pub(crate) fn derive(source: &str) -> Safe {
    Safe { html: render(source, true), text: without_controls(source) }
}

/// Renders a source that could not be parsed within the limits: escaped, without links.
pub(crate) fn derive_escaped(source: &str) -> Safe {
    Safe { html: render(source, false), text: without_controls(source) }
}

/// The longest prefix of `source` of at most `max` bytes that ends between characters.
pub(crate) fn cut(source: &str, max: usize) -> &str {
    let mut end = max.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    source.get(..end).unwrap_or_default()
}

/// Escapes one run of text into `out`, turning bare links into anchors.
pub(crate) fn inline(source: &str, out: &mut String) {
    write(source, true, out);
}

fn render(source: &str, links: bool) -> String {
    let body = source.trim_end().trim_start_matches(['\n', '\r']);
    if body.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(body.len() + body.len() / 4 + 96);
    out.push_str(PARAGRAPH);
    write(body, links, &mut out);
    out.push_str("</p>");
    out
}

/// The loop: copy up to the next byte that means something, then deal with that byte.
fn write(source: &str, links: bool, out: &mut String) {
    let mut rest = source;
    while let Some(at) = rest.bytes().position(is_special) {
        let (before, found) = rest.split_at(at);
        rest = match found.as_bytes().first() {
            Some(b':') if links => colon(before, found, out),
            Some(b'\n' | b'\r') => {
                out.push_str(before);
                line_break(found, out)
            }
            _ => {
                out.push_str(before);
                escape(found, out)
            }
        };
    }
    out.push_str(rest);
}

/// Bytes that end a plain run. 0xC2 opens the no-break space, written as the parser writes it.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b':' | 0xC2 | 0x7F) || (byte < 0x20 && byte != b'\t')
}

/// Writes the first character of `found` harmlessly; control characters disappear.
fn escape<'a>(found: &'a str, out: &mut String) -> &'a str {
    let mut chars = found.chars();
    match chars.next() {
        Some('&') => out.push_str("&amp;"),
        Some('<') => out.push_str("&lt;"),
        Some('>') => out.push_str("&gt;"),
        Some('\u{a0}') => out.push_str("&nbsp;"),
        Some(other) if !other.is_ascii_control() => out.push(other),
        _ => {}
    }
    chars.as_str()
}

/// One line break, or a new paragraph when blank lines follow; indentation stays.
fn line_break<'a>(found: &'a str, out: &mut String) -> &'a str {
    let blank = found.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(found.len());
    let space = found.get(..blank).unwrap_or_default();
    let indent = space.rfind(['\n', '\r']).map_or(0, |last| last + 1);
    let breaks = space.matches('\n').count().max(space.matches('\r').count());
    if breaks > 1 {
        out.push_str("</p>");
        out.push_str(PARAGRAPH);
    } else {
        out.push_str("<br>");
    }
    found.get(indent.max(1)..).unwrap_or_default()
}

/// A colon: either the end of a link's scheme or just a colon.
fn colon<'a>(before: &str, found: &'a str, out: &mut String) -> &'a str {
    let after = found.get(1..).unwrap_or_default();
    let Some(scheme) = scheme_at_end(before) else {
        return plain_colon(before, after, out);
    };
    let length = address_length(scheme, after);
    if length == 0 {
        return plain_colon(before, after, out);
    }
    let (lead, scheme) = before.split_at(before.len() - scheme.len());
    let (address, rest) = after.split_at(length);
    out.push_str(lead);
    anchor(scheme, address, out);
    rest
}

fn plain_colon<'a>(before: &str, after: &'a str, out: &mut String) -> &'a str {
    out.push_str(before);
    out.push(':');
    after
}

/// The allowed scheme that `before` ends with, when it starts a word.
fn scheme_at_end(before: &str) -> Option<&'static str> {
    let scheme = ["https", "http", "mailto"].into_iter().find(|scheme| {
        let start = before.len().checked_sub(scheme.len());
        let tail = start.and_then(|start| before.get(start..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(scheme))
    })?;
    let lead = before.get(..before.len() - scheme.len())?;
    let inside_word = lead.chars().next_back().is_some_and(char::is_alphanumeric);
    (!inside_word).then_some(scheme)
}

/// Bytes of the address after the scheme's colon; 0 when there is none worth linking.
fn address_length(scheme: &str, after: &str) -> usize {
    let end = after.find(|c| !in_address(c)).unwrap_or(after.len());
    if end > MAX_ADDRESS {
        return 0;
    }
    let address = trim_punctuation(after.get(..end).unwrap_or_default());
    let good = match scheme {
        "mailto" => address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        _ => address.strip_prefix("//").and_then(|host| host.chars().next()).is_some_and(char::is_alphanumeric),
    };
    if good { address.len() } else { 0 }
}

/// ASCII of RFC 3986 and letters of other scripts; nothing invisible, nothing that reorders.
fn in_address(c: char) -> bool {
    match c {
        '"' | '<' | '>' | '`' | '{' | '}' | '|' | '\\' | '^' => false,
        _ if c.is_ascii() => c.is_ascii_graphic(),
        _ => c.is_alphanumeric(),
    }
}

/// Punctuation at the end belongs to the sentence; a closing bracket does unless it was opened.
fn trim_punctuation(address: &str) -> &str {
    let count = |bracket: u8| address.bytes().filter(|&byte| byte == bracket).count();
    let mut surplus = count(b')').saturating_sub(count(b'('));
    let sentence = |c: char| match c {
        ')' if surplus > 0 => {
            surplus -= 1;
            true
        }
        _ => matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | ']'),
    };
    address.trim_end_matches(sentence)
}

/// Attributes in the order in which the HTML path writes them, so both give the same bytes.
fn anchor(scheme: &str, address: &str, out: &mut String) {
    out.push_str("<a href=\"");
    escaped_address(scheme, address, out);
    out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
    escaped_address(scheme, address, out);
    out.push_str("</a>");
}

/// An address holds no character but `&` that HTML would read.
fn escaped_address(scheme: &str, address: &str, out: &mut String) {
    out.push_str(scheme);
    out.push(':');
    let mut parts = address.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("&amp;");
        out.push_str(part);
    }
}

fn without_controls(source: &str) -> String {
    let unwanted = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t');
    if source.bytes().any(|b| unwanted(char::from(b))) {
        source.chars().filter(|&c| !unwanted(c)).collect()
    } else {
        source.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(source: &str) -> String {
        derive(source).html
    }

    #[test]
    fn markup_in_a_message_is_shown_and_not_used() {
        assert_eq!(html("a <b> & \"c\""), "<p dir=\"auto\">a &lt;b&gt; &amp; \"c\"</p>");
        assert_eq!(html("nul\0 and bell\u{7}"), "<p dir=\"auto\">nul and bell</p>");
    }

    #[test]
    fn blank_lines_make_paragraphs_and_single_ones_line_breaks() {
        assert_eq!(html("\n\none\r\ntwo\n \n\n  three\n"), "<p dir=\"auto\">one<br>two</p><p dir=\"auto\">  three</p>");
        assert_eq!(html("a\rb"), "<p dir=\"auto\">a<br>b</p>");
        assert_eq!(html(" \n "), "");
    }

    #[test]
    fn a_bare_address_becomes_a_link_without_the_sentence_around_it() {
        let link = |address: &str| {
            format!("<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{address}</a>")
        };
        assert_eq!(
            html("See (https://example.com/a_(b)?x=1&y=2), ok"),
            format!("<p dir=\"auto\">See ({}), ok</p>", link("https://example.com/a_(b)?x=1&amp;y=2"))
        );
        assert_eq!(html("mailto:a@b.example."), format!("<p dir=\"auto\">{}.</p>", link("mailto:a@b.example")));
    }

    #[test]
    fn other_schemes_and_fragments_of_words_stay_text() {
        for text in ["javascript:alert(1)", "xhttp://a.b", "http://", "http:a", "mailto:", "data:text/html,x", "10:30"]
        {
            assert!(!html(text).contains("<a "), "{text}");
        }
    }

    #[test]
    fn an_address_ends_where_something_invisible_begins() {
        assert!(html("https://a.example/\u{202e}gpj").contains("href=\"https://a.example/\""));
    }
}
