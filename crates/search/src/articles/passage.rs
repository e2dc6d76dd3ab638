//! Long articles are found by their passages.

/// A piece of an article that can be found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// The headings above it, outermost first.
    pub heading: String,
    /// Plain text.
    pub text: String,
}

/// The passages of a Markdown text.
pub fn passages(markdown: &str) -> Vec<Passage> {
    vec![Passage { heading: String::new(), text: markdown.to_owned() }]
}

/// What is to be embedded: the title, then each passage.
pub fn texts_to_embed(title: &str, markdown: &str) -> Vec<String> {
    let passages =
        passages(markdown).into_iter().map(|passage| format!("{title}\n{}\n{}", passage.heading, passage.text));
    std::iter::once(title.to_owned()).chain(passages).collect()
}

/// About 200 characters of a passage around what was found, HTML-escaped, with `<mark>` around the words.
pub fn article_snippet(markdown: &str, passage: u32, query: &str) -> String {
    let passages = passages(markdown);
    let found = usize::try_from(passage).ok().and_then(|at| passages.get(at)).or(passages.first());
    found.map(|passage| crate::snippet(&passage.text, query)).unwrap_or_default()
}
