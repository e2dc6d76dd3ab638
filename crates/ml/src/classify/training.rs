//! Training: each leg is fitted on four fifths and asked about the last, five times over; those out-of-fold answers decide
//! how much each leg counts, where "don't know" begins, and the figures that are shown. Then every leg is fitted on all.

use std::collections::HashMap;

use base::Result;
use rten::ThreadPool;

use super::calibration::{Bin, expected_error, reliability};
use super::classifier::{Classifier, GROUPS, Meaning, doubt_after, doubted, group_of, scope};
use super::examples::{Set, TRAINING_SET};
use super::legs::{BY_MEANING, Ground, by_class, linear, with_ones};
use super::matrix::Matrix;
use super::ngrams::{self, Counted, Vocabulary};
use super::scoring::{accuracy, macro_f1};
use super::softmax::to_probabilities;
use super::stacking::{combine, fit as fit_weights};
use crate::vector::Vector;

/// A text whose class is as sure as this is known by its words, however sure the others are.
const SURE: f32 = 0.9;
/// Folds.
const FOLDS: usize = 5;
/// Features at most.
const FEATURES: usize = 65_536;
/// Weights of words at most: features × classes.
const CELLS: usize = 20_000_000;
/// Rows × classes up to which every class gets a model of its own.
const LARGE: usize = 10_000_000;
/// Rows that are trained on at most; more are thinned evenly over the classes.
const MOST_ROWS: usize = 60_000;
/// Strengths that are tried.
const STRENGTHS: [f32; 3] = [2.0, 8.0, 32.0];
/// The legs, in their order.
const LEGS: [&str; BY_MEANING + 1] = [
    "MiniLM + logistic regression",
    "MiniLM + nearest example",
    "MiniLM + three nearest",
    "MiniLM + linear discriminants",
    "word + character TF-IDF + support vectors",
];
/// Rows a group needs to have weights of its own.
const GROUP_ROWS: usize = 150;
/// Texts that are compared with the names of the classes, at most.
const NAMES_ASKED: usize = 2_000;
/// The share of what was taught that may be called unknown.
const UNKNOWN_SHARE: f32 = 0.05;

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Threads for products of matrices.
    pub threads: usize,
}

/// How good a classifier is, by answers to examples it had not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Examples it was taught with.
    pub examples: usize,
    /// Classes.
    pub classes: usize,
    /// The share that was right.
    pub accuracy: f64,
    /// The mean over the classes of the harmonic mean of precision and recall.
    pub macro_f1: f64,
    /// Expected calibration error.
    pub calibration_error: f32,
    /// Confidence against accuracy.
    pub curve: Vec<Bin>,
    /// By class, as the labels: examples, and the share of them that was right.
    pub by_class: Vec<(usize, f64)>,
    /// For each example in its order: its key, and whether the held-out answer was right.
    pub held_out: Vec<(u64, bool)>,
    /// The strength that was chosen, where there was a choice.
    pub strength: f32,
    /// What each leg reaches by itself, by the same held-out answers.
    pub legs: Vec<(&'static str, f64)>,
}

/// A text's key in [`Figures::held_out`].
pub fn held_out_key(text: &str) -> u64 {
    u64::from_le_bytes(crate::key(text).first_chunk::<8>().copied().unwrap_or_default())
}

/// Trains on a set, with the meanings of its texts where there are some. Deterministic.
pub fn train(set: &Set, vectors: Option<&[Vector]>, training: Training) -> Result<(Classifier, Figures)> {
    if vectors.is_some_and(|vectors| vectors.len() != set.len()) {
        return Err(TRAINING_SET.because("There are not as many meanings as texts."));
    }
    let (set, vectors) = thinned(set, vectors);
    let (set, vectors) = with_telling_names(set, vectors);
    let pool = ThreadPool::with_num_threads(training.threads.max(1));
    Ok(pool.run(|| trained(&set, vectors.as_deref())))
}

fn trained(set: &Set, vectors: Option<&[Vector]>) -> (Classifier, Figures) {
    let counted: Vec<Counted> = set.texts.iter().map(|text| ngrams::counted(text)).collect();
    let count = set.labels.len();
    let vocabulary = Vocabulary::learn(&counted, FEATURES.min(CELLS / count.max(1)).max(256));
    let rows: Vec<_> = counted.iter().map(|text| vocabulary.row(text)).collect();
    drop(counted);
    let matrix = vectors.map(with_ones);
    let mut ground = Ground {
        vectors: matrix.as_ref(),
        rows: &rows,
        classes: &set.classes,
        count,
        features: vocabulary.len(),
        is_large: set.len() * count > LARGE,
        strength: STRENGTHS[1],
    };
    let folds = folds(set);
    ground.strength = strength(&ground, &folds);
    let held = held_out(&ground, &folds);
    let groups: Vec<usize> = set.texts.iter().map(|text| group_of(text)).collect();
    let weighted = Weighted::fit(&held, &groups, &set.classes);
    let all: Vec<usize> = (0..set.len()).collect();
    let fitted = ground.fit(&all, None);
    let (answers, with) = weighted.answers(&held, &groups, &rows, vectors.is_some());
    let (_, without) = weighted.answers(&held, &groups, &rows, false);
    let classifier = Classifier {
        labels: set.labels.clone(),
        vocabulary,
        words: fitted.words,
        meaning: vectors.zip(fitted.centres).map(|(vectors, centres)| Meaning {
            weights: fitted.meaning,
            centres,
            examples: vectors.to_vec(),
            classes: set.classes.clone(),
        }),
        weights: weighted.all,
        weights_of_words: weighted.words,
        thresholds: [with, without.min(SURE)],
        doubt: doubt_after(held.places.len()),
    };
    let figures = figures(set, &held, &answers, ground.strength);
    (classifier, figures)
}

/// Held-out legs of the rows in `places`.
struct Held {
    places: Vec<usize>,
    legs: Vec<Matrix>,
}

/// What was said of a held-out row: the class, and how sure.
type Said = (usize, f32);

/// The weights of the legs.
struct Weighted {
    all: [Vec<f32>; GROUPS],
    words: [f32; GROUPS],
}

impl Weighted {
    fn fit(held: &Held, groups: &[usize], classes: &[usize]) -> Weighted {
        let own: Vec<usize> = held.places.iter().map(|at| classes.get(*at).copied().unwrap_or(0)).collect();
        let every: Vec<usize> = (0..held.places.len()).collect();
        let in_group = |group: usize| -> Vec<usize> {
            let is_in = |at: &usize| held.places.get(*at).and_then(|place| groups.get(*place)) == Some(&group);
            every.iter().copied().filter(is_in).collect()
        };
        let legs: Vec<&Matrix> = held.legs.iter().collect();
        let words: Vec<&Matrix> = held.legs.last().into_iter().collect();
        let shared = (fit_weights(&legs, &every, &own), fit_weights(&words, &every, &own));
        let of = |group: usize| {
            let rows = in_group(group);
            if rows.len() < GROUP_ROWS || rows.len() == every.len() {
                return shared.clone();
            }
            (fit_weights(&legs, &rows, &own), fit_weights(&words, &rows, &own))
        };
        let fitted = [of(0), of(1), of(2)];
        let words = fitted.each_ref().map(|(_, words)| words.first().copied().unwrap_or(1.0));
        Weighted { all: fitted.map(|(all, _)| all), words }
    }

    /// What the held-out legs say, and the score below which a text counts as unknown.
    fn answers(&self, held: &Held, groups: &[usize], rows: &[ngrams::Sparse], with_meaning: bool) -> (Vec<Said>, f32) {
        let count = held.legs.first().map_or(0, |leg| leg.columns);
        let mut said = Vec::with_capacity(held.places.len());
        let mut scopes = Vec::with_capacity(held.places.len());
        for (at, place) in held.places.iter().enumerate() {
            let group = groups.get(*place).copied().unwrap_or(0);
            let shares = if with_meaning {
                let weights = self.all.get(group).map_or(&[][..], Vec::as_slice);
                combine(held.legs.iter().map(|leg| leg.row(at)).zip(weights.iter().copied()), count)
            } else {
                let weight = self.words.get(group).copied().unwrap_or(1.0);
                combine(held.legs.last().map(|leg| (leg.row(at), weight)).into_iter(), count)
            };
            let best = best_of(&shares);
            let nearest = held.legs.get(1).filter(|_| with_meaning && held.legs.len() > BY_MEANING);
            let cosine = nearest.map(|leg| leg.row(at).iter().copied().fold(-1.0, f32::max));
            scopes.push(scope(best.1, cosine, rows.get(*place).unwrap_or(&Vec::new())));
            said.push((best.0, doubted(best.1, doubt_after(held.places.len()), count)));
        }
        scopes.sort_by(f32::total_cmp);
        let at = (scopes.len() as f32 * UNKNOWN_SHARE) as usize;
        (said, scopes.get(at).copied().unwrap_or(0.0))
    }
}

fn best_of(shares: &[f32]) -> Said {
    let best = shares.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    best.unwrap_or((0, 0.0))
}

/// The fold of each row: even over the classes, and equal texts in one fold. What a class is called is in none.
fn folds(set: &Set) -> Vec<usize> {
    let examples = set.len() - set.names;
    let mut folds = vec![FOLDS; set.len()];
    for places in by_class(&set.classes).into_values() {
        let asked = places.iter().filter(|at| **at < examples);
        let mut keyed: Vec<(u64, usize)> =
            asked.filter_map(|at| Some((held_out_key(set.texts.get(*at)?), *at))).collect();
        keyed.sort_unstable();
        let (mut fold, mut before) = (keyed.first().map_or(0, |(key, _)| (*key % FOLDS as u64) as usize), None);
        for (key, at) in keyed {
            if before.is_some_and(|before| before != key) {
                fold = (fold + 1) % FOLDS;
            }
            before = Some(key);
            if let Some(place) = folds.get_mut(at) {
                *place = fold;
            }
        }
    }
    folds
}

fn split(folds: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    (0..folds.len()).partition(|at| folds.get(*at) != Some(&fold))
}

/// The strength under which the first fold is likeliest, each at its own temperature.
fn strength(ground: &Ground<'_>, folds: &[usize]) -> f32 {
    let Some(vectors) = ground.vectors.filter(|_| !ground.is_large) else { return 0.0 };
    let (from, of) = split(folds, 0);
    let own = ground.classes_at(&of);
    let every: Vec<usize> = (0..of.len()).collect();
    let mut best = (f64::MAX, STRENGTHS[1]);
    let mut start = None;
    for strength in STRENGTHS {
        let Some(weights) = Ground { strength, ..*ground }.fit_meaning(&from, start.as_ref()) else { continue };
        let scores = linear(&vectors.pick(&of), &weights);
        let scale = fit_weights(&[&scores], &every, &own).first().copied().unwrap_or(1.0);
        let loss = loss(&scores, scale, &own);
        if loss < best.0 {
            best = (loss, strength);
        }
        start = Some(weights);
    }
    best.1
}

fn loss(scores: &Matrix, scale: f32, classes: &[usize]) -> f64 {
    let of = |(row, class): (&[f32], &usize)| {
        let mut shares: Vec<f32> = row.iter().map(|score| score * scale).collect();
        to_probabilities(&mut shares);
        -f64::from(shares.get(*class).copied().unwrap_or(0.0).max(1e-30).ln())
    };
    scores.each().zip(classes).map(of).sum()
}

/// Every row's legs by models that had not seen it; of large sets a part.
fn held_out(ground: &Ground<'_>, folds: &[usize]) -> Held {
    let room = (LARGE / ground.count.max(1)).max(500).div_ceil(FOLDS);
    let mut held = Held { places: Vec::new(), legs: Vec::new() };
    for fold in 0..FOLDS {
        let (from, of) = split(folds, fold);
        // Some of all classes, however the rows are ordered.
        let of: Vec<usize> = of.iter().copied().step_by(of.len().div_ceil(room).max(1)).collect();
        if of.is_empty() || from.is_empty() {
            continue;
        }
        let fitted = ground.fit(&from, None);
        let legs = ground.legs(&fitted, &of, &from);
        held.places.extend(of);
        if held.legs.is_empty() {
            held.legs = legs;
        } else {
            held.legs.iter_mut().zip(legs).for_each(|(all, some)| all.values.extend(some.values));
        }
    }
    held
}

fn figures(set: &Set, held: &Held, said: &[Said], strength: f32) -> Figures {
    let truth: Vec<usize> = held.places.iter().map(|at| set.classes.get(*at).copied().unwrap_or(0)).collect();
    let pairs: Vec<(usize, usize)> = said.iter().map(|(class, _)| *class).zip(truth.iter().copied()).collect();
    let curve = reliability(said.iter().zip(&pairs).map(|((_, sure), (said, truth))| (*sure, said == truth)));
    let mut by_class = vec![(0_usize, 0.0_f64); set.labels.len()];
    for (said, truth) in &pairs {
        if let Some((count, right)) = by_class.get_mut(*truth) {
            *count += 1;
            *right += f64::from(u8::from(said == truth));
        }
    }
    let texts: HashMap<usize, bool> = held.places.iter().copied().zip(pairs.iter().map(|(a, b)| a == b)).collect();
    let held_out = set.texts.iter().enumerate();
    let held_out = held_out.filter_map(|(at, text)| Some((held_out_key(text), *texts.get(&at)?)));
    Figures {
        examples: set.len() - set.names,
        classes: set.labels.len(),
        accuracy: accuracy(&pairs),
        macro_f1: macro_f1(&pairs),
        calibration_error: expected_error(&curve),
        curve: curve.to_vec(),
        by_class: by_class.into_iter().map(|(count, right)| (count, right / count.max(1) as f64)).collect(),
        held_out: held_out.collect(),
        strength,
        legs: alone(held, &truth),
    }
}

/// What each leg reaches by itself.
fn alone(held: &Held, truth: &[usize]) -> Vec<(&'static str, f64)> {
    let names = LEGS.iter().skip(if held.legs.len() > BY_MEANING { 0 } else { BY_MEANING });
    let reached = |leg: &Matrix| {
        let pairs: Vec<(usize, usize)> = leg.each().map(|row| best_of(row).0).zip(truth.iter().copied()).collect();
        accuracy(&pairs)
    };
    names.copied().zip(held.legs.iter().map(reached)).collect()
}

/// The set without the names of its classes where they tell little: codes, or another language than the meanings are of.
fn with_telling_names(set: Set, vectors: Option<Vec<Vector>>) -> (Set, Option<Vec<Vector>>) {
    let examples = set.len() - set.names;
    let Some((own, names)) =
        vectors.as_deref().filter(|_| set.names > 0).and_then(|all| all.split_at_checked(examples))
    else {
        return (set, vectors);
    };
    let called = set.classes.get(examples..).unwrap_or(&[]);
    let is_told = |(vector, class): (&Vector, &usize)| {
        let nearest = names.iter().zip(called).max_by(|a, b| a.0.cosine(vector).total_cmp(&b.0.cosine(vector)));
        nearest.is_some_and(|(_, named)| named == class)
    };
    let step = examples.div_ceil(NAMES_ASKED).max(1);
    let asked = own.iter().zip(&set.classes).step_by(step);
    let count = asked.clone().count();
    let told = asked.filter(|(vector, class)| is_told((vector, class))).count();
    // Three times what chance would find, and a fifth in any case.
    let wanted = (3.0 / set.labels.len().max(1) as f64).clamp(0.2, 0.6);
    if told as f64 >= wanted * count as f64 {
        return (set, vectors);
    }
    let own = own.to_vec();
    (set.nameless(), Some(own))
}

/// At most so many rows, evenly over the classes.
fn thinned(set: &Set, vectors: Option<&[Vector]>) -> (Set, Option<Vec<Vector>>) {
    if set.len() <= MOST_ROWS {
        return (set.clone(), vectors.map(<[Vector]>::to_vec));
    }
    let by_class = by_class(&set.classes);
    let room = (MOST_ROWS / by_class.len().max(1)).max(2);
    let examples = 0..set.len() - set.names;
    let of = |places: Vec<usize>| places.into_iter().filter(|at| examples.contains(at)).take(room);
    let mut places: Vec<usize> = by_class.into_values().flat_map(of).collect();
    places.sort_unstable();
    let pick = |all: &[String]| places.iter().filter_map(|at| all.get(*at).cloned()).collect();
    let kept = Set {
        texts: pick(&set.texts),
        classes: places.iter().filter_map(|at| set.classes.get(*at).copied()).collect(),
        labels: set.labels.clone(),
        names: 0,
    };
    let vectors = vectors.map(|all| places.iter().filter_map(|at| all.get(*at).cloned()).collect());
    (kept, vectors)
}
