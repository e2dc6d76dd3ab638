//! A classifier as bytes: a mark, a head of JSON, then the numbers, all little-endian.

use serde::{Deserialize, Serialize};

use super::classifier::{Classifier, GROUPS, Meaning};
use super::matrix::Matrix;
use super::ngrams::Vocabulary;
use crate::vector::{BYTES, DIMENSIONS, Vector};

const MARK: &[u8; 8] = b"mnstcls1";

#[derive(Serialize, Deserialize)]
struct Head {
    labels: Vec<String>,
    features: usize,
    examples: usize,
    has_meaning: bool,
    is_linear: bool,
    weights: [Vec<f32>; GROUPS],
    weights_of_words: [f32; GROUPS],
    thresholds: [f32; 2],
    #[serde(default)]
    doubt: f32,
}

impl Classifier {
    /// The form that is stored. Weights of words are kept as one byte each with a scale per feature.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            labels: self.labels.clone(),
            features: self.vocabulary.len(),
            examples: self.meaning.as_ref().map_or(0, |meaning| meaning.examples.len()),
            has_meaning: self.meaning.is_some(),
            is_linear: self.meaning.as_ref().is_some_and(|meaning| meaning.weights.is_some()),
            weights: self.weights.clone(),
            weights_of_words: self.weights_of_words,
            thresholds: self.thresholds,
            doubt: self.doubt,
        };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut bytes = MARK.to_vec();
        bytes.extend((head.len() as u64).to_le_bytes());
        bytes.extend(head);
        self.vocabulary.hashes.iter().for_each(|hash| bytes.extend(hash.to_le_bytes()));
        put(&mut bytes, &self.vocabulary.rarity);
        for row in self.words.each() {
            let scale = row.iter().fold(0.0_f32, |most, value| most.max(value.abs())) / 127.0;
            bytes.extend(scale.to_le_bytes());
            let whole = |value: &f32| if scale > 0.0 { (value / scale).round() as i8 } else { 0 };
            bytes.extend(row.iter().map(|value| whole(value).cast_unsigned()));
        }
        if let Some(meaning) = &self.meaning {
            meaning.examples.iter().for_each(|example| bytes.extend(example.to_bytes()));
            meaning.classes.iter().for_each(|class| bytes.extend((*class as u32).to_le_bytes()));
            put(&mut bytes, &meaning.centres.values);
            meaning.weights.iter().for_each(|weights| put(&mut bytes, &weights.values));
        }
        bytes
    }

    /// Reads the stored form; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Classifier> {
        let mut rest = bytes.strip_prefix(MARK)?;
        let length = usize::try_from(u64::from_le_bytes(*take(&mut rest, 8)?.first_chunk()?)).ok()?;
        let head: Head = serde_json::from_slice(take(&mut rest, length)?).ok()?;
        let count = head.labels.len();
        let hashes = take(&mut rest, head.features.checked_mul(8)?)?;
        let hashes = hashes.chunks_exact(8).filter_map(|eight| Some(u64::from_le_bytes(eight.try_into().ok()?)));
        let vocabulary = Vocabulary::of(hashes.collect(), numbers(&mut rest, head.features)?);
        let mut words = Matrix { values: Vec::new(), columns: count };
        for _ in 0..=head.features {
            let scale = numbers(&mut rest, 1)?.first().copied()?;
            words.values.extend(take(&mut rest, count)?.iter().map(|byte| f32::from(byte.cast_signed()) * scale));
        }
        let meaning = if head.has_meaning { Some(meaning(&mut rest, &head, count)?) } else { None };
        let Head { labels, weights, weights_of_words, thresholds, doubt, .. } = head;
        rest.is_empty().then_some(Classifier {
            labels,
            vocabulary,
            words,
            meaning,
            weights,
            weights_of_words,
            thresholds,
            doubt,
        })
    }
}

fn meaning(rest: &mut &[u8], head: &Head, count: usize) -> Option<Meaning> {
    let examples = take(rest, head.examples.checked_mul(BYTES)?)?;
    let examples = examples.chunks_exact(BYTES).map(Vector::from_bytes).collect::<Option<Vec<_>>>()?;
    let classes = take(rest, head.examples.checked_mul(4)?)?.chunks_exact(4);
    let classes = classes.filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?) as usize)).collect();
    let cells = (DIMENSIONS + 1).checked_mul(count)?;
    let centres = Matrix { values: numbers(rest, cells)?, columns: count };
    let weights = if head.is_linear { Some(Matrix { values: numbers(rest, cells)?, columns: count }) } else { None };
    Some(Meaning { weights, centres, examples, classes })
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn numbers(rest: &mut &[u8], count: usize) -> Option<Vec<f32>> {
    let bytes = take(rest, count.checked_mul(4)?)?;
    Some(bytes.chunks_exact(4).filter_map(|four| Some(f32::from_le_bytes(four.try_into().ok()?))).collect())
}

fn put(bytes: &mut Vec<u8>, values: &[f32]) {
    values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
}
