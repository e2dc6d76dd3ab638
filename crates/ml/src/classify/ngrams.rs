//! Words and letters of a text as a sparse row: words and pairs of words, and runs of three to five letters inside words
//! (one to three where the script has no spaces), weighted by how rare they are (TF-IDF, sublinear; Salton and Buckley 1988).

use std::collections::HashMap;

use super::examples::LONGEST_TEXT;

/// A row: places of features and their values, by place.
pub(super) type Sparse = Vec<(u32, f32)>;

/// The features that are known, and how rare each is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vocabulary {
    /// The hash of each feature.
    pub hashes: Vec<u64>,
    /// Its weight.
    pub rarity: Vec<f32>,
    places: HashMap<u64, u32>,
}

/// Features of one text: their hash, their family, how often.
pub(super) struct Counted(HashMap<u64, (bool, u32)>);

impl Vocabulary {
    /// A vocabulary of these features.
    pub(super) fn of(hashes: Vec<u64>, rarity: Vec<f32>) -> Vocabulary {
        let places = hashes.iter().copied().zip(0..).collect();
        Vocabulary { hashes, rarity, places }
    }

    /// Learns which features occur in at least two texts (in one, when there are few texts), the most frequent `limit`.
    pub(super) fn learn(texts: &[Counted], limit: usize) -> Vocabulary {
        let mut seen: HashMap<u64, u32> = HashMap::new();
        for text in texts {
            text.0.keys().for_each(|hash| *seen.entry(*hash).or_default() += 1);
        }
        let least = if texts.len() < 2_000 { 1 } else { 2 };
        let mut kept: Vec<(u64, u32)> = seen.into_iter().filter(|(_, count)| *count >= least).collect();
        kept.sort_unstable_by_key(|(hash, count)| (std::cmp::Reverse(*count), *hash));
        kept.truncate(limit);
        let total = texts.len() as f32;
        let rarity = kept.iter().map(|(_, count)| ((1.0 + total) / (1.0 + *count as f32)).ln() + 1.0).collect();
        Vocabulary::of(kept.into_iter().map(|(hash, _)| hash).collect(), rarity)
    }

    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Where a feature has its place.
    pub(super) fn place(&self, hash: u64) -> Option<u32> {
        self.places.get(&hash).copied()
    }

    /// The row of a text: words and letters each of length one.
    pub(super) fn row(&self, text: &Counted) -> Sparse {
        let mut row: Vec<(u32, f32, bool)> = Vec::with_capacity(text.0.len());
        for (hash, (is_word, count)) in &text.0 {
            let Some(at) = self.place(*hash) else { continue };
            let rarity = self.rarity.get(at as usize).copied().unwrap_or(0.0);
            row.push((at, (1.0 + (*count as f32).ln()) * rarity, *is_word));
        }
        // In order before anything is summed, so that the same text gives the same row to the last bit.
        row.sort_unstable_by_key(|(at, ..)| *at);
        let mut lengths = [0.0_f32; 2];
        for (_, value, is_word) in &row {
            if let Some(length) = lengths.get_mut(usize::from(*is_word)) {
                *length += value * value;
            }
        }
        let [letters, words] = lengths.map(|length| length.sqrt().max(1e-12));
        row.into_iter().map(|(at, value, is_word)| (at, value / if is_word { words } else { letters })).collect()
    }
}

/// Counts the features of a text.
pub(super) fn counted(text: &str) -> Counted {
    let mut found = HashMap::new();
    let mut add = |hash: u64, is_word: bool| found.entry(hash).or_insert((is_word, 0)).1 += 1;
    let mut before: Option<u64> = None;
    for word in words(text) {
        let own = word_hash(&word);
        add(own, true);
        if let Some(before) = before {
            add(pair_hash(before, own), true);
        }
        before = Some(own);
        letters(&word, |hash| add(hash, false));
    }
    Counted(found)
}

/// The words of a text, in small letters.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or(text);
    text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter_map(|word| {
        let word = word.trim_matches('\'');
        (!word.is_empty()).then(|| word.to_lowercase())
    })
}

/// The hash under which a word is kept.
pub(super) fn word_hash(word: &str) -> u64 {
    hash(1, word.bytes())
}

/// The hash of two words after each other.
pub(super) fn pair_hash(one: u64, other: u64) -> u64 {
    hash(2, one.to_le_bytes().into_iter().chain(other.to_le_bytes()))
}

fn letters(word: &str, mut add: impl FnMut(u64)) {
    let is_dense = word.chars().any(|c| ('\u{0e00}'..='\u{0eff}').contains(&c) || c >= '\u{2e80}');
    let padded: Vec<char> = std::iter::once(' ').chain(word.chars().take(60)).chain([' ']).collect();
    let lengths = if is_dense { 1..=3 } else { 3..=5 };
    for length in lengths {
        for run in padded.windows(length) {
            let mut bytes = [0; 4];
            let all: Vec<u8> = run.iter().flat_map(|c| c.encode_utf8(&mut bytes).as_bytes().to_vec()).collect();
            add(hash(3, all.into_iter()));
        }
    }
}

/// FNV-1a with a last mixing step, the same on every machine.
fn hash(family: u8, bytes: impl Iterator<Item = u8>) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let mixed = std::iter::once(family)
        .chain(bytes)
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_words_pairs_and_letters_of_length_one() {
        let texts: Vec<Counted> = ["card lost", "card found"].map(counted).into();
        let vocabulary = Vocabulary::learn(&texts, 1_000);
        let row = vocabulary.row(&counted("Card LOST!"));
        let square: f32 = row.iter().map(|(_, value)| value * value).sum();
        assert!((square - 2.0).abs() < 1e-4, "words and letters are of length one each: {square}");
        assert!(vocabulary.place(word_hash("lost")).is_some());
        assert!(vocabulary.row(&counted("zzz")).is_empty());
        assert!(!vocabulary.row(&counted("カード card")).is_empty());
    }
}
