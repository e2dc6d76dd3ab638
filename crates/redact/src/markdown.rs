//! Markdown to HTML, which then passes the same allow-list as mail.
//! HTML inside Markdown is shown as written: people who paste markup into a support message
//! mean it to be read.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use crate::{Safe, html as sanitised, text};

/// Renders Markdown; what nests too deep is shown as escaped text.
pub(crate) fn derive(source: &str) -> Safe {
    if is_too_deep(source) {
        return text::derive_escaped(source);
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut rendered = String::with_capacity(source.len() * 3 / 2);
    let mut literal = 0_usize;
    let events = TextMergeStream::new(Parser::new_ext(source, options)).map(|event| soften(event, &mut literal));
    html::push_html(&mut rendered, events);
    match sanitised::settle(&rendered) {
        Some(safe) => safe,
        None => text::derive_escaped(source),
    }
}

/// Our reading of single events: markup is text, a line end is a line break as in a chat,
/// a task is a sign instead of a form field, a bare address is a link.
fn soften<'a>(event: Event<'a>, literal: &mut usize) -> Event<'a> {
    match &event {
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => *literal += 1,
        Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => *literal = literal.saturating_sub(1),
        _ => {}
    }
    match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        Event::SoftBreak => Event::HardBreak,
        Event::TaskListMarker(done) => Event::Text(if done { "☑ " } else { "☐ " }.into()),
        Event::Text(run) if *literal == 0 && run.contains(':') => linked(&run),
        other => other,
    }
}

fn linked<'a>(run: &str) -> Event<'a> {
    let mut out = String::with_capacity(run.len() + 96);
    text::inline(run, &mut out);
    Event::InlineHtml(out.into())
}

/// The container marks that one line may open. The Markdown parser keeps one entry per mark
/// and walks them for every line, so deeper nesting is refused before it starts.
pub(crate) fn is_too_deep(source: &str) -> bool {
    const MARKS: usize = 100;
    let is_mark = |c: char| matches!(c, '>' | '-' | '*' | '+' | ' ' | '\t');
    source.lines().any(|line| {
        let marks = line.find(|c| !is_mark(c)).unwrap_or(line.len());
        let lead = line.get(..marks).unwrap_or_default();
        let quotes = lead.matches('>').count();
        let lists = lead.split_ascii_whitespace().filter(|mark| mark.len() == 1).count();
        quotes.max(lists) > MARKS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(source: &str) -> String {
        derive(source).html
    }

    #[test]
    fn the_usual_marks_work() {
        assert_eq!(html("**a** ~~b~~\nc"), "<p><strong>a</strong> <del>b</del><br>\nc</p>\n");
        assert!(html("| a | b |\n|---|:-:|\n| 1 | 2 |").contains("<td"));
        assert!(html("- [x] done\n- [ ] open").contains("☑ done"));
        assert!(html("```rust\nlet a = 1 < 2;\n```").contains("<pre><code>let a = 1 &lt; 2;"));
    }

    #[test]
    fn markup_is_shown() {
        assert_eq!(html("a <b>x</b>"), "<p>a &lt;b&gt;x&lt;/b&gt;</p>\n");
        assert!(!html("<script>alert(1)</script>").contains("<script"));
    }

    #[test]
    fn links_are_kept_or_lose_their_target() {
        assert!(html("[a](https://example.com)").contains("href=\"https://example.com\""));
        assert!(html("see https://example.com/a_b_c now").contains("href=\"https://example.com/a_b_c\""));
        assert!(!html("[a](javascript:alert(1))").contains("href"));
        assert!(html("![x](https://example.com/p.png)").contains("data-remote-src=\"https://example.com/p.png\""));
        assert!(!html("`https://example.com`").contains("href"));
    }

    #[test]
    fn a_nesting_bomb_becomes_text() {
        for bomb in
            ["> ".repeat(50_000), "- ".repeat(50_000), "*a ".repeat(50_000), "[".repeat(100_000), "a**b".repeat(50_000)]
        {
            let safe = derive(&bomb);
            assert!(safe.html.len() < bomb.len() * 20);
        }
    }
}
