//! A naive Bayes filter over hashed words (Graham 2002, "A plan for spam"; combined in logarithms).
//! Rule: what it keeps of a text is 64-bit hashes and counts, from which nobody reads the text again.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

/// Words of one text that are looked at.
const WORDS: usize = 300;
/// Words that decide: those that lean most to one side.
const DECIDING: usize = 20;
/// Texts of each side that it learns from before it says anything.
const LESSONS: i64 = 5;

/// The words of a text, each once, as hashes.
pub(super) fn words(subject: &str, body: &str) -> Vec<i64> {
    let folded = format!("{subject} {body}").to_lowercase();
    let parts = folded.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-' && c != '$' && c != '€');
    let found: BTreeSet<&str> = parts.filter(|part| (3..=40).contains(&part.chars().count())).take(2_000).collect();
    found.into_iter().take(WORDS).map(hash).collect()
}

fn hash(word: &str) -> i64 {
    let digest = Sha256::digest(word.as_bytes());
    digest.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// How often a word was in each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) spam: i64,
    pub(super) fine: i64,
}

/// How sure it is that a text is spam, 0 to 1; nothing before it has learned enough.
pub(super) fn score(spam_texts: i64, fine_texts: i64, seen: &[Seen]) -> Option<f64> {
    if spam_texts < LESSONS || fine_texts < LESSONS {
        return None;
    }
    let (spam_texts, fine_texts) = (spam_texts as f64, fine_texts as f64);
    let mut leans: Vec<f64> = seen
        .iter()
        .map(|word| {
            let spam = (word.spam as f64 + 0.5) / (spam_texts + 1.0);
            let fine = (word.fine as f64 + 0.5) / (fine_texts + 1.0);
            (spam / fine).ln()
        })
        .collect();
    leans.sort_by(|one, other| other.abs().total_cmp(&one.abs()));
    let sum: f64 = leans.iter().take(DECIDING).sum();
    Some(1.0 / (1.0 + (-sum).exp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_nothing_before_it_has_learned_and_leans_to_the_side_it_knows() {
        let (bad, good) = (Seen { spam: 9, fine: 0 }, Seen { spam: 0, fine: 9 });
        assert_eq!(score(4, 100, &[bad]), None);
        assert_eq!(score(100, 4, &[bad]), None);
        let score = |seen: &[Seen]| score(10, 10, seen).unwrap();
        assert!(score(&[bad, bad, bad]) > 0.99);
        assert!(score(&[good, good, good]) < 0.01);
        assert!((score(&[bad, good]) - 0.5).abs() < 1e-9);
        assert!((score(&[]) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn words_are_folded_and_counted_once() {
        assert_eq!(words("FREE", "free Free pills"), words("", "pills free"));
        assert_eq!(words("", "a to 12").len(), 0);
        assert!(words("", &"word ".repeat(100_000)).len() <= WORDS);
    }
}
