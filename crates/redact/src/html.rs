//! The allow-list for HTML that other people wrote, mail above all.
//! A document is weighed first, then cleaned until cleaning changes nothing more, so that no
//! parser can read the result differently from how it was judged.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::{Safe, finish, plain, rehearsal, text};

/// Cleaning that has not settled after this many rounds meets a document made to deceive.
const ROUNDS: usize = 4;

/// A `data:` address longer than this is taken out before parsing; none is ever shown.
const LONG_ADDRESS: usize = 256;

/// Renders HTML; what is too large, too deep or never settles is shown as escaped text.
pub(crate) fn derive(source: &str) -> Safe {
    let shortened = without_long_data(source);
    settle(&shortened).unwrap_or_else(|| text::derive_escaped(source))
}

/// Cleans until the result is stable; `None` when it exceeds the limits or does not settle.
pub(crate) fn settle(source: &str) -> Option<Safe> {
    let mut current = clean(source)?;
    for _ in 1..ROUNDS {
        let next = clean(&current)?;
        if next == current {
            let text = plain::from_html(&current);
            return Some(Safe { html: current, text });
        }
        current = next;
    }
    None
}

fn clean(source: &str) -> Option<String> {
    if !source.contains(['<', '&']) && !source.contains(['\0', '\r', '\u{a0}', '>']) {
        return Some(source.to_owned());
    }
    rehearsal::fits(source).then(|| finish::finish(&POLICY.clean(source).to_string()))
}

/// Inline pictures arrive as `data:` addresses of any length; the parser need not read them.
fn without_long_data(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("data:") {
        let (before, found) = rest.split_at(at + "data:".len());
        out.push_str(before);
        let end = found.find(|c: char| !c.is_ascii_alphanumeric() && !"/;,+=%-_.".contains(c)).unwrap_or(found.len());
        rest = if end > LONG_ADDRESS { found.get(end..).unwrap_or_default() } else { found };
    }
    out.push_str(rest);
    out
}

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut policy = Builder::new();
    policy
        .tags(TAGS.split(' ').collect())
        .clean_content_tags(DROPPED_WHOLE.split(' ').collect())
        .generic_attributes(HashSet::from(["dir", "lang", "title", "style"]))
        .tag_attributes(attributes_by_tag())
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Deny)
        .filter_style_properties(HashSet::from(STYLE_PROPERTIES))
        .strip_comments(true);
    policy
});

/// Elements that carry the text of a mail. No forms, no media, no foreign namespaces, nothing
/// whose content a parser reads raw.
const TAGS: &str = "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption \
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike \
    strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr";

/// Elements whose content is never text for a reader.
const DROPPED_WHOLE: &str = "script style title template noscript noembed noframes iframe object embed applet xmp plaintext textarea \
    select svg math audio video canvas frameset head";

/// Nothing that positions, covers, sizes or fetches.
const STYLE_PROPERTIES: [&str; 6] =
    ["color", "background-color", "font-weight", "font-style", "text-align", "text-decoration"];

fn attributes_by_tag() -> HashMap<&'static str, HashSet<&'static str>> {
    let cell = HashSet::from(["align", "valign", "colspan", "rowspan", "width", "bgcolor"]);
    HashMap::from([
        ("a", HashSet::from(["href"])),
        ("img", HashSet::from(["src", "alt", "width", "height", finish::REMOTE])),
        ("td", cell.clone()),
        ("th", cell),
        ("tr", HashSet::from(["align", "valign", "bgcolor"])),
        ("col", HashSet::from(["span", "width"])),
        ("colgroup", HashSet::from(["span", "width"])),
        ("table", HashSet::from(["align", "border", "cellpadding", "cellspacing", "width", "bgcolor"])),
        ("font", HashSet::from(["color"])),
        ("p", HashSet::from(["align"])),
        ("div", HashSet::from(["align"])),
        ("ol", HashSet::from(["start", "type", "reversed"])),
        ("li", HashSet::from(["value"])),
        ("time", HashSet::from(["datetime"])),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(source: &str) -> String {
        derive(source).html
    }

    #[test]
    fn ordinary_mail_keeps_its_shape() {
        let mail = "<div dir=\"ltr\">Hi,<br><b>thanks</b> <span style=\"color:#ff0000\">red</span></div>";
        let expected = "<div dir=\"ltr\">Hi,<br><b>thanks</b> <span style=\"color:#ff0000\">red</span></div>";
        assert_eq!(html(mail), expected);
    }

    #[test]
    fn pictures_from_elsewhere_wait_for_consent() {
        assert_eq!(
            html("<img src=\"https://t.example/p.gif?u=1&amp;v=2\" width=\"1\">"),
            "<img data-remote-src=\"https://t.example/p.gif?u=1&amp;v=2\" width=\"1\">"
        );
        assert_eq!(html("<img src=\"cid:a@b\" alt=\"x\">"), "<img src=\"cid:a@b\" alt=\"x\">");
        for source in ["/logout", "//t.example/x", "http://t.example/x", "data:image/png;base64,AA", "mailto:a@b.c"] {
            assert_eq!(html(&format!("<img src=\"{source}\">")), "<img>", "{source}");
        }
    }

    #[test]
    fn links_open_apart_and_only_to_known_schemes() {
        assert_eq!(
            html("<a href=\"https://a.example/\" target=\"_top\" rel=\"opener\" onclick=\"x()\">a</a>"),
            "<a href=\"https://a.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">a</a>"
        );
        for href in ["javascript:alert(1)", " java\tscript:alert(1)", "/me", "cid:x", "data:text/html,x", "vbscript:x"]
        {
            assert!(!html(&format!("<a href=\"{href}\">a</a>")).contains("href"), "{href}");
        }
        assert!(html("<a href=\"tel:+49301234\">a</a>").contains("href=\"tel:+49301234\""));
    }

    #[test]
    fn nothing_can_cover_the_page_or_shadow_its_names() {
        let clobber = "<a id=\"config\" name=\"location\" class=\"x\">a</a><form><input name=attributes></form>";
        assert!(
            !html(clobber).contains("id=") && !html(clobber).contains("name=") && !html(clobber).contains("class=")
        );
        assert_eq!(html("<div style=\"position:fixed;z-index:9;width:100%\">a</div>"), "<div>a</div>");
        assert_eq!(html("<p style=\"color:url(https://t.example)\">a</p>"), "<p>a</p>");
    }

    #[test]
    fn the_text_of_a_mail_reads_like_the_mail() {
        let safe = derive("<p>Hi &amp; bye</p><ul><li>one</li><li>two</li></ul><style>x{}</style>a<br>b");
        assert_eq!(safe.text, "Hi & bye\n- one\n- two\na\nb");
    }

    #[test]
    fn a_pasted_picture_of_megabytes_is_cheap() {
        let picture = format!("<p>a<img src=\"data:image/png;base64,{}\">b</p>", "iVBORw0KGgo".repeat(100_000));
        assert_eq!(html(&picture), "<p>a<img>b</p>");
    }
}
