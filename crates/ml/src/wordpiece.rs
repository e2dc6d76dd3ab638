//! Text as the model reads it: BERT's uncased WordPiece (Devlin et al. 2018; the reference is `tokenization.py` of
//! google-research/bert). Words without accents and case, cut greedily into the longest known pieces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::vocabulary::Vocabulary;

/// Tokens that are read of a text, first and last mark included.
pub(crate) const MAX_TOKENS: usize = 256;
/// Longer words are unknown.
const LONGEST_WORD: usize = 100;

const START: i32 = 101;
const END: i32 = 102;
const UNKNOWN: i32 = 100;

/// The ids of `text`, between the start and the end mark; stops reading when it has enough.
pub(crate) fn tokens(vocabulary: &Vocabulary, text: &str) -> Vec<i32> {
    let mut ids = vec![START];
    let mut word = String::new();
    // A word that never ends is cut off by the limit below, so that any text costs a bounded time.
    for c in text.nfd().filter(|c| !is_combining_mark(*c) && !is_noise(*c)).chain([' ']) {
        let is_alone = is_punctuation(c) || is_ideograph(c);
        if !(is_alone || c.is_whitespace()) {
            if word.len() <= LONGEST_WORD * 4 {
                word.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c)));
            }
            continue;
        }
        cut(vocabulary, &word, &mut ids);
        word.clear();
        if is_alone {
            ids.push(vocabulary.id(c.encode_utf8(&mut [0; 4])).unwrap_or(UNKNOWN));
        }
        if ids.len() >= MAX_TOKENS {
            break;
        }
    }
    ids.truncate(MAX_TOKENS - 1);
    ids.push(END);
    ids
}

/// Appends the pieces of one word, or the mark for an unknown one.
fn cut(vocabulary: &Vocabulary, word: &str, ids: &mut Vec<i32>) {
    if word.is_empty() {
        return;
    }
    match pieces(vocabulary, word) {
        Some(found) => ids.extend(found),
        None => ids.push(UNKNOWN),
    }
}

fn pieces(vocabulary: &Vocabulary, word: &str) -> Option<Vec<i32>> {
    if word.chars().count() > LONGEST_WORD {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = word;
    let mut continued = String::new();
    while !rest.is_empty() {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        let (id, end) = ends.into_iter().find_map(|end| {
            let piece = rest.get(..end)?;
            if found.is_empty() {
                return vocabulary.id(piece).map(|id| (id, end));
            }
            continued.clear();
            continued.push_str("##");
            continued.push_str(piece);
            vocabulary.id(&continued).map(|id| (id, end))
        })?;
        found.push(id);
        rest = rest.get(end..)?;
    }
    Some(found)
}

/// Control and format characters carry no meaning.
fn is_noise(c: char) -> bool {
    let is_control = c.is_control() && !c.is_whitespace();
    is_control
        || matches!(c, '\u{FFFD}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Punctuation stands alone: every ASCII sign, and the general, CJK and Latin-1 punctuation of Unicode.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{B7}' | '\u{BB}' | '\u{BF}' | '\u{37E}' | '\u{387}'
            | '\u{55A}'..='\u{55F}' | '\u{589}' | '\u{5BE}' | '\u{60C}' | '\u{61B}' | '\u{61F}' | '\u{964}' | '\u{965}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}' | '\u{2053}'..='\u{205E}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{30FB}'
            | '\u{FF01}'..='\u{FF03}' | '\u{FF05}'..='\u{FF0A}' | '\u{FF0C}'..='\u{FF0F}' | '\u{FF1A}' | '\u{FF1B}'
            | '\u{FF1F}' | '\u{FF20}' | '\u{FF3B}'..='\u{FF3D}' | '\u{FF3F}' | '\u{FF5B}' | '\u{FF5D}' | '\u{FF5F}'..='\u{FF65}')
}

/// Han characters stand alone.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<i32> {
        tokens(&Vocabulary::unpack().unwrap(), text)
    }

    #[test]
    fn texts_become_the_ids_of_the_reference() {
        assert_eq!(ids("Hello, World!"), [101, 7592, 1010, 2088, 999, 102]);
        assert_eq!(ids("unaffable café"), [101, 14477, 20961, 3468, 7668, 102]);
        assert_eq!(ids(""), [101, 102]);
        assert_eq!(ids("日本 x"), [101, 1864, 1876, 1060, 102]);
    }

    #[test]
    fn no_text_is_too_long_or_too_strange() {
        assert_eq!(ids(&"a ".repeat(1_000_000)).len(), MAX_TOKENS);
        assert_eq!(ids(&"a".repeat(1_000_000)), [101, 100, 102]);
        assert_eq!(ids("\u{0}\u{202e}\u{FFFD}"), [101, 102]);
        assert_eq!(ids(&"!".repeat(5_000)).len(), MAX_TOKENS);
    }
}
