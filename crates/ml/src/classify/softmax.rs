//! Multinomial logistic regression with an L2 penalty, fitted by L-BFGS (Nocedal 1980; Liu and Nocedal 1989).
//! Minimises `strength · Σ −ln p(class) + ½‖weights‖²`; the biases are not penalised.

use std::collections::VecDeque;

use super::matrix::{Matrix, add_outer, dot, product};

/// Steps at most.
const STEPS: usize = 80;
/// Pairs of steps and gradients that are remembered.
const MEMORY: usize = 6;
/// Rows that are looked at in one go.
const BLOCK: usize = 512;

/// Weights of one linear model: a row per input, a column per class, and the row of biases last.
pub(super) type Weights = Matrix;

/// Fits, from `start` when there is one. `rows` has one more column than the inputs, which is one.
pub(super) fn fit(rows: &Matrix, classes: &[usize], count: usize, strength: f32, start: Option<Weights>) -> Weights {
    let mut at = start.unwrap_or_else(|| Matrix::zeros(rows.columns, count));
    let (mut value, mut slope) = look(rows, classes, &at, strength);
    let first = norm(&slope);
    let mut past: VecDeque<(Vec<f32>, Vec<f32>, f64)> = VecDeque::new();
    for step in 0..STEPS {
        let way = direction(&slope, &past, step == 0);
        let descent = inner(&way, &slope);
        if descent >= 0.0 {
            break;
        }
        let Some((next, new_value, new_slope)) = walk(rows, classes, (&at, value, descent), &way, strength) else {
            break;
        };
        let moved: Vec<f32> = next.values.iter().zip(&at.values).map(|(new, old)| new - old).collect();
        let turned: Vec<f32> = new_slope.iter().zip(&slope).map(|(new, old)| new - old).collect();
        let curve = inner(&moved, &turned);
        if curve > 0.0 {
            past.push_back((moved, turned, curve));
            if past.len() > MEMORY {
                past.pop_front();
            }
        }
        let gained = value - new_value;
        (at, value, slope) = (next, new_value, new_slope);
        if norm(&slope) < first * 1e-3 || gained < value.abs() * 1e-5 {
            break;
        }
    }
    at
}

/// The point along the way that is low enough (Armijo), halving the step.
fn walk(
    rows: &Matrix,
    classes: &[usize],
    (at, value, descent): (&Weights, f64, f64),
    way: &[f32],
    strength: f32,
) -> Option<(Weights, f64, Vec<f32>)> {
    let mut step = 1.0_f32;
    for _ in 0..20 {
        let values = at.values.iter().zip(way).map(|(value, towards)| value + step * towards).collect();
        let next = Matrix { values, columns: at.columns };
        let (new_value, new_slope) = look(rows, classes, &next, strength);
        if new_value <= value + 1e-4 * f64::from(step) * descent {
            return Some((next, new_value, new_slope));
        }
        step *= 0.5;
    }
    None
}

/// The two-loop recursion.
fn direction(slope: &[f32], past: &VecDeque<(Vec<f32>, Vec<f32>, f64)>, is_first: bool) -> Vec<f32> {
    let mut way: Vec<f32> = slope.to_vec();
    let mut shares = Vec::new();
    for (moved, turned, curve) in past.iter().rev() {
        let share = inner(moved, &way) / curve;
        way.iter_mut().zip(turned).for_each(|(value, turn)| *value -= share as f32 * turn);
        shares.push(share);
    }
    let scale = match past.back() {
        Some((_, turned, curve)) => curve / inner(turned, turned).max(1e-30),
        None if is_first => 1.0 / norm(slope).max(1e-30),
        None => 1.0,
    };
    way.iter_mut().for_each(|value| *value *= scale as f32);
    for ((moved, turned, curve), share) in past.iter().zip(shares.into_iter().rev()) {
        let other = inner(turned, &way) / curve;
        way.iter_mut().zip(moved).for_each(|(value, step)| *value += (share - other) as f32 * step);
    }
    way.iter_mut().for_each(|value| *value = -*value);
    way
}

/// Value and slope at a point.
fn look(rows: &Matrix, classes: &[usize], at: &Weights, strength: f32) -> (f64, Vec<f32>) {
    let (inputs, count) = (rows.columns, at.columns);
    let mut slope = vec![0.0_f32; at.values.len()];
    let mut scores = vec![0.0_f32; BLOCK * count];
    let mut loss = 0.0_f64;
    for (some, classes) in rows.values.chunks(BLOCK * inputs).zip(classes.chunks(BLOCK)) {
        let scores = scores.get_mut(..classes.len() * count).unwrap_or(&mut []);
        product(scores, (some, inputs), (&at.values, count));
        for (row, class) in scores.chunks_exact_mut(count).zip(classes) {
            to_probabilities(row);
            if let Some(own) = row.get_mut(*class) {
                loss -= f64::from(own.max(1e-30).ln());
                *own -= 1.0;
            }
        }
        add_outer(&mut slope, (some, inputs), (scores, count));
    }
    let biases = at.values.len() - count;
    let weights = at.values.get(..biases).unwrap_or(&[]);
    let penalty = 0.5 * inner(weights, weights);
    slope.iter_mut().for_each(|value| *value *= strength);
    slope.iter_mut().zip(weights).for_each(|(value, weight)| *value += weight);
    (f64::from(strength) * loss + penalty, slope)
}

/// Scores become shares of one.
pub(super) fn to_probabilities(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - largest).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

fn inner(one: &[f32], other: &[f32]) -> f64 {
    one.chunks(4096).zip(other.chunks(4096)).map(|(a, b)| f64::from(dot(a, b))).sum()
}

fn norm(of: &[f32]) -> f64 {
    inner(of, of).sqrt()
}
