//! One linear model per class against all others, over sparse rows: L2-loss support vectors by dual coordinate descent
//! (Hsieh et al. 2008), and class centres (Rocchio 1971) where there are too many classes for it.

use super::matrix::Matrix;
use super::ngrams::Sparse;

/// Passes over the rows at most.
const PASSES: usize = 15;
/// How far from the best point is near enough.
const NEAR: f32 = 0.05;

/// Weights by feature (row) and class (column): the margin of each class, on two threads.
pub(super) fn fit(rows: &[&Sparse], classes: &[usize], count: usize, features: usize) -> Matrix {
    let half = count.div_ceil(2);
    let of = |from: usize, to: usize| -> Vec<Vec<f32>> {
        (from..to).map(|class| fit_one(rows, classes, class, features)).collect()
    };
    let all = std::thread::scope(|scope| {
        let second = scope.spawn(|| of(half, count));
        let mut all = of(0, half);
        all.extend(second.join().unwrap_or_default());
        all
    });
    let mut weights = Matrix::zeros(features + 1, count);
    for (class, of) in all.iter().enumerate() {
        weights.values.iter_mut().skip(class).step_by(count.max(1)).zip(of).for_each(|(into, value)| *into = *value);
    }
    weights
}

/// Weights of one class; the last is its bias.
fn fit_one(rows: &[&Sparse], classes: &[usize], class: usize, features: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; features + 1];
    let mut duals = vec![0.0_f32; rows.len()];
    let squares: Vec<f32> =
        rows.iter().map(|row| 1.0 + row.iter().map(|(_, value)| value * value).sum::<f32>()).collect();
    let mut active: Vec<usize> = (0..rows.len()).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ class as u64;
    let mut bound = f32::MAX;
    for _ in 0..PASSES {
        shuffle(&mut active, &mut state);
        let (mut most, mut least) = (f32::MIN, f32::MAX);
        active.retain(|at| {
            let (Some(row), Some(dual), Some(square)) = (rows.get(*at), duals.get_mut(*at), squares.get(*at)) else {
                return false;
            };
            let sign = if classes.get(*at) == Some(&class) { 1.0 } else { -1.0 };
            let slope = sign * margin(&weights, row) - 1.0 + 0.5 * *dual;
            if *dual == 0.0 && slope > bound {
                return false;
            }
            let projected = if *dual == 0.0 { slope.min(0.0) } else { slope };
            (most, least) = (most.max(projected), least.min(projected));
            if projected.abs() > 1e-6 {
                let new = (*dual - slope / (square + 0.5)).max(0.0);
                add(&mut weights, row, (new - *dual) * sign);
                *dual = new;
            }
            true
        });
        if most - least < NEAR {
            break;
        }
        bound = if most > 0.0 { most } else { f32::MAX };
    }
    weights
}

fn margin(weights: &[f32], row: &Sparse) -> f32 {
    let bias = weights.last().copied().unwrap_or(0.0);
    bias + row.iter().filter_map(|(at, value)| weights.get(*at as usize).map(|weight| weight * value)).sum::<f32>()
}

fn add(weights: &mut [f32], row: &Sparse, step: f32) {
    for (at, value) in row {
        if let Some(weight) = weights.get_mut(*at as usize) {
            *weight += step * value;
        }
    }
    if let Some(bias) = weights.last_mut() {
        *bias += step;
    }
}

/// A fixed shuffle (Fisher and Yates).
pub(super) fn shuffle(places: &mut [usize], state: &mut u64) {
    for last in (1..places.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        places.swap(last, (*state % (last as u64 + 1)) as usize);
    }
}

/// The mean row of each class, of length one.
pub(super) fn centres(rows: &[&Sparse], classes: &[usize], count: usize, features: usize) -> Matrix {
    let mut weights = Matrix::zeros(features + 1, count);
    let mut sizes = vec![0_f32; count];
    for (row, class) in rows.iter().zip(classes) {
        if let Some(size) = sizes.get_mut(*class) {
            *size += 1.0;
        }
        for (at, value) in *row {
            if let Some(weight) = weights.row_mut(*at as usize).get_mut(*class) {
                *weight += value;
            }
        }
    }
    let mut lengths = vec![0.0_f32; count];
    for row in weights.each() {
        lengths.iter_mut().zip(row).for_each(|(length, value)| *length += value * value);
    }
    for row in weights.values.chunks_exact_mut(count.max(1)) {
        row.iter_mut().zip(&lengths).for_each(|(value, length)| *value /= length.sqrt().max(1e-12));
    }
    weights
}
