//! How much each leg counts: one weight per leg, by maximum likelihood on out-of-fold scores (stacked generalisation, Wolpert 1992).
//! With one leg this is temperature scaling (Guo et al. 2017): what comes out is calibrated.

use super::matrix::Matrix;
use super::softmax::to_probabilities;

/// Steps of Newton's method at most.
const STEPS: usize = 40;
/// Holds weights at zero where the rows say nothing.
const RIDGE: f64 = 1e-4;

/// The weights under which the classes of `rows` are likeliest; each leg has a row per row and a column per class.
pub(super) fn fit(legs: &[&Matrix], rows: &[usize], classes: &[usize]) -> Vec<f32> {
    let scales: Vec<f64> = legs.iter().map(|leg| spread(leg, rows)).collect();
    let mut weights = vec![1.0_f64; legs.len()];
    let mut last = f64::MAX;
    for _ in 0..STEPS {
        let (loss, slope, curve) = look(legs, &scales, rows, classes, &weights);
        if loss > last - 1e-9 {
            break;
        }
        last = loss;
        let step = solve(curve, &slope);
        let largest = step.iter().fold(1.0_f64, |largest, value| largest.max(value.abs() / 4.0));
        let tried: Vec<f64> = weights.iter().zip(&step).map(|(weight, by)| weight - by / largest).collect();
        // A step that leads up is halved until it leads down.
        let mut tried = tried;
        for _ in 0..12 {
            if look(legs, &scales, rows, classes, &tried).0 <= loss {
                break;
            }
            tried = tried.iter().zip(&weights).map(|(to, from)| f64::midpoint(*to, *from)).collect();
        }
        weights = tried;
    }
    weights.iter().zip(&scales).map(|(weight, scale)| (weight / scale) as f32).collect()
}

/// The legs of one row, weighted and as shares of one.
pub(super) fn combine<'l>(legs: impl Iterator<Item = (&'l [f32], f32)>, count: usize) -> Vec<f32> {
    let mut scores = vec![0.0_f32; count];
    for (leg, weight) in legs {
        scores.iter_mut().zip(leg).for_each(|(score, value)| *score += weight * value);
    }
    to_probabilities(&mut scores);
    scores
}

/// How far the scores of a leg lie apart inside a row, so that all weights are of one size.
fn spread(leg: &Matrix, rows: &[usize]) -> f64 {
    let of = |at: &usize| {
        let row = leg.row(*at);
        let mean = row.iter().sum::<f32>() / row.len().max(1) as f32;
        f64::from(row.iter().fold(0.0_f32, |most, value| most.max(value - mean)))
    };
    (rows.iter().map(of).sum::<f64>() / rows.len().max(1) as f64).max(1e-6) / 4.0
}

/// Mean loss, its slope and its curvature by leg.
fn look(
    legs: &[&Matrix],
    scales: &[f64],
    rows: &[usize],
    classes: &[usize],
    weights: &[f64],
) -> (f64, Vec<f64>, Vec<Vec<f64>>) {
    let size = legs.len();
    let (mut loss, mut slope, mut curve) = (0.0, vec![0.0; size], vec![vec![0.0; size]; size]);
    let count = legs.first().map_or(0, |leg| leg.columns);
    for at in rows {
        let class = classes.get(*at).copied().unwrap_or(0);
        let weighted = legs.iter().zip(weights.iter().zip(scales)).map(|(leg, (w, s))| (leg.row(*at), (w / s) as f32));
        let shares = combine(weighted, count);
        loss -= f64::from(shares.get(class).copied().unwrap_or(0.0).max(1e-30)).ln();
        let mean = |leg: &Matrix| -> f64 { f64::from(super::matrix::dot(leg.row(*at), &shares)) };
        let means: Vec<f64> = legs.iter().map(|leg| mean(leg)).collect();
        for (one, (leg, scale)) in legs.iter().zip(scales).enumerate() {
            let own = f64::from(leg.row(*at).get(class).copied().unwrap_or(0.0));
            let mean_one = means.get(one).copied().unwrap_or(0.0);
            if let Some(value) = slope.get_mut(one) {
                *value += (mean_one - own) / scale;
            }
            for (two, (other, other_scale)) in legs.iter().zip(scales).enumerate().skip(one) {
                let products = leg.row(*at).iter().zip(other.row(*at)).zip(&shares);
                let both: f64 = products.map(|((a, b), share)| f64::from(a * b * share)).sum();
                let value = (both - mean_one * means.get(two).copied().unwrap_or(0.0)) / (scale * other_scale);
                for (row, column) in [(one, two), (two, one)].into_iter().take(if one == two { 1 } else { 2 }) {
                    if let Some(cell) = curve.get_mut(row).and_then(|row| row.get_mut(column)) {
                        *cell += value;
                    }
                }
            }
        }
    }
    let total = rows.len().max(1) as f64;
    slope.iter_mut().zip(weights).for_each(|(value, weight)| *value = *value / total + RIDGE * weight);
    for (at, row) in curve.iter_mut().enumerate() {
        row.iter_mut().for_each(|value| *value /= total);
        if let Some(own) = row.get_mut(at) {
            *own += RIDGE + 1e-9;
        }
    }
    let penalty = 0.5 * RIDGE * weights.iter().map(|weight| weight * weight).sum::<f64>();
    (loss / total + penalty, slope, curve)
}

/// Solves a small symmetric system by elimination with pivots.
fn solve(mut rows: Vec<Vec<f64>>, right: &[f64]) -> Vec<f64> {
    let size = right.len();
    rows.iter_mut().zip(right).for_each(|(row, value)| row.push(*value));
    for column in 0..size {
        let value = |row: &Vec<f64>| row.get(column).copied().unwrap_or(0.0);
        let best = (column..size).max_by(|a, b| {
            let of = |at: &usize| rows.get(*at).map_or(0.0, |row| value(row).abs());
            of(a).total_cmp(&of(b))
        });
        rows.swap(column, best.unwrap_or(column));
        let Some(pivot) = rows.get(column).cloned() else { continue };
        let own = value(&pivot);
        if own.abs() < 1e-15 {
            continue;
        }
        for (at, row) in rows.iter_mut().enumerate() {
            let share = if at == column { 0.0 } else { value(row) / own };
            row.iter_mut().zip(&pivot).for_each(|(cell, value)| *cell -= share * value);
        }
    }
    let answer = rows.iter().enumerate().map(|(at, row)| {
        let (own, right) = (row.get(at).copied().unwrap_or(0.0), row.last().copied().unwrap_or(0.0));
        if own.abs() < 1e-15 { 0.0 } else { right / own }
    });
    answer.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leg_that_knows_is_heard_and_the_one_that_guesses_is_not() {
        let (mut good, mut noise) = (Matrix::zeros(400, 4), Matrix::zeros(400, 4));
        let classes: Vec<usize> = (0..400).map(|at| at % 4).collect();
        let mut state = 7_u64;
        for (at, own) in classes.iter().enumerate() {
            for class in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let random = (state >> 40) as f32 / (1 << 24) as f32;
                noise.row_mut(at)[class] = random;
                good.row_mut(at)[class] = random * 0.9 + if *own == class { 0.3 } else { 0.0 };
            }
        }
        let rows: Vec<usize> = (0..400).collect();
        let weights = fit(&[&good, &noise], &rows, &classes);
        let right = |weights: &[f32]| {
            let hit = |at: &usize| {
                let legs = [(good.row(*at), weights[0]), (noise.row(*at), weights[1])];
                let shares = combine(legs.into_iter(), 4);
                shares[classes[*at]] >= shares.iter().copied().fold(0.0, f32::max)
            };
            rows.iter().filter(|at| hit(at)).count()
        };
        assert!(weights[0] > 0.0 && weights[1] < 0.0, "{weights:?}");
        assert!(right(&weights) > right(&[1.0, 0.0]));
    }
}
