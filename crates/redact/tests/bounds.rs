//! Hostile sizes: nothing overflows the stack and nothing grows out of proportion. The times
//! themselves are measured in a release build by `examples/measure`.

use redact::{Format, derive};

#[path = "../examples/measure/bombs.rs"]
mod bombs;

#[test]
fn no_bomb_overflows_or_explodes() {
    for (name, source) in bombs::all(6_000) {
        for format in [Format::Text, Format::Markdown, Format::Html] {
            let safe = derive(&source, format);
            assert!(safe.html.len() <= source.len() * 24 + 200, "{name} {format:?}: {}", safe.html.len());
        }
    }
}

#[test]
fn what_nests_too_deep_is_shown_as_text() {
    let safe = derive(&"<div>".repeat(100_000), Format::Html);
    assert!(safe.html.starts_with("<p dir=\"auto\">&lt;div&gt;"));
    let mail = format!("{}deep mail{}", "<blockquote><div>".repeat(150), "</div></blockquote>".repeat(150));
    assert!(derive(&mail, Format::Html).html.contains("<blockquote>"));
}

#[test]
fn a_source_beyond_the_limit_is_cut_between_characters() {
    let safe = derive(&"ü".repeat(redact::MAX_RENDERED), Format::Text);
    assert!(safe.text.len() <= redact::MAX_RENDERED);
}
