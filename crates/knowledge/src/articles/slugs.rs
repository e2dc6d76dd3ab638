//! The names of articles in addresses: unique per language, made of the title when nobody chose one.
//! Rule: a slug that was once in an address leads on to its article, until another article takes it.

use base::{Code, Kind, Result};
use db::Tx;
use trust::Cx;

use super::locales::Locale;
use crate::nouns::ArticleId;

/// The slug is taken.
pub static SLUG_TAKEN: Code = Code::new(
    Kind::Conflict,
    "slug_taken",
    "Another article of this language has this address.",
    "Choose another slug, or leave it out to get a free one.",
);

/// Letters of a slug at most.
const LONGEST: usize = 80;
/// Numbers tried behind a taken slug before the id is used.
const NUMBERS: usize = 20;

/// A slug out of any text: letters and digits in lower case, dashes between the words.
pub fn slug_of(text: &str) -> String {
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word: String = word.chars().flat_map(char::to_lowercase).collect();
        if slug.chars().count() + word.chars().count() >= LONGEST && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST));
    }
    // What looks like an id in an address is one.
    if slug.is_empty() { "article".to_owned() } else { slug }
}

/// A slug that somebody chose, in its usual form; refused when another article has it.
pub(crate) fn chosen(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, locale: &Locale, text: &str) -> Result<String> {
    let slug = slug_of(text);
    match holder(tx, cx, locale, &slug)? {
        Some(other) if other != article => {
            Err(SLUG_TAKEN.error().field("/slug", "taken", "is the address of another article"))
        }
        _ => Ok(slug),
    }
}

/// A free slug made of a title.
pub(crate) fn free(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, locale: &Locale, title: &str) -> Result<String> {
    let first = slug_of(title);
    for number in 1..=NUMBERS {
        let slug = if number == 1 { first.clone() } else { format!("{first}-{number}") };
        if holder(tx, cx, locale, &slug)?.is_none_or(|other| other == article) {
            return Ok(slug);
        }
    }
    let tail: String = article.to_string().chars().rev().take(8).collect();
    Ok(format!("{first}-{tail}"))
}

fn holder(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, slug: &str) -> Result<Option<ArticleId>> {
    tx.first(
        "SELECT article_id FROM article_text WHERE workspace_id = $1 AND locale = $2 AND slug = $3",
        &[&cx.workspace(), locale, &slug],
        |row| row.get(0),
    )
}

/// Keeps an old address alive after a rename, and frees the new one from leading elsewhere.
pub(crate) fn redirect(
    tx: &mut Tx<'_>,
    cx: &Cx,
    article: ArticleId,
    locale: &Locale,
    (before, after): (&str, &str),
) -> Result<()> {
    taken_over(tx, cx, locale, after)?;
    tx.exec(
        "INSERT INTO article_redirect (workspace_id, locale, slug, article_id) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (workspace_id, locale, slug) DO UPDATE SET article_id = $4",
        &[&cx.workspace(), locale, &before, &article],
    )?;
    Ok(())
}

/// An address that an article has now leads nowhere else.
pub(crate) fn taken_over(tx: &mut Tx<'_>, cx: &Cx, locale: &Locale, slug: &str) -> Result<()> {
    tx.exec(
        "DELETE FROM article_redirect WHERE workspace_id = $1 AND locale = $2 AND slug = $3",
        &[&cx.workspace(), locale, &slug],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_words_with_dashes() {
        for (title, slug) in [
            ("How do I sign in?", "how-do-i-sign-in"),
            ("  Öffnungszeiten & Preise ", "öffnungszeiten-preise"),
            ("../../etc/passwd", "etc-passwd"),
            ("日本語 の 題", "日本語-の-題"),
            ("🦀🦀", "article"),
            ("", "article"),
        ] {
            assert_eq!(slug_of(title), slug);
        }
        assert!(slug_of(&"word ".repeat(100)).chars().count() <= LONGEST);
        assert!(slug_of(&"x".repeat(10_000)).chars().count() <= LONGEST);
    }
}
