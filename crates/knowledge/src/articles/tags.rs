//! The links and pictures of the HTML inside a Markdown text: the `href` of an `a` and the `src` of an `img`.
//! Rule: only the attribute of a tag that ends is touched; comments and everything else stay as they are.

use std::ops::Range;

/// Where a target stands, what it is, and whether it is a picture's.
pub(super) type Found = (Range<usize>, String, bool);

/// The links and pictures of a piece of HTML inside a source.
pub(super) fn links(source: &str, place: Range<usize>) -> Vec<Found> {
    let (mut found, mut at) = (Vec::new(), place.start);
    let html = source.get(..place.end).unwrap_or_default();
    while let Some(open) = html.get(at..).and_then(|rest| rest.find('<')).map(|open| at + open) {
        let rest = html.get(open + 1..).unwrap_or_default();
        if rest.starts_with("!--") {
            let Some(end) = rest.find("-->") else { break };
            at = open + 1 + end;
            continue;
        }
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let wanted = if name.eq_ignore_ascii_case("a") { "href" } else { "src" };
        let is_picture = name.eq_ignore_ascii_case("img");
        at = open + 1 + name.len();
        if !is_picture && !name.eq_ignore_ascii_case("a") {
            continue;
        }
        let (end, target) = attribute(html, at, wanted);
        at = end;
        let told = |place: Range<usize>| html.get(place).filter(|text| !text.is_empty());
        if let Some(place) = target
            && let Some(text) = told(place.clone())
        {
            found.push((place, text.replace("&amp;", "&"), is_picture));
        }
    }
    found
}

/// Where a tag ends, and the value of one of its attributes; nothing for a tag that does not end.
fn attribute(html: &str, mut at: usize, wanted: &str) -> (usize, Option<Range<usize>>) {
    let mut found = None;
    loop {
        at = past(html, at, |c| c.is_whitespace() || matches!(c, '/' | '='));
        match html.get(at..).and_then(|rest| rest.chars().next()) {
            None => return (html.len(), None),
            Some('>') => return (at + 1, found),
            Some(_) => {}
        }
        let end = past(html, at, |c| !c.is_whitespace() && !matches!(c, '/' | '=' | '>'));
        let name = html.get(at..end).unwrap_or_default();
        let equals = past(html, end, char::is_whitespace);
        at = end;
        if !html.get(equals..).is_some_and(|rest| rest.starts_with('=')) {
            continue;
        }
        let Some((value, after)) = value(html, past(html, equals + 1, char::is_whitespace)) else {
            return (html.len(), None);
        };
        at = after;
        if found.is_none() && name.eq_ignore_ascii_case(wanted) {
            found = Some(value);
        }
    }
}

/// The place of a value that begins here, and where it is over; nothing for a quoted one that does not end.
fn value(html: &str, start: usize) -> Option<(Range<usize>, usize)> {
    let quote = html.get(start..)?.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        Some(quote) => {
            let end = start + 1 + html.get(start + 1..)?.find(quote)?;
            Some((start + 1..end, end + 1))
        }
        None => {
            let end = past(html, start, |c| !c.is_whitespace() && c != '>');
            Some((start..end, end))
        }
    }
}

fn past(html: &str, at: usize, is_part: impl Fn(char) -> bool) -> usize {
    let rest = html.get(at..).unwrap_or_default();
    at + rest.find(|c| !is_part(c)).unwrap_or(rest.len())
}

/// A target as it stands in an attribute, whatever quotes it has around it.
pub(super) fn escaped(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_whitespace() => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out
}
