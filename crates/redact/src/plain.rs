//! Plain text out of cleaned HTML: blocks become lines, list items get a dash, spaces fold.

use crate::tag::{Piece, attributes, pieces};

/// The text that a reader of `html` would copy.
pub(crate) fn from_html(html: &str) -> String {
    let mut page = Page { out: String::with_capacity(html.len() / 2), ..Page::default() };
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => page.text(text),
            Piece::Open { name, attributes } => page.open(name, attributes),
            Piece::Close(name) => page.close(name),
        }
    }
    page.out.truncate(page.out.trim_end().len());
    page.out
}

/// The text so far and what is owed before the next word.
#[derive(Default)]
struct Page {
    out: String,
    space: bool,
    line: bool,
    kept: usize,
}

impl Page {
    fn open(&mut self, name: &str, source: &str) {
        match name {
            "br" => self.newline(),
            "li" => {
                self.line = true;
                self.word("- ");
            }
            "img" => {
                let alt = attributes(source).find(|(name, _)| *name == "alt").map_or("", |(_, alt)| alt);
                self.text(alt);
            }
            "pre" => {
                self.kept += 1;
                self.line = true;
            }
            "td" | "th" => self.space = true,
            _ if is_block(name) => self.line = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if name == "pre" {
            self.kept = self.kept.saturating_sub(1);
        }
        if is_block(name) || matches!(name, "li" | "pre") {
            self.line = true;
        }
    }

    fn newline(&mut self) {
        self.settle();
        self.out.push('\n');
        self.space = false;
    }

    fn text(&mut self, escaped: &str) {
        let text = unescape(escaped);
        if self.kept > 0 {
            return self.word(&text);
        }
        for part in text.split_inclusive(char::is_whitespace) {
            let word = part.trim_end();
            if !word.is_empty() {
                self.word(word);
            }
            self.space |= word.len() < part.len();
        }
    }

    fn word(&mut self, word: &str) {
        self.settle();
        self.out.push_str(word);
    }

    /// Pays the owed line break or space, unless nothing stands before it.
    fn settle(&mut self) {
        let at_start = self.out.is_empty() || self.out.ends_with('\n');
        if self.line && !at_start {
            self.out.push('\n');
        } else if self.space && !at_start && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.line = false;
        self.space = false;
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "blockquote"
            | "tr"
            | "table"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "center"
            | "figure"
            | "figcaption"
            | "caption"
    )
}

/// Undoes the five escapes that the serialiser writes.
fn unescape(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((before, found)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = found.split_once(';').unwrap_or((found, ""));
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "nbsp" => ' ',
            _ => '&',
        });
        rest = after;
    }
    out.push_str(rest);
    out
}
