//! A trained classifier: answers a text with classes, how sure it is, whether the text is of its world at all, and why.

use super::legs::{self, BY_MEANING};
use super::matrix::Matrix;
use super::ngrams::{self, Sparse, Vocabulary};
use super::softmax::Weights;
use super::stacking::combine;
use crate::vector::Vector;

/// Answers that are named.
const RANKED: usize = 5;
/// Words from which on a text is long.
const LONG: usize = 60;
/// Words that are named as evidence.
const WORDS: usize = 5;

/// A classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// The names of the classes, sorted.
    pub(super) labels: Vec<String>,
    pub(super) vocabulary: Vocabulary,
    /// By feature and class, and the biases last.
    pub(super) words: Matrix,
    pub(super) meaning: Option<Meaning>,
    /// Weights of the legs for each group of texts, with meaning and without.
    pub(super) weights: [Vec<f32>; GROUPS],
    pub(super) weights_of_words: [f32; GROUPS],
    /// Below this score a text is not of this world; with meaning and without.
    pub(super) thresholds: [f32; 2],
    /// What is taken from every confidence and given to all classes alike: much when it was learned from few answers.
    pub(super) doubt: f32,
}

/// Groups of texts that have their own weights.
pub(super) const GROUPS: usize = 3;

/// What is kept of meaning.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    pub weights: Option<Weights>,
    pub centres: Weights,
    pub examples: Vec<Vector>,
    pub classes: Vec<usize>,
}

/// A class a text may belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub label: String,
    /// How likely it is, 0 to 1, calibrated.
    pub confidence: f32,
}

/// A word that speaks for an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word, in small letters.
    pub text: String,
    /// How much it speaks for the class, in margins.
    pub weight: f32,
}

/// What a classifier says of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The likeliest classes, best first, five at most.
    pub ranked: Vec<Candidate>,
    /// How much the text is of the classifier's world, 0 to 1: higher is more.
    pub in_scope: f32,
    /// False for "don't know": the text resembles nothing that was taught.
    pub is_known: bool,
    /// The words that speak for the first class.
    pub words: Vec<Word>,
    /// The place of the nearest example in the training set, and the cosine to it.
    pub nearest: Option<(usize, f32)>,
}

impl Classifier {
    /// The names of the classes.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// True when it was taught with meaning.
    pub fn has_meaning(&self) -> bool {
        self.meaning.is_some()
    }

    /// What it says of a text, with its meaning where there is one.
    pub fn answer(&self, text: &str, vector: Option<&Vector>) -> Answer {
        let row = self.vocabulary.row(&ngrams::counted(text));
        let by_words = legs::by_words(&[&row], &self.words);
        let group = group_of(text);
        let weight = self.weights_of_words.get(group).copied().unwrap_or(1.0);
        let (shares, nearest) = match (&self.meaning, vector) {
            (Some(meaning), Some(vector)) => {
                let (legs, nearest) = meaning.legs(vector, self.labels.len());
                let weights = self.weights.get(group).map_or(&[][..], Vec::as_slice);
                let all = legs.iter().map(Vec::as_slice).chain([by_words.row(0)]).zip(weights.iter().copied());
                (combine(all, self.labels.len()), nearest)
            }
            _ => (combine([(by_words.row(0), weight)].into_iter(), self.labels.len()), None),
        };
        self.drawn(text, &row, &shares, nearest)
    }

    /// The class that each leg by itself would say, in the order of [`super::Figures::legs`]: what the whole is compared with.
    pub fn by_leg(&self, text: &str, vector: Option<&Vector>) -> Vec<&str> {
        let row = self.vocabulary.row(&ngrams::counted(text));
        let mut legs: Vec<Vec<f32>> = match (&self.meaning, vector) {
            (Some(meaning), Some(vector)) => meaning.legs(vector, self.labels.len()).0.into(),
            _ => Vec::new(),
        };
        legs.push(legs::by_words(&[&row], &self.words).row(0).to_vec());
        let best = |leg: &Vec<f32>| leg.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at);
        legs.iter().filter_map(|leg| self.labels.get(best(leg)?)).map(String::as_str).collect()
    }

    fn drawn(&self, text: &str, row: &Sparse, shares: &[f32], nearest: Option<(usize, f32)>) -> Answer {
        let mut order: Vec<(usize, f32)> = shares.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        order.truncate(RANKED);
        let best = order.first().copied().unwrap_or((0, 0.0));
        let in_scope = scope(best.1, nearest.map(|(_, cosine)| cosine), row);
        let [with, without] = self.thresholds;
        let threshold = if nearest.is_some() { with } else { without };
        let ranked = order.into_iter().filter_map(|(at, share)| {
            let confidence = doubted(share, self.doubt, self.labels.len());
            Some(Candidate { label: self.labels.get(at)?.clone(), confidence })
        });
        let is_known = in_scope >= threshold && !(row.is_empty() && nearest.is_none());
        Answer { ranked: ranked.collect(), in_scope, is_known, words: self.evidence(text, best.0), nearest }
    }

    /// The words of a text that speak most for a class: by how far they lift it over the mean of all.
    fn evidence(&self, text: &str, class: usize) -> Vec<Word> {
        let row = self.vocabulary.row(&ngrams::counted(text));
        let mut found: Vec<Word> = Vec::new();
        for word in ngrams::words(text).take(500) {
            let Some(at) = self.vocabulary.place(ngrams::word_hash(&word)) else { continue };
            let value = row.binary_search_by_key(&at, |(at, _)| *at).ok().and_then(|place| row.get(place));
            let weights = self.words.row(at as usize);
            let mean = weights.iter().sum::<f32>() / weights.len().max(1) as f32;
            let lift = weights.get(class).copied().unwrap_or(0.0) - mean;
            let weight = lift * value.map_or(0.0, |(_, value)| *value);
            if weight > 0.02 && found.iter().all(|known| known.text != word) {
                found.push(Word { text: word, weight });
            }
        }
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
        found.truncate(WORDS);
        found
    }
}

impl Meaning {
    /// The legs of one vector, and its nearest example.
    fn legs(&self, vector: &Vector, count: usize) -> ([Vec<f32>; BY_MEANING], Option<(usize, f32)>) {
        let (mut best, mut mean) = (vec![0.0; count], vec![0.0; count]);
        let cosines: Vec<f32> = self.examples.iter().map(|example| example.cosine(vector)).collect();
        let nearest = cosines.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        legs::best_of(cosines.into_iter(), &self.classes, &mut best, &mut mean);
        let row = legs::with_ones(std::slice::from_ref(vector));
        let linear =
            self.weights.as_ref().map_or_else(|| vec![0.0; count], |weights| legs::linear_of(row.row(0), weights));
        ([linear, best, mean, legs::linear_of(row.row(0), &self.centres)], nearest)
    }
}

/// How much doubt so many held-out answers leave: as if two more had come, which said nothing (the rule of succession).
/// Eight answers that were all right are nine tenths sure, not certain.
pub(super) fn doubt_after(answers: usize) -> f32 {
    2.0 / (answers as f32 + 2.0)
}

/// A share with that doubt, among so many classes.
pub(super) fn doubted(share: f32, doubt: f32, classes: usize) -> f32 {
    share * (1.0 - doubt) + doubt / classes.max(1) as f32
}

/// How much a text is of the classifier's world, 0 to 1: how sure the first class is, and how near the nearest example;
/// without meaning, the share of its features that are known stands for nearness.
pub(super) fn scope(confidence: f32, cosine: Option<f32>, row: &Sparse) -> f32 {
    match cosine {
        Some(cosine) => (confidence + cosine.clamp(0.0, 1.0)) / 2.0,
        None if row.is_empty() => 0.0,
        None => confidence,
    }
}

/// Which weights a text is for: short English, long English, other languages.
pub(super) fn group_of(text: &str) -> usize {
    if is_foreign(text) { 2 } else { usize::from(ngrams::words(text).nth(LONG).is_some()) }
}

/// True when a text is surely not English.
fn is_foreign(text: &str) -> bool {
    let sample: String = text.chars().take(600).collect();
    whatlang::detect(&sample).is_some_and(|found| found.lang() != whatlang::Lang::Eng && found.is_reliable())
}
