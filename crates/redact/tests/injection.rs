//! Script injection through every format: what comes out is read by a real parser and may
//! hold nothing that runs, fetches, covers or shadows. The fixtures are our own; larger lists
//! are read from the folder that `MAINSTAY_DATA` names.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test asks where the larger lists lie")]

use std::cell::RefCell;
use std::path::Path;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use proptest::prelude::*;
use redact::{Format, derive};

const TAGS: &str = "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption \
    figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike \
    strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr";

const ATTRIBUTES: &str = "dir lang title style href target rel src alt width height data-remote-src align valign colspan rowspan \
    bgcolor span border cellpadding cellspacing color start type reversed value datetime";

/// Collects what a browser's tokenizer would see in the output.
#[derive(Default)]
struct Judge {
    faults: RefCell<Vec<String>>,
}

impl Judge {
    fn fault(&self, what: String) {
        self.faults.borrow_mut().push(what);
    }

    fn tag(&self, tag: &Tag) {
        if !TAGS.split(' ').any(|allowed| allowed == &*tag.name) {
            self.fault(format!("tag {}", &*tag.name));
        }
        if tag.kind == TagKind::EndTag && !tag.attrs.is_empty() {
            self.fault(format!("attributes at the end of {}", &*tag.name));
        }
        for attribute in &tag.attrs {
            self.attribute(&tag.name, &attribute.name.local, &attribute.value);
        }
    }

    fn attribute(&self, tag: &str, name: &str, value: &str) {
        let allowed = match name {
            "href" => tag == "a" && has_scheme(value, &["http:", "https:", "mailto:", "tel:"]),
            "src" => tag == "img" && has_scheme(value, &["cid:"]),
            "data-remote-src" => tag == "img" && has_scheme(value, &["https:"]),
            "target" => value == "_blank",
            "rel" => value == "noopener noreferrer nofollow",
            "style" => {
                let value = value.to_lowercase();
                !["url", "expression", "\\", "position", "z-index", "@", "behavior", "binding", "var("]
                    .iter()
                    .any(|bad| value.contains(bad))
            }
            _ => ATTRIBUTES.split(' ').any(|allowed| allowed == name),
        };
        if !allowed {
            self.fault(format!("{tag} {name}={value}"));
        }
    }
}

fn has_scheme(value: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| value.trim_start().to_lowercase().starts_with(scheme))
}

impl TokenSink for Judge {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CommentToken(text) => self.fault(format!("comment {text}")),
            Token::DoctypeToken(_) => self.fault("doctype".into()),
            Token::NullCharacterToken => self.fault("NUL".into()),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// What is wrong with `html`; empty when nothing is.
fn faults(html: &str) -> Vec<String> {
    let tokenizer = Tokenizer::new(Judge::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.faults.take()
}

fn assert_harmless(source: &str) {
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let safe = derive(source, format);
        assert_eq!(faults(&safe.html), Vec::<String>::new(), "{format:?}: {source} -> {}", safe.html);
        // The text path links what looks like an address; the parser may know better.
        if format != Format::Text {
            let again = derive(&safe.html, Format::Html);
            assert_eq!(again.html, safe.html, "{format:?} is not stable: {source}");
        }
    }
}

#[test]
fn the_judge_sees_what_it_must_see() {
    for bad in [
        "<script>",
        "<img src=x onerror=y>",
        "<a href=javascript:x>",
        "<!--x-->",
        "<p id=a>",
        "<svg>",
        "<p style='a:url(b)'>",
    ] {
        assert!(!faults(bad).is_empty(), "{bad}");
    }
}

#[test]
fn no_known_injection_leaves_anything_that_can_run() {
    let fixtures = include_str!("fixtures/injection.txt");
    assert!(fixtures.lines().count() > 120);
    for line in fixtures.lines() {
        assert_harmless(line);
        assert_harmless(&format!("before {line} after\n\n{line}"));
        assert_harmless(&format!("<div><table><tr><td>{line}</td></tr></table></div>"));
    }
    assert_harmless(fixtures);
}

#[test]
fn injections_joined_in_pairs_stay_harmless() {
    let lines: Vec<&str> = include_str!("fixtures/injection.txt").lines().collect();
    for (index, first) in lines.iter().enumerate() {
        let second = lines[(index * 7 + 13) % lines.len()];
        assert_harmless(&format!("{first}{second}"));
    }
}

#[test]
#[ignore = "reads the larger lists in the folder MAINSTAY_DATA"]
fn larger_lists_stay_harmless() {
    let Some(folder) = std::env::var_os("MAINSTAY_DATA") else {
        println!("MAINSTAY_DATA names no folder: nothing to read");
        return;
    };
    let mut count = 0;
    visit(Path::new(&folder), &mut |text| {
        for line in text.lines() {
            assert_harmless(line);
            count += 1;
        }
    });
    println!("{count} lines");
    assert!(count > 0);
}

fn visit(folder: &Path, read: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, read);
        } else {
            read(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}

/// Pieces that parsers treat specially.
const PIECES: &[&str] = &[
    "<",
    ">",
    "\"",
    "'",
    "=",
    "/",
    "&",
    ";",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<?",
    "\0",
    "\n",
    " ",
    "&lt;",
    "&#x3c",
    "&nbsp;",
    "\u{a0}",
    "\u{202e}",
    "javascript:",
    "https://a.example",
    "onerror=",
    "style=\"color:",
    "rgb(",
    "href=",
    "src=",
    "cid:x",
    "id=a ",
    "title=\"",
];

/// Tags that parsers treat specially.
const ODD_TAGS: &[&str] = &[
    "a",
    "b",
    "p",
    "div",
    "table",
    "tr",
    "td",
    "caption",
    "svg",
    "math",
    "mtext",
    "mglyph",
    "style",
    "script",
    "template",
    "noscript",
    "select",
    "option",
    "form",
    "img",
    "i",
    "font",
    "nobr",
    "button",
    "title",
    "textarea",
    "pre",
    "li",
    "ul",
    "foreignObject",
    "annotation-xml",
    "desc",
    "plaintext",
    "h1",
    "dd",
    "ruby",
    "rt",
    "frameset",
];

/// Soup of the pieces that parsers treat specially.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(PIECES).prop_map(str::to_owned),
        prop::sample::select(ODD_TAGS).prop_flat_map(|tag| {
            prop::sample::select(vec![
                format!("<{tag}>"),
                format!("</{tag}>"),
                format!("<{tag} "),
                format!("<{tag} title=\"</{tag}><img src=x onerror=alert(1)>\">"),
                format!("<{tag} href=\"https://a.example\" x={tag}>"),
            ])
        }),
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_input_yields_only_allowed_tags(source in any::<String>()) {
        assert_harmless(&source);
    }

    #[test]
    fn parser_soup_yields_only_allowed_tags(source in soup()) {
        assert_harmless(&source);
    }
}
