//! What each leg says of a text: the linear model over its meaning, its nearest examples, and the margins of its words.

use std::collections::BTreeMap;

use super::centres;
use super::margins;
use super::matrix::{Matrix, product, product_transposed};
use super::ngrams::Sparse;
use super::softmax::{self, Weights};
use crate::vector::{DIMENSIONS, Vector};

/// Legs that need the embedding model: the linear one, the nearest example, the three nearest, the centres.
pub(super) const BY_MEANING: usize = 4;
/// Examples of a class that are looked at.
const NEAREST: usize = 3;
/// Rows that are compared in one go.
const BLOCK: usize = 256;

/// Vectors as rows, with a last column of ones.
pub(super) fn with_ones(vectors: &[Vector]) -> Matrix {
    let mut values = Vec::with_capacity(vectors.len() * (DIMENSIONS + 1));
    for vector in vectors {
        values.extend(vector.values.iter().map(|value| f32::from(*value) * vector.scale));
        values.push(1.0);
    }
    Matrix { values, columns: DIMENSIONS + 1 }
}

/// Scores of the linear model.
pub(super) fn linear(rows: &Matrix, weights: &Weights) -> Matrix {
    let mut scores = Matrix::zeros(rows.rows(), weights.columns);
    product(&mut scores.values, (&rows.values, rows.columns), (&weights.values, weights.columns));
    scores
}

/// For each row and class the cosine of the nearest example and the mean of the three nearest; and the nearest of all.
pub(super) fn near(rows: &Matrix, examples: &Matrix, classes: &[usize], count: usize) -> [Matrix; 2] {
    let (mut nearest, mut mean) = (Matrix::zeros(rows.rows(), count), Matrix::zeros(rows.rows(), count));
    let mut cosines = vec![0.0_f32; BLOCK * examples.rows()];
    let step = BLOCK * rows.columns;
    for (block, some) in rows.values.chunks(step).enumerate() {
        let height = some.len() / rows.columns.max(1);
        let cosines = cosines.get_mut(..height * examples.rows()).unwrap_or(&mut []);
        product_transposed(cosines, some, &examples.values, rows.columns);
        for (at, cosines) in (block * BLOCK..).zip(cosines.chunks_exact(examples.rows().max(1))) {
            // The last column is one on both sides.
            let of = cosines.iter().map(|cosine| cosine - 1.0);
            best_of(of, classes, nearest.row_mut(at), mean.row_mut(at));
        }
    }
    [nearest, mean]
}

/// The best and the mean of the three best by class.
pub(super) fn best_of(cosines: impl Iterator<Item = f32>, classes: &[usize], best: &mut [f32], mean: &mut [f32]) {
    let mut most = vec![[-1.0_f32; NEAREST]; best.len()];
    for (cosine, class) in cosines.zip(classes) {
        let Some(found) = most.get_mut(*class) else { continue };
        if let [first, second, third] = found
            && cosine > *third
        {
            *third = cosine.min(*second);
            if cosine > *second {
                *second = cosine.min(*first);
                *first = first.max(cosine);
            }
        }
    }
    for ((best, mean), found) in best.iter_mut().zip(mean).zip(&most) {
        let [first, ..] = found;
        *best = *first;
        let seen = found.iter().filter(|value| **value > -1.0);
        let (sum, number) = seen.fold((0.0, 0), |(sum, number), value| (sum + value, number + 1));
        *mean = if number == 0 { -1.0 } else { sum / number as f32 };
    }
}

/// Margins of the words.
pub(super) fn by_words(rows: &[&Sparse], weights: &Matrix) -> Matrix {
    let mut scores = Matrix::zeros(rows.len(), weights.columns);
    let biases = weights.row(weights.rows().saturating_sub(1));
    for (row, scores) in rows.iter().zip(scores.values.chunks_exact_mut(weights.columns.max(1))) {
        scores.copy_from_slice(biases);
        for (at, value) in *row {
            scores.iter_mut().zip(weights.row(*at as usize)).for_each(|(score, weight)| *score += value * weight);
        }
    }
    scores
}

/// What is fitted of every leg.
pub(super) struct Fitted {
    pub meaning: Option<Weights>,
    pub centres: Option<Weights>,
    pub words: Matrix,
}

/// What legs are fitted on.
#[derive(Clone, Copy)]
pub(super) struct Ground<'g> {
    pub vectors: Option<&'g Matrix>,
    pub rows: &'g [Sparse],
    pub classes: &'g [usize],
    pub count: usize,
    pub features: usize,
    /// Too many classes and rows for one model per class.
    pub is_large: bool,
    pub strength: f32,
}

impl Ground<'_> {
    /// Fits on some rows.
    pub(super) fn fit(&self, places: &[usize], start: Option<&Weights>) -> Fitted {
        let classes = self.classes_at(places);
        let rows = self.rows_at(places);
        let words = if self.is_large {
            margins::centres(&rows, &classes, self.count, self.features)
        } else {
            margins::fit(&rows, &classes, self.count, self.features)
        };
        let centres = self.vectors.map(|vectors| centres::fit(&vectors.pick(places), &classes, self.count));
        Fitted { meaning: self.fit_meaning(places, start), centres, words }
    }

    /// Fits the linear model over meaning.
    pub(super) fn fit_meaning(&self, places: &[usize], start: Option<&Weights>) -> Option<Weights> {
        let vectors = self.vectors.filter(|_| !self.is_large)?.pick(places);
        Some(softmax::fit(&vectors, &self.classes_at(places), self.count, self.strength, start.cloned()))
    }

    /// The legs of some rows by a model fitted on others: those of meaning first, then the words.
    pub(super) fn legs(&self, fitted: &Fitted, of: &[usize], from: &[usize]) -> Vec<Matrix> {
        let mut legs = Vec::new();
        if let Some(vectors) = self.vectors {
            let own = vectors.pick(of);
            legs.push(match &fitted.meaning {
                Some(weights) => linear(&own, weights),
                None => Matrix::zeros(of.len(), self.count),
            });
            legs.extend(near(&own, &vectors.pick(from), &self.classes_at(from), self.count));
            legs.extend(fitted.centres.as_ref().map(|centres| linear(&own, centres)));
        }
        legs.push(by_words(&self.rows_at(of), &fitted.words));
        legs
    }

    pub(super) fn classes_at(&self, places: &[usize]) -> Vec<usize> {
        places.iter().map(|at| self.classes.get(*at).copied().unwrap_or(0)).collect()
    }

    fn rows_at(&self, places: &[usize]) -> Vec<&Sparse> {
        places.iter().filter_map(|at| self.rows.get(*at)).collect()
    }
}

/// The linear scores of one vector.
pub(super) fn linear_of(vector: &[f32], weights: &Weights) -> Vec<f32> {
    let mut scores = vec![0.0; weights.columns];
    for (value, row) in vector.iter().zip(weights.each()) {
        scores.iter_mut().zip(row).for_each(|(score, weight)| *score += value * weight);
    }
    scores
}

/// Places by class, for sampling evenly.
pub(super) fn by_class(classes: &[usize]) -> BTreeMap<usize, Vec<usize>> {
    let mut all: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, class) in classes.iter().enumerate() {
        all.entry(*class).or_default().push(at);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_each_class_are_found() {
        let (mut best, mut mean) = (vec![0.0; 2], vec![0.0; 2]);
        let cosines = [0.1, 0.9, 0.5, 0.7, 0.3];
        best_of(cosines.into_iter(), &[0, 0, 0, 0, 1], &mut best, &mut mean);
        assert_eq!(best, [0.9, 0.3]);
        assert!((mean[0] - 0.7).abs() < 1e-6 && (mean[1] - 0.3).abs() < 1e-6);
    }
}
