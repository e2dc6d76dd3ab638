//! The links and pictures of a Markdown text: where each names its target, so that a move can rename them.
//! Rule: only what the parser takes for a link is touched; code and words stay as they are.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::tags;

/// A link or picture of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where its target stands.
    pub place: Range<usize>,
    /// The target.
    pub target: String,
    /// Whether it is a picture.
    pub is_picture: bool,
    /// Whether it is the attribute of an HTML tag.
    pub is_html: bool,
}

/// The links and pictures of a text, in their order.
pub fn links(source: &str) -> Vec<Link> {
    let parser = Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut found = Vec::new();
    let mut html = 0..0;
    for (_, definition) in parser.reference_definitions().iter() {
        found.extend(link(source, definition.span.clone(), &definition.dest, false));
    }
    for (event, span) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => found.extend(link(source, span, &dest_url, false)),
            Event::Start(Tag::Image { dest_url, .. }) => found.extend(link(source, span, &dest_url, true)),
            // A block of HTML comes line by line, and a tag may go over several.
            Event::Html(_) | Event::InlineHtml(_) if span.start == html.end && !html.is_empty() => html.end = span.end,
            Event::Html(_) | Event::InlineHtml(_) => {
                found.extend(tags::links(source, std::mem::replace(&mut html, span)).into_iter().map(of_html));
            }
            _ => {}
        }
    }
    found.extend(tags::links(source, html).into_iter().map(of_html));
    found.sort_by_key(|link| link.place.start);
    found.dedup_by(|one, other| one.place.start < other.place.end);
    found
}

fn of_html((place, target, is_picture): tags::Found) -> Link {
    Link { place, target, is_picture, is_html: true }
}

/// The target stands last in `[words](target "title")`; one that is spelt otherwise there is left alone.
fn link(source: &str, span: Range<usize>, target: &str, is_picture: bool) -> Option<Link> {
    if target.is_empty() {
        return None;
    }
    let text = source.get(span.clone())?;
    let from = text.rfind("](").or_else(|| text.find("]:")).unwrap_or(0);
    let start = span.start + from + text.get(from..)?.find(target)?;
    Some(Link { place: start..start + target.len(), target: target.to_owned(), is_picture, is_html: false })
}

/// The text with other targets where `rename` gives one.
pub fn renamed(source: &str, mut rename: impl FnMut(&Link) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for link in links(source) {
        if let (Some(target), Some(before)) = (rename(&link), source.get(at..link.place.start)) {
            out.push_str(before);
            out.push_str(&if link.is_html { tags::escaped(&target) } else { target });
            at = link.place.end;
        }
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_renamed_and_code_is_not() {
        let source =
            "[a](x.md) `[b](x.md)` ![p](<y z.png> \"t\") [c][r] [x.md](x.md#z)\n\n```\n[d](x.md)\n```\n\n[r]: x.md\n";
        let shown = renamed(source, |link| Some(format!("<{}>", link.target.to_uppercase())));
        assert_eq!(
            shown,
            "[a](<X.MD>) `[b](x.md)` ![p](<<Y Z.PNG>> \"t\") [c][r] [x.md](<X.MD#Z>)\n\n```\n[d](x.md)\n```\n\n[r]: <X.MD>\n"
        );
    }

    #[test]
    fn links_and_pictures_of_html_are_renamed_too() {
        let source = "See <a class=x HREF='a.md'>here</a> and `<a href=\"a.md\">`.\n\n<p>\n<img alt=\"a > b\"\n  src=p.png>\n\
            <a data-href=\"a.md\" href=\"b&amp;c.md\">x</a></p>\n\n<!-- <a href=\"a.md\"> -->\n\n> <img src=\"p.png\"/>\n";
        let shown = renamed(source, |link| {
            Some(format!("{}:{}", if link.is_picture { "cid" } else { "article" }, link.target.to_uppercase()))
        });
        assert_eq!(
            shown,
            "See <a class=x HREF='article:A.MD'>here</a> and `<a href=\"a.md\">`.\n\n<p>\n<img alt=\"a > b\"\n  src=cid:P.PNG>\n\
            <a data-href=\"a.md\" href=\"article:B&amp;C.MD\">x</a></p>\n\n<!-- <a href=\"a.md\"> -->\n\n> <img src=\"cid:P.PNG\"/>\n"
        );
        for broken in ["<a href", "<a href=", "<a href=\"x", "<img src='", "<a", "<a =x href=>", "<a href=\"\">"] {
            assert_eq!(renamed(broken, |_| Some("y".into())), broken);
        }
    }
}
