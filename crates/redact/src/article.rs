//! Markdown of an article, which our own staff wrote for readers: HTML in it counts, pictures are shown, headings
//! get anchors, and links to other articles are kept as `article:KEY` for whoever knows the addresses.
//! Rule: the same allow-list judges it first; everything added here is made of characters we chose.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TextMergeStream, html};

use crate::tag::{Piece, attributes, pieces};
use crate::{Safe, html as sanitised, markdown, text};

/// Where a link to another article waits while the allow-list looks at it; no such host can exist (RFC 2606).
const WAITING: &str = "https://article.invalid/";

/// Renders an article; what nests too deep is shown as escaped text.
pub(crate) fn derive(source: &str) -> Safe {
    if markdown::is_too_deep(source) {
        return text::derive_escaped(source);
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut rendered = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut rendered, TextMergeStream::new(Parser::new_ext(source, options)).map(prepare));
    match sanitised::settle(&rendered) {
        Some(safe) => Safe { html: finish(&safe.html), text: safe.text },
        None => text::derive_escaped(source),
    }
}

/// A task is a sign instead of a form field; a link that stays in the house waits under an address of its own.
fn prepare(event: Event<'_>) -> Event<'_> {
    match event {
        Event::TaskListMarker(done) => Event::Text(if done { "☑ " } else { "☐ " }.into()),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: waiting(dest_url), title, id })
        }
        other => other,
    }
}

fn waiting(target: CowStr<'_>) -> CowStr<'_> {
    match target.strip_prefix("article:") {
        Some(key) => format!("{WAITING}{key}").into(),
        None if target.starts_with('#') => format!("{WAITING}{target}").into(),
        None => target,
    }
}

/// Shows pictures, gives headings anchors, and takes out what a strict page policy would refuse anyway.
fn finish(html: &str) -> String {
    let lowest = usize::from(pieces(html).any(|piece| matches!(piece, Piece::Open { name: "h1", .. })));
    let mut out = String::with_capacity(html.len() + 256);
    let mut anchors = Anchors::default();
    let mut rest = pieces(html).peekable();
    while let Some(piece) = rest.next() {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Close(name) => out.push_str(&format!("</{}>", lowered(name, lowest))),
            Piece::Open { name, attributes } if level(name).is_some() => {
                let words: String = match rest.peek() {
                    Some(Piece::Text(text)) => (*text).to_owned(),
                    _ => String::new(),
                };
                let anchor = anchors.next(&words);
                out.push_str(&format!("<{} id=\"{anchor}\"", lowered(name, lowest)));
                write_attributes(name, attributes, &mut out);
            }
            Piece::Open { name, attributes } => {
                out.push('<');
                out.push_str(name);
                write_attributes(name, attributes, &mut out);
            }
        }
    }
    out
}

fn write_attributes(tag: &str, source: &str, out: &mut String) {
    // What scrolls sideways can be reached by keyboard.
    if tag == "pre" || tag == "table" {
        out.push_str(" tabindex=\"0\"");
    }
    let is_own = tag == "a" && attributes(source).any(|(name, value)| name == "href" && value.starts_with(WAITING));
    for (name, value) in attributes(source) {
        match (name, value.strip_prefix(WAITING)) {
            ("style", _) => {}
            ("target" | "rel", _) if is_own => {}
            ("href", Some(place)) => match place.strip_prefix('#') {
                Some(anchor) => out.push_str(&format!(" href=\"#{}\"", anchor_of(anchor))),
                None => out.push_str(&format!(" href=\"article:{place}\"")),
            },
            ("data-remote-src", _) => out.push_str(&format!(" src=\"{value}\" loading=\"lazy\"")),
            _ => out.push_str(&format!(" {name}=\"{value}\"")),
        }
    }
    out.push('>');
}

fn level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// The page's own title is its `h1`: an article that uses one has all its headings a level lower.
fn lowered(name: &str, by: usize) -> String {
    level(name).map_or_else(|| name.to_owned(), |level| format!("h{}", (level + by).clamp(2, 6)))
}

/// The anchors of one article, each once.
#[derive(Default)]
struct Anchors(std::collections::HashMap<String, usize>);

impl Anchors {
    fn next(&mut self, words: &str) -> String {
        let anchor = anchor_of(words);
        let times = self.0.entry(anchor.clone()).or_default();
        *times += 1;
        if *times == 1 { anchor } else { format!("{anchor}-{times}") }
    }
}

/// An anchor of letters, digits and dashes; its start keeps it apart from the names of the page itself.
fn anchor_of(words: &str) -> String {
    let mut anchor = "s".to_owned();
    for part in words.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).take(12) {
        anchor.push('-');
        anchor.extend(part.chars().take(40).flat_map(char::to_lowercase));
    }
    anchor
}

#[cfg(test)]
mod tests {
    use crate::{Format, derive};

    fn html(source: &str) -> String {
        derive(source, Format::Article).html
    }

    #[test]
    fn an_article_reads_as_written() {
        assert_eq!(html("one\ntwo"), "<p>one\ntwo</p>\n");
        assert_eq!(html("a <b>x</b>"), "<p>a <b>x</b></p>\n");
        assert_eq!(
            html("## Set up\n\n## Set up"),
            "<h2 id=\"s-set-up\">Set up</h2>\n<h2 id=\"s-set-up-2\">Set up</h2>\n"
        );
        assert_eq!(html("# A\n\n## B"), "<h2 id=\"s-a\">A</h2>\n<h3 id=\"s-b\">B</h3>\n");
    }

    #[test]
    fn links_between_articles_are_kept_for_whoever_knows_the_addresses() {
        assert_eq!(html("[a](article:set-up)"), "<p><a href=\"article:set-up\">a</a></p>\n");
        assert_eq!(html("[a](#set-up)"), "<p><a href=\"#s-set-up\">a</a></p>\n");
        assert!(html("[a](https://example.com)").contains("href=\"https://example.com\" target=\"_blank\""));
    }

    #[test]
    fn pictures_are_shown_and_nothing_runs() {
        assert_eq!(
            html("![A plan](https://example.com/a.png)"),
            "<p><img src=\"https://example.com/a.png\" loading=\"lazy\" alt=\"A plan\"></p>\n"
        );
        assert_eq!(html("![A](cid:abc)"), "<p><img src=\"cid:abc\" alt=\"A\"></p>\n");
        for bad in [
            "<script>alert(1)</script>",
            "[a](javascript:alert(1))",
            "<img src=x onerror=alert(1)>",
            "<p style=\"color:red\" onclick=\"x()\">a</p>",
            "<a href=\"article:x\" onclick=\"y()\">a</a>",
            "[a](article:\"onmouseover=alert(1))",
            "<svg onload=alert(1)>",
            "<iframe src=https://example.com></iframe>",
        ] {
            let html = html(bad);
            for mark in ["<script", "javascript:", "onerror=", "onclick", "style=", "<svg", "<iframe", "\"onmouseover"]
            {
                assert!(!html.contains(mark), "{bad} gives {html}");
            }
        }
    }

    #[test]
    fn a_bomb_becomes_text() {
        for bomb in ["> ".repeat(50_000), "# ".repeat(50_000), "[a](article:".repeat(30_000), "<div>".repeat(50_000)] {
            assert!(html(&bomb).len() < bomb.len() * 20);
        }
    }
}
