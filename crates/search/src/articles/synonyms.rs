//! Words that mean the same in one workspace: compiled once, looked up for every question.

use std::collections::HashMap;

use crate::words::{terms, words};

/// What of a workspace's list counts.
const MOST_GROUPS: usize = 1_000;
const MOST_EQUALS: usize = 16;
/// Words of the longest phrase.
const LONGEST: usize = 6;

/// Groups of equals: words or phrases, without case and accents.
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    groups: Vec<Vec<Vec<String>>>,
    by_phrase: HashMap<Vec<String>, Vec<usize>>,
}

impl Synonyms {
    /// Compiles groups of equals; phrases of up to six words are allowed. At most 1,000 groups of 16 count.
    pub fn new(groups: &[Vec<String>]) -> Synonyms {
        let mut out = Synonyms::default();
        for group in groups.iter().take(MOST_GROUPS) {
            let equals: Vec<Vec<String>> = group.iter().take(MOST_EQUALS).map(|text| folded(text)).collect();
            let mut equals: Vec<_> = equals.into_iter().filter(|words| (1..=LONGEST).contains(&words.len())).collect();
            equals.sort_unstable();
            equals.dedup();
            if equals.len() > 1 {
                equals.iter().for_each(|words| out.by_phrase.entry(words.clone()).or_default().push(out.groups.len()));
                out.groups.push(equals);
            }
        }
        out
    }

    /// The equals of every run of `words` that is in a group, at most `most`.
    pub(crate) fn of(&self, words: &[String], most: usize) -> Vec<&[String]> {
        let mut found: Vec<&[String]> = Vec::new();
        if self.by_phrase.is_empty() {
            return found;
        }
        for start in 0..words.len() {
            for end in start + 1..=words.len().min(start + LONGEST) {
                let run = words.get(start..end).unwrap_or_default();
                let groups = self.by_phrase.get(run).into_iter().flatten().filter_map(|at| self.groups.get(*at));
                found.extend(groups.flatten().map(Vec::as_slice).filter(|equal| *equal != run));
            }
        }
        found.truncate(most);
        found
    }
}

fn folded(text: &str) -> Vec<String> {
    let text = crate::words::cut(text, 400);
    terms(words(), text).into_iter().map(|token| token.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_are_found_both_ways_and_in_phrases() {
        let groups = [vec!["2FA".into(), "two-factor authentication".into(), "MFA".into()], vec!["alone".into()]];
        let synonyms = Synonyms::new(&groups);
        let of = |text: &str| synonyms.of(&folded(text), 8).iter().map(|words| words.join(" ")).collect::<Vec<_>>();
        assert_eq!(of("reset my 2fa now"), ["mfa", "two factor authentication"]);
        assert_eq!(of("Two factor authentication"), ["2fa", "mfa"]);
        assert!(of("alone").is_empty());
    }
}
