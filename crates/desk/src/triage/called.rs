//! A category by what it is called, before anything was learned: its name, its other names and its examples as words that
//! match. Rule: such a guess is a proposal and never sure enough to be set.

use std::collections::{BTreeMap, BTreeSet};

use base::Result;
use base::text::fold;
use db::Tx;
use taxonomy::nouns::CategoryId;
use trust::Cx;

/// How sure a guess is that nothing else speaks against; below what any workspace may ask for.
const CONFIDENCE: f64 = 0.4;
/// Examples that are looked at, and words of each.
const EXAMPLES: i64 = 500;
const WORDS: usize = 40;
/// The share of an example's words that have to be there.
const SHARED: f64 = 0.6;
/// Categories that are proposed.
const PROPOSED: usize = 3;

/// What one category is called, or a text of it, in words.
#[derive(Clone, Debug)]
struct Called {
    category: CategoryId,
    words: BTreeSet<String>,
    is_name: bool,
}

/// What the categories of a workspace are called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Vec<Called>);

/// A category that a text speaks of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spoken {
    pub category: CategoryId,
    /// 0 to 1.
    pub confidence: f64,
    /// The words by which it was found.
    pub words: Vec<String>,
}

impl Names {
    /// Reads them.
    pub(crate) fn read(tx: &mut Tx<'_>, cx: &Cx) -> Result<Names> {
        let others = taxonomy::categories::category_others(tx, cx.workspace())?;
        let names =
            taxonomy::category_names(tx, cx.workspace())?.into_iter().map(|(category, name, _)| (category, name));
        let mut called: Vec<(CategoryId, String, bool)> =
            names.map(|(category, name)| (category, name, true)).collect();
        if called.is_empty() {
            return Ok(Names::default());
        }
        let synonyms = taxonomy::categories::category_synonyms(tx, cx.workspace())?;
        called.extend(synonyms.into_iter().map(|(category, word)| (category, word, true)));
        let examples: Vec<(CategoryId, String)> = tx.all(
            "SELECT category_id, text FROM triage_example WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2",
            &[&cx.workspace(), &EXAMPLES],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let live: BTreeSet<CategoryId> = called.iter().map(|(category, ..)| *category).collect();
        let examples = examples.into_iter().filter(|(category, _)| live.contains(category));
        called.extend(examples.map(|(category, text)| (category, text, false)));
        called.retain(|(category, ..)| !others.contains(category));
        Ok(Names::of(called))
    }

    fn of(called: impl IntoIterator<Item = (CategoryId, String, bool)>) -> Names {
        let called = called.into_iter().map(|(category, text, is_name)| Called {
            category,
            words: words(&text).take(WORDS).collect(),
            is_name,
        });
        // One word is enough of a name, and says too little as an example.
        Names(called.filter(|one| one.words.len() > usize::from(!one.is_name)).collect())
    }

    /// The categories that a text speaks of, the likeliest first. Several share what one alone would have.
    pub(crate) fn spoken_of(&self, text: &str) -> Vec<Spoken> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let there: BTreeSet<String> = words(text).collect();
        let mut best: BTreeMap<CategoryId, (usize, &Called)> = BTreeMap::new();
        for one in &self.0 {
            let shared = one.words.iter().filter(|word| there.contains(*word)).count();
            let wanted = if one.is_name { one.words.len() } else { (one.words.len() as f64 * SHARED).ceil() as usize };
            if shared < wanted.max(1) {
                continue;
            }
            let known = best.entry(one.category).or_insert((shared, one));
            if shared > known.0 {
                *known = (shared, one);
            }
        }
        let mut found: Vec<(usize, &Called)> = best.into_values().collect();
        found.sort_by_key(|(shared, one)| (std::cmp::Reverse(*shared), one.category));
        found.truncate(PROPOSED);
        let total: usize = found.iter().map(|(shared, _)| shared).sum();
        let spoken = |(shared, one): (usize, &Called)| Spoken {
            category: one.category,
            confidence: CONFIDENCE * shared as f64 / total.max(1) as f64,
            words: one.words.iter().filter(|word| there.contains(*word)).cloned().collect(),
        };
        found.into_iter().map(spoken).collect()
    }
}

/// The words of a text, folded, one and many of a thing alike.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 1);
    let words: Vec<String> =
        parts.map(|part| if part.len() > 3 { part.trim_end_matches('s') } else { part }.to_owned()).collect();
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(number: u128) -> CategoryId {
        CategoryId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn names_other_names_and_examples_match_by_their_words() {
        let (cards, bills) = (category(1), category(2));
        let called = [
            (cards, "Cards", true),
            (cards, "debit card", true),
            (bills, "Billing", true),
            (bills, "invoice", true),
            (bills, "I was charged twice this month", false),
        ];
        let names = Names::of(called.map(|(category, text, is_name)| (category, text.to_owned(), is_name)));
        let of = |text: &str| names.spoken_of(text).into_iter().map(|one| one.category).collect::<Vec<_>>();
        assert_eq!(of("Both invoices are wrong"), [bills]);
        assert_eq!(of("Why was I charged twice?"), [bills], "most words of an example are there");
        assert_eq!(of("My debit card and an INVOICE"), [cards, bills], "the longer name first");
        assert_eq!(of("Discarded"), [], "a part of a word is none");
        let alone = names.spoken_of("Where is my card?");
        assert_eq!((alone[0].confidence, alone[0].words.clone()), (CONFIDENCE, vec!["card".to_owned()]));
        let both = names.spoken_of("My debit card and an invoice");
        assert!(both[0].confidence < CONFIDENCE && both[1].confidence < both[0].confidence);
        assert_eq!(Names::default().spoken_of("card"), []);
    }
}
