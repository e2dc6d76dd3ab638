//! What a person typed, read as clauses. Any text is a question: signs that other search boxes
//! give a meaning to are only signs here; straight or curly quotes make a phrase.

use std::collections::HashSet;
use std::sync::LazyLock;

use tantivy::tokenizer::TextAnalyzer;

use crate::words::{self, as_code, has_unspaced, terms};

/// How much of a question is read.
const MAX_CHARS: usize = 1_000;
const MAX_CLAUSES: usize = 32;

/// One thing that a hit should contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// A word, folded and stemmed.
    Word { word: String, stem: String },
    /// Words in this order.
    Phrase(Vec<String>),
    /// An identifier kept whole, and the words inside it.
    Code { code: String, words: Vec<String> },
    /// A run of an unspaced script as pairs, or its single character.
    Unspaced(Vec<String>),
}

/// The clauses of a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Question {
    pub clauses: Vec<Clause>,
    /// True when the last clause may still be in the middle of being typed.
    pub is_open: bool,
}

static WORDS: LazyLock<TextAnalyzer> = LazyLock::new(words::words);
static STEMS: LazyLock<TextAnalyzer> = LazyLock::new(words::stems);
static PAIRS: LazyLock<TextAnalyzer> = LazyLock::new(words::pairs);

impl Question {
    /// Reads `text`; empty when it holds nothing that could be found.
    pub(crate) fn read(text: &str) -> Question {
        let mut question = Question::read_within(text, MAX_CHARS, MAX_CLAUSES);
        question.clauses = without_filler(question.clauses);
        question
    }

    /// The first clauses of the first characters of `text`, filler and all.
    pub(crate) fn read_within(text: &str, most_chars: usize, most_clauses: usize) -> Question {
        let end = text.char_indices().nth(most_chars).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or_default();
        let mut clauses = Vec::new();
        let parts: Vec<&str> = text.split(['"', '“', '”', '„', '«', '»']).collect();
        let last = parts.len() - 1;
        for (index, part) in parts.into_iter().enumerate() {
            // Odd parts stand between quotes; a quote that is never closed is none.
            if index % 2 == 1 && index < last {
                phrase(part, most_clauses, &mut clauses);
            } else {
                loose_words(part, most_clauses, &mut clauses);
            }
        }
        clauses.truncate(most_clauses);
        let is_open =
            text.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '.'));
        Question { clauses, is_open }
    }
}

fn phrase(part: &str, most: usize, clauses: &mut Vec<Clause>) {
    let words = texts(&WORDS, part);
    if !words.is_empty() && clauses.len() < most {
        clauses.push(Clause::Phrase(words));
    }
    unspaced(part, clauses);
}

fn loose_words(part: &str, most: usize, clauses: &mut Vec<Clause>) {
    for chunk in part.split_whitespace() {
        if clauses.len() > most {
            return;
        }
        match as_code(chunk) {
            Some(code) if !has_unspaced(code) => {
                clauses.push(Clause::Code { code: code.to_lowercase(), words: texts(&WORDS, code) });
            }
            _ => {
                for word in texts(&WORDS, chunk) {
                    let stem = texts(&STEMS, &word).into_iter().next().unwrap_or_else(|| word.clone());
                    clauses.push(Clause::Word { word, stem });
                }
                unspaced(chunk, clauses);
            }
        }
    }
}

/// Each run of an unspaced script: its pairs, or its one character.
fn unspaced(part: &str, clauses: &mut Vec<Clause>) {
    if !has_unspaced(part) {
        return;
    }
    for run in part.split(|c: char| !has_unspaced(c.encode_utf8(&mut [0; 4]))).filter(|run| !run.is_empty()) {
        let all = texts(&PAIRS, run);
        let pairs: Vec<String> =
            all.iter().filter(|text| text.chars().count() == 2).take(MAX_CLAUSES).cloned().collect();
        clauses.push(Clause::Unspaced(if pairs.is_empty() { all } else { pairs }));
    }
}

fn texts(analyzer: &LazyLock<TextAnalyzer>, text: &str) -> Vec<String> {
    terms(TextAnalyzer::clone(analyzer), text).into_iter().map(|token| token.text).collect()
}

/// Drops words that say nothing, unless there is nothing else.
fn without_filler(clauses: Vec<Clause>) -> Vec<Clause> {
    let is_filler = |clause: &Clause| matches!(clause, Clause::Word { word, .. } if is_function_word(word));
    if clauses.iter().all(is_filler) {
        return clauses;
    }
    clauses.into_iter().filter(|clause| !is_filler(clause)).collect()
}

/// True for a folded function word of English or German.
pub(crate) fn is_function_word(word: &str) -> bool {
    FILLER.contains(word)
}

/// English and German function words, folded.
static FILLER: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FUNCTION_WORDS.split(' ').collect());

const FUNCTION_WORDS: &str = "a an and are as at be but by can do does for from how i if in into is it me my of on or our so such that \
    the their then there these they this to was we what when where will with you your aber als am auf aus \
    bei das dass dem den der des die ein eine einen er es fur hat ich im ist mit nach oder sich sie sind und \
    uns von wie wir zu zum zur";

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str, stem: &str) -> Clause {
        Clause::Word { word: word.into(), stem: stem.into() }
    }

    #[test]
    fn a_question_is_words_phrases_codes_and_runs() {
        let question = Question::read("Resetting \"the password\" ERR_CONN-42 日本語 the");
        assert_eq!(
            question.clauses,
            [
                word("resetting", "reset"),
                Clause::Phrase(vec!["the".into(), "password".into()]),
                Clause::Code { code: "err_conn-42".into(), words: vec!["err".into(), "conn".into(), "42".into()] },
                Clause::Unspaced(vec!["日本".into(), "本語".into()]),
            ]
        );
    }

    #[test]
    fn filler_counts_when_there_is_nothing_else() {
        assert_eq!(Question::read("to be").clauses.len(), 2);
        assert_eq!(Question::read("to be reset").clauses, [word("reset", "reset")]);
    }

    #[test]
    fn an_unclosed_quote_and_bare_signs_are_harmless() {
        assert_eq!(Question::read("say \"hello").clauses.len(), 2);
        assert_eq!(Question::read("() [] * ? ~ \" ' / \\ : ^ !").clauses, []);
        assert_eq!(Question::read(&"x ".repeat(5_000)).clauses.len(), 32);
    }

    #[test]
    fn the_last_word_is_open_until_a_space_follows() {
        assert!(
            Question::read("pass").is_open && !Question::read("pass ").is_open && !Question::read("\"a b\"").is_open
        );
    }
}
