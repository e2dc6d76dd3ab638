//! Which stemmer a text gets: by its locale, else by what it looks like, else English.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Language, StopWordFilter, TextAnalyzer, Token};

use crate::words;

/// Shorter texts are not guessed: a few words look like many languages.
const GUESSABLE: usize = 24;
/// Languages in which one question is read.
const MOST_LANGUAGES: usize = 4;

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

/// The stemmer's name for a text that is long enough, and whether that is sure.
fn guessed(text: &str) -> Option<(&'static str, bool)> {
    if text.len() < GUESSABLE {
        return None;
    }
    let end = text.char_indices().nth(400).map_or(text.len(), |(at, _)| at);
    let found = whatlang::detect(text.get(..end)?)?;
    let code = found.lang().code();
    let name = THREE_LETTERS.iter().find(|(three, _)| *three == code).map(|(_, name)| *name)?;
    Some((name, found.is_reliable()))
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
    let sure = || guessed(text).filter(|(_, is_sure)| *is_sure).map(|(name, _)| name);
    of_locale(locale).or_else(sure).unwrap_or("en")
}

/// The languages in which a question is read: those of the articles that may be found, so that its words become the
/// same stems as theirs, the asker's first. Where a locale has no stemmer, what the question looks like, or English.
pub(crate) fn of_question(asker: Option<&str>, articles: &[String], text: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let of_articles: Vec<Option<&'static str>> = articles.iter().map(|locale| of_locale(locale)).collect();
    found.extend(asker.and_then(of_locale).filter(|name| of_articles.contains(&Some(name))));
    for name in of_articles.into_iter().map(|name| name.or_else(|| guessed(text).map(|(name, _)| name)).unwrap_or("en"))
    {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found.truncate(MOST_LANGUAGES);
    found
}

/// True when a question is surely not English: the model of meaning reads nothing else well.
pub(crate) fn is_foreign(asker: Option<&str>, text: &str) -> bool {
    let by_text = guessed(text).filter(|(_, is_sure)| *is_sure).map(|(name, _)| name != "en");
    let by_asker = || asker.is_some_and(|locale| of_locale(locale) != Some("en"));
    words::has_unspaced(text) || by_text.unwrap_or_else(by_asker)
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
        let locales = ["en-US".to_owned(), "de".into(), "en".into(), String::new()];
        assert_eq!(of_question(Some("de-AT"), &locales, "reset"), ["de", "en"]);
        assert_eq!(of_question(Some("fr"), &locales, "reset"), ["en", "de"]);
        assert!(is_foreign(Some("de"), "Rechnung") && is_foreign(None, "日本") && !is_foreign(None, "invoice"));
    }

    #[test]
    fn stems_and_filler_are_of_the_language() {
        let texts: Vec<String> = stems("de", "Rechnungen bezahlen").into_iter().map(|token| token.text).collect();
        assert_eq!(texts, ["rechnung", "bezahl"]);
        assert!(is_filler("de", "nicht") && !is_filler("de", "rechnung") && is_filler("en", "the"));
    }
}
