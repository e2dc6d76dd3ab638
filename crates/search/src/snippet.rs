//! The place in a text that answers a question. The index holds no text, so this is given the
//! text of the row that the caller has read again.

use crate::question::{Clause, Question};
use crate::words::{cut, pairs, stems, terms, words};

/// How much of a text is looked at, and how long a snippet is, in bytes.
const LOOKED_AT: usize = 32 * 1024;
const LENGTH: usize = 200;

/// About 200 characters around the densest matches of `query` in `text`, HTML-escaped, with
/// `<mark>` around the words found. The beginning of the text when nothing is found.
pub fn snippet(text: &str, query: &str) -> String {
    let text = cut(text, LOOKED_AT);
    let marks = marks(text, &Question::read(query));
    let start = best_start(text, &marks);
    let end = start + cut(text.get(start..).unwrap_or_default(), LENGTH).len();
    render(text, start..end, &marks)
}

/// The places in `text` that match, in order, without overlaps.
fn marks(text: &str, question: &Question) -> Vec<std::ops::Range<usize>> {
    let mut wanted_words: Vec<&str> = Vec::new();
    let mut wanted_stems: Vec<&str> = Vec::new();
    let mut wanted_pairs: Vec<&str> = Vec::new();
    for clause in &question.clauses {
        match clause {
            Clause::Word { stem, .. } => wanted_stems.push(stem),
            Clause::Phrase(words) | Clause::Code { words, .. } => wanted_words.extend(words.iter().map(String::as_str)),
            Clause::Unspaced(pairs) => wanted_pairs.extend(pairs.iter().map(String::as_str)),
        }
    }
    let beginning = match question.clauses.last() {
        Some(Clause::Word { word, .. }) if question.is_open && word.chars().count() >= 2 => Some(word.as_str()),
        _ => None,
    };
    let begins = |token: &str| beginning.is_some_and(|beginning| token.starts_with(beginning));
    let mut found = Vec::new();
    let by_word =
        terms(words(), text).into_iter().filter(|t| wanted_words.contains(&t.text.as_str()) || begins(&t.text));
    let by_stem = terms(stems(), text).into_iter().filter(|t| wanted_stems.contains(&t.text.as_str()));
    found.extend(by_word.chain(by_stem).map(|token| token.offset_from..token.offset_to));
    if !wanted_pairs.is_empty() {
        let by_pair = terms(pairs(), text).into_iter().filter(|t| wanted_pairs.contains(&t.text.as_str()));
        found.extend(by_pair.map(|token| token.offset_from..token.offset_to));
    }
    merged(found)
}

fn merged(mut ranges: Vec<std::ops::Range<usize>>) -> Vec<std::ops::Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end && range.start < last.end.max(last.start + 1) => {
                last.end = last.end.max(range.end);
            }
            _ => out.push(range),
        }
    }
    out
}

/// Where the window with the most matches begins: a little before its first one, at a word.
fn best_start(text: &str, marks: &[std::ops::Range<usize>]) -> usize {
    let within = |start: usize| marks.iter().filter(|mark| mark.start >= start && mark.end <= start + LENGTH).count();
    let mut best = (0, 0);
    for mark in marks.iter().take(256) {
        let count = within(mark.start);
        if count > best.0 {
            best = (count, mark.start);
        }
    }
    let lead = cut(text, best.1.saturating_sub(LENGTH / 4)).len();
    if lead == 0 {
        return 0;
    }
    let before = text.get(lead..best.1).unwrap_or_default();
    lead + before.find(char::is_whitespace).map_or(0, |space| space + 1)
}

fn render(text: &str, window: std::ops::Range<usize>, marks: &[std::ops::Range<usize>]) -> String {
    let mut out = String::with_capacity(LENGTH * 2);
    if window.start > 0 {
        out.push('…');
    }
    let mut at = window.start;
    for mark in marks.iter().filter(|mark| mark.start >= window.start && mark.end <= window.end) {
        escape(text.get(at..mark.start).unwrap_or_default(), &mut out);
        out.push_str("<mark>");
        escape(text.get(mark.clone()).unwrap_or_default(), &mut out);
        out.push_str("</mark>");
        at = mark.end;
    }
    escape(text.get(at..window.end).unwrap_or_default(), &mut out);
    if window.end < text.len() {
        out.push('…');
    }
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if c.is_whitespace() || c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_marks_what_was_found_and_escapes_the_rest() {
        assert_eq!(
            snippet("Please <b>reset</b> my \"Passwords\" now", "resetting password"),
            "Please &lt;b&gt;<mark>reset</mark>&lt;/b&gt; my &quot;<mark>Passwords</mark>&quot; now"
        );
        assert_eq!(snippet("a 日本語です", "日本語"), "a <mark>日本語</mark>です");
        assert_eq!(
            snippet("error ERR_CONN-42.", "ERR_CONN-42"),
            "error <mark>ERR</mark>_<mark>CONN</mark>-<mark>42</mark>."
        );
    }

    #[test]
    fn a_snippet_finds_the_place_in_a_long_text() {
        let text = format!("{}the invoice is wrong {}", "lorem ipsum ".repeat(200), "dolor ".repeat(200));
        let found = snippet(&text, "invoice wrong");
        assert!(found.contains("<mark>invoice</mark> is <mark>wrong</mark>"), "{found}");
        assert!(found.starts_with('…') && found.ends_with('…') && found.len() < 300);
    }

    #[test]
    fn a_snippet_without_a_match_is_the_beginning() {
        assert_eq!(snippet("hello", "nothing"), "hello");
        assert_eq!(snippet("", "x"), "");
        assert!(snippet(&"ü".repeat(50_000), "ü").len() > 100);
    }
}
