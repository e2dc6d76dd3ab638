//! Long articles are found by their passages: a Markdown text is read as blocks under headings, and blocks are gathered
//! until a passage is about as long as an embedding reads. Pure, and bounded for any text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::words::{cut, is_unspaced};

/// What of a text is read, in bytes, and how many passages are kept.
const LONGEST_BODY: usize = 5 * 1024 * 1024;
const MOST_PASSAGES: usize = 400;
/// A passage is full at this many words (a character of an unspaced script is a word), …
const FULL: usize = 160;
/// … a heading ends it from here, so that small sections stay together, …
const ENOUGH: usize = 60;
/// … and a block that is longer than this is cut.
const LONGEST_BLOCK: usize = 200;
/// Bytes that a passage seldom exceeds with its marks and links; a text is parsed by so much for each.
const USUAL_PASSAGE: usize = 4 * 1024;
/// Bytes of a heading that are kept.
const LONGEST_HEADING: usize = 200;

/// A piece of an article that can be found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// The headings above it, outermost first, as `A › B`.
    pub heading: String,
    /// Plain text, one block a line.
    pub text: String,
}

/// The passages of a Markdown text, in order; none when it holds no text. What exceeds 5 MB or 400 passages is left out.
pub fn passages(markdown: &str) -> Vec<Passage> {
    first_passages(cut(markdown, LONGEST_BODY), MOST_PASSAGES)
}

/// The first passages of a text, at least `most` when it has so many.
fn first_passages(markdown: &str, most: usize) -> Vec<Passage> {
    let mut gathering = Gathering::default();
    let mut reading = Reading::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(markdown, options) {
        reading.take(event, &mut gathering);
        if gathering.done.len() >= most {
            break;
        }
    }
    gathering.block(&reading.text);
    gathering.finish()
}

/// What is to be embedded, in order: the title, then each passage under its title and headings.
pub fn texts_to_embed(title: &str, markdown: &str) -> Vec<String> {
    let passages = passages(markdown).into_iter().map(|passage| passage.under(title));
    std::iter::once(title.to_owned()).chain(passages).collect()
}

/// About 200 characters of a passage around what was found, HTML-escaped, with `<mark>` around the words.
pub fn article_snippet(markdown: &str, passage: u32, query: &str) -> String {
    let at = usize::try_from(passage).unwrap_or(usize::MAX).min(MOST_PASSAGES);
    let passages = beginning(markdown, at);
    let found = passages.get(at).or(passages.first());
    found.map(|passage| crate::snippet(&passage.text, query)).unwrap_or_default()
}

/// The passages of a text up to one of them. Only as much is parsed as that takes: where the text is cut, a passage stands
/// behind the wanted one, so that it is whole.
fn beginning(markdown: &str, at: usize) -> Vec<Passage> {
    let mut length = (at + 2) * USUAL_PASSAGE;
    loop {
        let text = cut(markdown, length.min(LONGEST_BODY));
        let passages = first_passages(text, at + 2);
        if passages.len() > at + 1 || length >= markdown.len().min(LONGEST_BODY) {
            return passages;
        }
        length = length.saturating_mul(2);
    }
}

impl Passage {
    /// The passage with what stands above it.
    fn under(&self, title: &str) -> String {
        let parts = [title, self.heading.as_str(), self.text.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// The text of the block that is being read.
#[derive(Default)]
struct Reading {
    text: String,
    heading: Option<usize>,
}

impl Reading {
    fn take(&mut self, event: Event<'_>, gathering: &mut Gathering) {
        match event {
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => self.text.push(' '),
            Event::Start(Tag::Heading { level, .. }) => {
                gathering.block(&std::mem::take(&mut self.text));
                self.heading = Some(depth(level));
            }
            Event::End(TagEnd::Heading(_)) => {
                let text = std::mem::take(&mut self.text);
                if let Some(depth) = self.heading.take() {
                    gathering.heading(depth, &text);
                }
            }
            event if self.heading.is_none() && ends_block(&event) => gathering.block(&std::mem::take(&mut self.text)),
            _ => {}
        }
    }
}

/// True where one block ends and another may begin.
fn ends_block(event: &Event<'_>) -> bool {
    use TagEnd::{CodeBlock, Item, List, Paragraph, TableHead, TableRow};
    matches!(
        event,
        Event::Start(Tag::Item | Tag::CodeBlock(_))
            | Event::End(Paragraph | Item | List(_) | CodeBlock | TableHead | TableRow)
    )
}

fn depth(level: HeadingLevel) -> usize {
    level as usize
}

/// Blocks on their way into passages.
#[derive(Default)]
struct Gathering {
    done: Vec<Passage>,
    path: Vec<(usize, String)>,
    open: Passage,
    words: usize,
}

impl Gathering {
    /// A heading: a section of its own when the passage before it is long enough.
    fn heading(&mut self, depth: usize, text: &str) {
        let text = squeezed(cut(text, LONGEST_HEADING));
        if text.is_empty() {
            return;
        }
        let starts_anew = self.words >= ENOUGH || self.words == 0;
        if starts_anew {
            self.close();
        }
        self.path.retain(|(above, _)| *above < depth);
        self.path.push((depth, text.clone()));
        if starts_anew {
            self.open.heading = self.heading_path();
        } else {
            self.push(&text);
        }
    }

    /// A paragraph, list item, table row or piece of code.
    fn block(&mut self, text: &str) {
        let text = squeezed(text);
        for piece in pieces(&text) {
            if self.words > 0 && self.words + length(piece) > FULL {
                self.close();
            }
            self.push(piece);
        }
    }

    fn push(&mut self, piece: &str) {
        if !self.open.text.is_empty() {
            self.open.text.push('\n');
        }
        self.open.text.push_str(piece);
        self.words += length(piece);
    }

    /// Ends the open passage; the next one stands under the same headings.
    fn close(&mut self) {
        let heading = self.heading_path();
        let passage = std::mem::replace(&mut self.open, Passage { heading, text: String::new() });
        self.words = 0;
        if !passage.text.is_empty() {
            self.done.push(passage);
        }
    }

    fn heading_path(&self) -> String {
        self.path.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" › ")
    }

    fn finish(mut self) -> Vec<Passage> {
        self.close();
        self.done.truncate(MOST_PASSAGES);
        self.done
    }
}

/// Words of a text; a character of an unspaced script is one.
fn length(text: &str) -> usize {
    let unspaced = if text.is_ascii() { 0 } else { text.chars().filter(|c| is_unspaced(*c)).count() };
    text.split(' ').count() + unspaced
}

/// A block in pieces of at most `LONGEST_BLOCK` words, cut between words, or inside one that never ends.
fn pieces(block: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut words) = (0, 0);
    for (at, c) in block.char_indices() {
        words += usize::from(c == ' ' || is_unspaced(c));
        let is_full = words >= LONGEST_BLOCK && (c == ' ' || is_unspaced(c));
        if is_full || at - start > LONGEST_BLOCK * 40 {
            found.push(block.get(start..at).unwrap_or_default().trim());
            (start, words) = (at, 0);
        }
    }
    found.push(block.get(start..).unwrap_or_default().trim());
    found.retain(|piece| !piece.is_empty());
    found
}

/// One space between words, none at the ends.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_become_passages_under_their_headings() {
        let words = |count: usize| "word ".repeat(count);
        let text = format!(
            "Intro <a name=\"x\"></a>here\\.\n\n# Top\n\n{}\n\n## Inner\n\n- one **bold** item\n- `two`\n\n{}\n\n## Next\n\nshort\n",
            words(70),
            words(70)
        );
        let found = passages(&text);
        let headings: Vec<&str> = found.iter().map(|passage| passage.heading.as_str()).collect();
        assert_eq!(headings, ["", "Top › Inner", "Top › Next"]);
        assert!(found[0].text.starts_with("Intro here.\nTop\nword"), "{}", found[0].text);
        assert!(found[1].text.starts_with("one bold item\ntwo\nword"));
        assert_eq!(found[2].text, "short");
    }

    #[test]
    fn long_blocks_are_cut_and_any_text_is_bounded() {
        let long = passages(&"word ".repeat(1_000));
        assert!(long.len() >= 5 && long.iter().all(|passage| length(&passage.text) <= LONGEST_BLOCK));
        assert!(passages(&"漢".repeat(5_000)).len() > 10);
        assert_eq!(passages(&"word ".repeat(3_000_000)).len(), MOST_PASSAGES);
        assert_eq!(passages(""), []);
        assert_eq!(passages("<script>alert(1)</script>\n\n---\n"), []);
        assert!(!passages(&"x".repeat(100_000)).is_empty());
        passages(&"> ".repeat(20_000));
        passages(&"[".repeat(50_000));
        passages(&"- a\n ".repeat(20_000));
    }

    #[test]
    fn the_title_leads_what_is_embedded() {
        assert_eq!(texts_to_embed("Title", "# A\n\nText"), ["Title", "Title\nA\nText"]);
        assert_eq!(texts_to_embed("Title", ""), ["Title"]);
    }

    #[test]
    fn a_snippet_comes_from_its_passage() {
        let text = format!("alpha beta\n\n{}\n\n# Other\n\ngamma beta", "word ".repeat(100));
        assert_eq!(article_snippet(&text, 1, "beta"), "gamma <mark>beta</mark>");
        assert!(article_snippet(&text, 9, "beta").starts_with("alpha <mark>beta"));
        assert_eq!(article_snippet("", 0, "beta"), "");
    }

    #[test]
    fn a_snippet_of_a_long_text_reads_only_as_far_as_its_passage() {
        let section = |at: usize| {
            format!(
                "## Part {at}\n\n{}\n\n- heron{at} [here](https://a.example/{})\n\n",
                "word ".repeat(90),
                "x".repeat(900)
            )
        };
        let text: String = (0..300).map(section).collect();
        let all = passages(&text);
        assert!(all.len() > 200);
        for at in [0, 1, 7, 63, all.len() - 1] {
            let (read, whole) = (beginning(&text, at), &all[at]);
            assert_eq!(read.get(at), Some(whole), "passage {at}");
            assert!(read.len() <= (at + 2) * 8, "{} for passage {at}", read.len());
            let query = format!("heron{at}");
            let at = u32::try_from(at).unwrap();
            assert_eq!(article_snippet(&text, at, &query), crate::snippet(&whole.text, &query));
        }
    }
}
