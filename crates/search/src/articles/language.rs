//! Which stemmer a text gets: by its locale, else by what it looks like, else English.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Language, StopWordFilter, TextAnalyzer, Token};

use crate::words;

/// Shorter texts are not guessed: a few words look like many languages.
const GUESSABLE: usize = 24;

/// The languages with a stemmer, by the first part of a locale.
const LANGUAGES: [(&str, Language); 20] = [
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nb", Language::Norwegian),
    ("nl", Language::Dutch),
    ("nn", Language::Norwegian),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// How one language is read.
struct Readings {
    stems: TextAnalyzer,
    without_filler: TextAnalyzer,
}

static READINGS: LazyLock<HashMap<&'static str, Readings>> = LazyLock::new(|| {
    let readings = |language| Readings { stems: words::stems_of(language), without_filler: without_filler(language) };
    LANGUAGES.into_iter().map(|(name, language)| (name, readings(language))).collect()
});

/// The stemmer's name for a locale such as `de-AT`.
pub(crate) fn of_locale(locale: &str) -> Option<&'static str> {
    let first = locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.iter().map(|(name, _)| *name).find(|name| *name == first)
}

/// The stemmer's name for a text, when it is long and clear enough.
pub(crate) fn guessed(text: &str) -> Option<&'static str> {
    if text.len() < GUESSABLE {
        return None;
    }
    let end = text.char_indices().nth(400).map_or(text.len(), |(at, _)| at);
    let found = whatlang::detect(text.get(..end)?)?;
    if !found.is_reliable() {
        return None;
    }
    let code = found.lang().code();
    THREE_LETTERS.iter().find(|(three, _)| *three == code).map(|(_, name)| *name)
}

/// ISO 639-3 as the guesser speaks it.
const THREE_LETTERS: [(&str, &str); 18] = [
    ("ara", "ar"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("spa", "es"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("hun", "hu"),
    ("ita", "it"),
    ("nob", "no"),
    ("nld", "nl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tur", "tr"),
];

/// The language of an article.
pub(crate) fn of_article(locale: &str, text: &str) -> &'static str {
    of_locale(locale).or_else(|| guessed(text)).unwrap_or("en")
}

/// The languages in which a question is read: the asker's, what it looks like, and English when neither is known.
pub(crate) fn of_question(locale: Option<&str>, text: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = locale.and_then(of_locale).into_iter().collect();
    found.extend(guessed(text).filter(|name| !found.contains(name)));
    if found.is_empty() {
        found.push("en");
    }
    found
}

/// The stems of a text, with their places.
pub(crate) fn stems(language: &str, text: &str) -> Vec<Token> {
    READINGS.get(language).map(|readings| words::terms(readings.stems.clone(), text)).unwrap_or_default()
}

/// True for a folded word that says nothing in that language.
pub(crate) fn is_filler(language: &str, word: &str) -> bool {
    READINGS.get(language).is_some_and(|readings| words::terms(readings.without_filler.clone(), word).is_empty())
}

fn without_filler(language: Language) -> TextAnalyzer {
    match StopWordFilter::new(language) {
        Some(filter) => words::words_builder().filter(filter).build(),
        None => words::words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_then_the_text() {
        assert_eq!(of_locale("de-AT"), Some("de"));
        assert_eq!(of_locale("xx"), None);
        assert_eq!(of_article("", "Wie kann ich mein Passwort zurücksetzen, wenn ich es vergessen habe?"), "de");
        assert_eq!(of_article("klingon", "x"), "en");
        assert_eq!(of_question(Some("fr"), "How do I reset the password of my account?"), ["fr", "en"]);
        assert_eq!(of_question(None, "reset"), ["en"]);
    }

    #[test]
    fn stems_and_filler_are_of_the_language() {
        let texts: Vec<String> = stems("de", "Rechnungen bezahlen").into_iter().map(|token| token.text).collect();
        assert_eq!(texts, ["rechnung", "bezahl"]);
        assert!(is_filler("de", "nicht") && !is_filler("de", "rechnung") && is_filler("en", "the"));
    }
}
