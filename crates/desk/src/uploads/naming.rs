//! The name of a file: taken from a header, made harmless, and written back into one.
//! Rule: a name is for people; nothing is found, stored or trusted by it.

use base::Result;
use base::text::is_direction;
use http::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use web::INVALID_HEADER;

/// The header that carries the name, percent-encoded.
pub(crate) const HEADER: &str = "x-filename";
/// Characters of a name at most.
const LONGEST: usize = 200;
/// What a file without a name is called.
const NAMELESS: &str = "attachment";

/// What stays as it is in an extended parameter (`attr-char` of RFC 8187).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The name that a request gives its file.
pub(crate) fn name_of(headers: &HeaderMap) -> Result<String> {
    let Some(given) = headers.get(HEADER) else { return Ok(NAMELESS.to_owned()) };
    let decoded = percent_decode(given.as_bytes()).decode_utf8();
    let text = decoded.map_err(|_| INVALID_HEADER.because("`X-Filename` takes a name in percent-encoded UTF-8."))?;
    Ok(clean(&text))
}

/// A name without folders, controls and characters that reorder what is read, of at most 200 characters.
pub(crate) fn clean(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !is_direction(*c)).collect();
    // A leading dot hides a file, a trailing one is dropped by some systems.
    let name = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
    match name.chars().count() {
        0 => NAMELESS.to_owned(),
        1..=LONGEST => name.to_owned(),
        _ => shorten(name),
    }
}

/// Cuts a name before its ending, because the ending says what opens it.
fn shorten(name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let room = LONGEST - ending.chars().count();
    stem.chars().take(room).chain(ending.chars()).collect()
}

/// `Content-Disposition` of a download (RFC 6266): the name in ASCII for old clients, and in full.
pub(crate) fn disposition(name: &str) -> HeaderValue {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let full = utf8_percent_encode(name, PLAIN);
    let text = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_folders_and_disguises() {
        assert_eq!(clean("../../etc/passwd"), "passwd");
        assert_eq!(clean("C:\\Users\\me\\bill.pdf"), "bill.pdf");
        assert_eq!(clean("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(clean("a\r\nSet-Cookie: b\0.txt"), "aSet-Cookie: b.txt");
        assert_eq!(clean(" ... "), "attachment");
        assert_eq!(clean(".htaccess"), "htaccess");
        assert_eq!(clean("Übersicht 日本.png"), "Übersicht 日本.png");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = clean(&format!("{}.pdf", "ä".repeat(500)));
        assert_eq!((name.chars().count(), name.ends_with("ä.pdf")), (200, true));
    }

    #[test]
    fn a_name_is_written_for_old_and_new_clients() {
        let header = disposition("Übung \"1\".pdf");
        assert_eq!(
            header.to_str().unwrap(),
            "attachment; filename=\"_bung _1_.pdf\"; filename*=UTF-8''%C3%9Cbung%20%221%22.pdf"
        );
    }

    #[test]
    fn a_header_that_is_no_text_is_refused() {
        let mut headers = HeaderMap::new();
        assert_eq!(name_of(&headers).unwrap(), "attachment");
        headers.insert(HEADER, HeaderValue::from_static("%e4%b8%ad.txt"));
        assert_eq!(name_of(&headers).unwrap(), "中.txt");
        headers.insert(HEADER, HeaderValue::from_static("%ff%fe"));
        assert_eq!(name_of(&headers).unwrap_err().name(), "invalid_header");
    }
}
