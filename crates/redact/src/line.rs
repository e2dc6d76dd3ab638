//! One-line texts (subjects, names, previews) and the check that every typed text passes.
//! Nothing in a line may reorder, hide or break the line it is shown in.

use std::fmt;

/// A character that no text of ours may hold, and where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadText {
    /// Offset in bytes from the start of the text.
    pub position: usize,
    /// The character that was refused.
    pub character: char,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "control character U+{:04X} at byte {}", u32::from(self.character), self.position)
    }
}

impl std::error::Error for BadText {}

/// Refuses NUL and the other ASCII control characters except tab, line feed and carriage return.
pub fn check_text(text: &str) -> Result<(), BadText> {
    match text.bytes().position(is_refused) {
        None => Ok(()),
        Some(position) => {
            let character = text.get(position..).and_then(|rest| rest.chars().next()).unwrap_or('\0');
            Err(BadText { position, character })
        }
    }
}

fn is_refused(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7F
}

/// One line with single spaces: line breaks and controls become spaces, characters that
/// reorder their neighbours (Unicode `Bidi_Control`) and invisible fillers are dropped.
pub fn clean_line(text: &str) -> String {
    collapse(text, usize::MAX).0
}

/// The start of `text` as one clean line of at most `max_chars` characters, the last of
/// which is `…` when something was cut.
pub fn preview(text: &str, max_chars: usize) -> String {
    let (mut line, cut) = collapse(text, max_chars);
    if cut {
        line.pop();
        let kept = line.trim_end().len();
        line.truncate(kept);
        if max_chars > 0 {
            line.push('…');
        }
    }
    line
}

/// Reads no further than `max_chars` need, so a preview of a huge text costs nothing.
fn collapse(text: &str, max_chars: usize) -> (String, bool) {
    let mut line = String::with_capacity(text.len().min(max_chars).min(4096));
    let mut count = 0;
    let mut gap = false;
    for c in text.chars().filter(|&c| !is_dropped(c)) {
        if c.is_whitespace() || c.is_control() {
            gap = count > 0;
            continue;
        }
        let needed = 1 + usize::from(gap);
        if count + needed > max_chars {
            return (line, true);
        }
        if gap {
            line.push(' ');
        }
        line.push(c);
        count += needed;
        gap = false;
    }
    (line, false)
}

fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_line_and_says_when_it_was_cut() {
        assert_eq!(preview("  Hello\r\n\tworld  ", 40), "Hello world");
        assert_eq!(preview("Hello world", 7), "Hello…");
        assert_eq!(preview("Hello world", 11), "Hello world");
        assert_eq!(preview("日本語テスト", 4), "日本語…");
        assert_eq!(preview("abc", 0), "");
        assert_eq!(preview("", 10), "");
    }

    #[test]
    fn a_line_cannot_reorder_what_is_beside_it() {
        assert_eq!(clean_line("invoice\u{202e}gpj.exe"), "invoicegpj.exe");
        assert_eq!(clean_line("a\u{2066}b\u{2069}c\u{feff}\u{85}d\u{2028}e"), "abc d e");
        assert_eq!(clean_line("نام‌ها 👩‍👩‍👧"), "نام‌ها 👩‍👩‍👧");
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        assert_eq!(check_text("fine\r\n\tü 🙂"), Ok(()));
        assert_eq!(check_text("ab\0"), Err(BadText { position: 2, character: '\0' }));
        assert!(check_text("\u{1b}[31m").is_err_and(|bad| bad.to_string().contains("U+001B")));
        assert!(check_text("\u{7f}").is_err());
    }
}
