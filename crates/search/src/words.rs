//! How text becomes terms. Three readings of the same text: words (folded to plain lower-case
//! letters), codes (identifiers kept whole), pairs (neighbouring characters of scripts that
//! are written without spaces).

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, TextAnalyzerBuilder, Token,
    TokenStream, Tokenizer, TokenizerManager,
};

/// Names under which the readings are registered.
pub(crate) const WORDS: &str = "mainstay_words";
pub(crate) const STEMS: &str = "mainstay_stems_en";
pub(crate) const CODES: &str = "mainstay_codes";
pub(crate) const PAIRS: &str = "mainstay_pairs";

const LONGEST_WORD: usize = 64;
const LONGEST_CODE: usize = 128;

/// The readings, for an index.
pub(crate) fn manager() -> TokenizerManager {
    // The library asks for its own readings too, even for fields without text.
    let manager = TokenizerManager::default();
    manager.register(WORDS, words());
    manager.register(STEMS, stems());
    manager.register(CODES, codes());
    manager.register(PAIRS, pairs());
    manager
}

/// Words without case and accents.
pub(crate) fn words() -> TextAnalyzer {
    folded(Words).build()
}

/// Words before anything more is done to them.
pub(crate) fn words_builder() -> TextAnalyzerBuilder<impl Tokenizer> {
    folded(Words)
}

/// The same reduced to English stems.
pub(crate) fn stems() -> TextAnalyzer {
    stems_of(Language::English)
}

/// The same reduced to the stems of a language.
pub(crate) fn stems_of(language: Language) -> TextAnalyzer {
    folded(Words).filter(Stemmer::new(language)).build()
}

/// Identifiers, error codes and addresses in lower case.
pub(crate) fn codes() -> TextAnalyzer {
    TextAnalyzer::builder(Codes).filter(LowerCaser).build()
}

/// Single characters and pairs of unspaced scripts.
pub(crate) fn pairs() -> TextAnalyzer {
    TextAnalyzer::builder(Pairs).filter(LowerCaser).build()
}

fn folded(split: Words) -> TextAnalyzerBuilder<impl Tokenizer> {
    TextAnalyzer::builder(split)
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
}

/// The terms of `text` with their positions.
pub(crate) fn terms(mut analyzer: TextAnalyzer, text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    analyzer.token_stream(text).process(&mut |token| found.push(token.clone()));
    found
}

/// The first `length` bytes of a text, or a little less where a character would be cut.
pub(crate) fn cut(text: &str, length: usize) -> &str {
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// True when `text` holds a character of a script written without spaces.
pub(crate) fn has_unspaced(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_unspaced)
}

/// A code mixes letters, digits and signs, so that splitting it would lose it. The edges are
/// the sentence's, except `#`, `@` and `$`, which belong to numbers and names.
pub(crate) fn as_code(chunk: &str) -> Option<&str> {
    let inside = |c: char| c.is_alphanumeric();
    let edge = |c: char| !inside(c) && !matches!(c, '#' | '@' | '$');
    let code = chunk.trim_start_matches(edge).trim_end_matches(|c: char| !inside(c));
    let signs = code.chars().any(|c| !inside(c) && c != '\'' && c != '’');
    let digits = code.chars().any(|c| c.is_ascii_digit()) && code.chars().any(char::is_alphabetic);
    ((signs || digits) && (2..=LONGEST_CODE).contains(&code.len())).then_some(code)
}

fn split_pairs(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut before: Option<(usize, char)> = None;
    let mut position = 0;
    for (at, c) in text.char_indices() {
        if !is_unspaced(c) {
            before = None;
            position += 1;
            continue;
        }
        if let Some((start, first)) = before {
            found.push(token(String::from_iter([first, c]), position - 1, start..at + c.len_utf8()));
        }
        found.push(token(c.to_string(), position, at..at + c.len_utf8()));
        before = Some((at, c));
        position += 1;
    }
    found
}

fn token(text: String, position: usize, place: std::ops::Range<usize>) -> Token {
    Token { offset_from: place.start, offset_to: place.end, position, text, position_length: 1 }
}

fn is_part(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    (c.is_alphanumeric() && !is_unspaced(c)) || is_virama(c)
}

/// Accents written apart, soft hyphens and joiners: inside a word, but no letter of it.
fn is_silent(c: char) -> bool {
    !c.is_ascii() && matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

/// Signs of Indic scripts that join letters without being one.
fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{93C}'
            | '\u{94D}'
            | '\u{9BC}'
            | '\u{9CD}'
            | '\u{A4D}'
            | '\u{ACD}'
            | '\u{B4D}'
            | '\u{BCD}'
            | '\u{C4D}'
            | '\u{CCD}'
            | '\u{D4D}'
    )
}

/// Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Words: letters and digits that stand together.
#[derive(Clone)]
struct Words;

/// Words one after the other, each in the room of the one before: most texts are read several times.
struct Spelled<'a> {
    text: &'a str,
    at: usize,
    next: usize,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Spelled<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Spelled<'a> {
        Spelled { text, at: 0, next: 0, token: Token::default() }
    }
}

impl TokenStream for Spelled<'_> {
    fn advance(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(begin) = rest.find(is_part) else { return false };
        let start = self.at + begin;
        let word = self.text.get(start..).unwrap_or_default();
        self.token.text.clear();
        let mut end = word.len();
        for (at, c) in word.char_indices() {
            if is_part(c) {
                self.token.text.push(c);
            } else if !is_silent(c) {
                end = at;
                break;
            }
        }
        self.at = start + end;
        self.token.offset_from = start;
        self.token.offset_to = self.at;
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Identifiers kept whole.
#[derive(Clone)]
struct Codes;

/// What is left to look at, and the code that was found.
struct Chunks<'a> {
    rest: std::str::SplitWhitespace<'a>,
    next: usize,
    token: Token,
}

impl Tokenizer for Codes {
    type TokenStream<'a> = Chunks<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Chunks<'a> {
        Chunks { rest: text.split_whitespace(), next: 0, token: Token::default() }
    }
}

impl TokenStream for Chunks<'_> {
    fn advance(&mut self) -> bool {
        let Some(code) = self.rest.find_map(as_code) else { return false };
        self.token.text.clear();
        self.token.text.push_str(code);
        (self.token.offset_from, self.token.offset_to, self.token.position) = (0, 0, self.next);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Neighbouring characters of unspaced scripts.
#[derive(Clone)]
struct Pairs;

struct Listed {
    rest: std::vec::IntoIter<Token>,
    current: Token,
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = Listed;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Listed {
        Listed { rest: split_pairs(text).into_iter(), current: Token::default() }
    }
}

impl TokenStream for Listed {
    fn advance(&mut self) -> bool {
        match self.rest.next() {
            Some(token) => {
                self.current = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(analyzer: TextAnalyzer, text: &str) -> Vec<String> {
        terms(analyzer, text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_lose_case_and_accents_but_stay_whole() {
        assert_eq!(texts(words(), "Müller's CAFE\u{301}, straße x2"), ["muller", "s", "cafe", "strasse", "x2"]);
        assert_eq!(texts(words(), "हिन्दी"), ["हिन्दी"]);
        assert_eq!(texts(stems(), "resetting passwords"), ["reset", "password"]);
    }

    #[test]
    fn codes_stay_whole() {
        let text = "(ERR_CONN-42), see #1234 or a.b@c.example. don't plain 10.0.0.1; v2";
        assert_eq!(texts(codes(), text), ["err_conn-42", "#1234", "a.b@c.example", "10.0.0.1", "v2"]);
    }

    #[test]
    fn unspaced_scripts_come_in_pairs() {
        assert_eq!(texts(pairs(), "日本語 ok"), ["日", "日本", "本", "本語", "語"]);
        assert!(texts(words(), "日本語").is_empty());
        assert!(has_unspaced("ok 日") && !has_unspaced("über"));
    }
}
