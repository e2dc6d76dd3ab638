//! A question about articles as terms: each with its stems in the languages of the question, how often it was said, and
//! what may stand for it. Whatever was typed, at most 64 terms are searched.

use crate::articles::language;
use crate::articles::query::ArticleQuery;
use crate::question::{Clause, Question, is_function_word};

/// How much of a question is read, and how many of its terms are searched.
const MAX_CHARS: usize = 4_000;
const MAX_CLAUSES: usize = 256;
const MAX_TERMS: usize = 64;
const MAX_EQUALS: usize = 8;

/// A question as terms.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub terms: Vec<AskedTerm>,
    /// Words and phrases that mean the same as some of the terms.
    pub equals: Vec<Vec<AskedTerm>>,
    /// True when the last term may still be in the middle of being typed.
    pub is_open: bool,
}

/// One term of a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AskedTerm {
    pub clause: Clause,
    /// The stems of its words, in every language of the question.
    pub stems: Vec<String>,
    /// How often it was said.
    pub count: u16,
}

impl Asked {
    /// Reads a question.
    pub(crate) fn read(query: &ArticleQuery<'_>) -> Asked {
        let question = Question::read_within(query.text, MAX_CHARS, MAX_CLAUSES);
        let languages = language::of_question(query.locale, query.text);
        let is_filler = |clause: &Clause| matches!(clause, Clause::Word { word, .. } if is_filler(&languages, word));
        let has_more = question.clauses.iter().any(|clause| !is_filler(clause));
        let words: Vec<String> = question.clauses.iter().flat_map(words_of).cloned().collect();
        let mut asked = Asked { is_open: question.is_open, ..Asked::default() };
        for clause in question.clauses.into_iter().filter(|clause| !has_more || !is_filler(clause)) {
            asked.add(clause, &languages);
        }
        asked.terms.truncate(MAX_TERMS);
        let equals = query.synonyms.map(|synonyms| synonyms.of(&words, MAX_EQUALS)).unwrap_or_default();
        asked.equals = equals.into_iter().map(|words| phrase(words, &languages)).collect();
        asked
    }

    /// Identifiers and phrases: what was said exactly.
    pub(crate) fn exact(&self) -> u32 {
        let exact = self.terms.iter().filter(|term| term.is_exact());
        u32::try_from(exact.count()).unwrap_or(u32::MAX)
    }

    /// Phrases in quotes.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = &[String]> {
        self.terms.iter().filter_map(|term| match &term.clause {
            Clause::Phrase(words) => Some(words.as_slice()),
            _ => None,
        })
    }

    fn add(&mut self, clause: Clause, languages: &[&str]) {
        match self.terms.iter_mut().find(|known| known.clause == clause) {
            Some(known) => known.count = known.count.saturating_add(1),
            None => {
                let stems = stems(words_of(&clause), languages);
                self.terms.push(AskedTerm { clause, stems, count: 1 });
            }
        }
    }
}

impl AskedTerm {
    /// A word corrected.
    pub(crate) fn corrected(word: &str, languages: &[&str]) -> AskedTerm {
        let words = [word.to_owned()];
        let clause = Clause::Word { word: word.to_owned(), stem: word.to_owned() };
        AskedTerm { clause, stems: stems(&words, languages), count: 1 }
    }

    /// True for a phrase, and for a code that is more than words with a hyphen between them.
    fn is_exact(&self) -> bool {
        match &self.clause {
            Clause::Code { code, .. } => {
                let has = |wanted: fn(char) -> bool| code.chars().any(wanted);
                has(|c| c.is_ascii_digit()) || has(|c| matches!(c, '_' | '@' | '/' | '.' | ':' | '#' | '='))
            }
            Clause::Phrase(_) => true,
            _ => false,
        }
    }
}

fn words_of(clause: &Clause) -> &[String] {
    match clause {
        Clause::Word { word, .. } => std::slice::from_ref(word),
        Clause::Phrase(words) | Clause::Code { words, .. } => words,
        Clause::Unspaced(_) => &[],
    }
}

fn phrase(words: &[String], languages: &[&str]) -> Vec<AskedTerm> {
    words.iter().map(|word| AskedTerm::corrected(word, languages)).collect()
}

fn stems(words: &[String], languages: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for language in languages {
        for word in words {
            found.extend(language::stems(language, word).into_iter().map(|token| token.text));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn is_filler(languages: &[&str], word: &str) -> bool {
    is_function_word(word) || languages.iter().any(|language| language::is_filler(language, word))
}
