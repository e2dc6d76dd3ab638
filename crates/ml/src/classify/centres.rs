//! Linear discriminants (Fisher 1936): each class by its centre, in a space where the spread inside classes is round.
//! The spread is shrunk towards a round one by how few rows there are (Friedman 1989), so that five examples a class are enough.

use super::matrix::{Matrix, add_outer};
use super::softmax::Weights;

/// The least shrinkage.
const LEAST: f64 = 0.1;

/// The discriminant of each class: weights by input and class; the last input is one.
pub(super) fn fit(rows: &Matrix, classes: &[usize], count: usize) -> Weights {
    let inputs = rows.columns;
    let means = means(rows, classes, count);
    let mut apart = rows.clone();
    for (row, class) in apart.values.chunks_exact_mut(inputs.max(1)).zip(classes) {
        row.iter_mut().zip(means.row(*class)).for_each(|(value, mean)| *value -= mean);
    }
    let mut spread = Matrix::zeros(inputs, inputs);
    add_outer(&mut spread.values, (&apart.values, inputs), (&apart.values, inputs));
    let free = rows.rows().saturating_sub(count).max(1) as f64;
    let trace: f64 =
        (0..inputs).map(|at| f64::from(spread.row(at).get(at).copied().unwrap_or(0.0))).sum::<f64>() / free;
    let share = (inputs as f64 / (inputs as f64 + free)).max(LEAST);
    let round = share * trace.max(1e-9) / inputs as f64;
    let lower = factor(&spread, (1.0 - share) / free, round);
    let mut weights = Matrix::zeros(inputs, count);
    for class in 0..count {
        let mean: Vec<f64> = means.row(class).iter().map(|value| f64::from(*value)).collect();
        let solved = solve(&lower, &mean);
        let square: f64 = solved.iter().zip(&mean).map(|(a, b)| a * b).sum();
        for (at, value) in solved.iter().enumerate() {
            let bias = if at + 1 == inputs { -0.5 * square } else { 0.0 };
            if let Some(cell) = weights.row_mut(at).get_mut(class) {
                *cell = (value + bias) as f32;
            }
        }
    }
    weights
}

fn means(rows: &Matrix, classes: &[usize], count: usize) -> Matrix {
    let mut means = Matrix::zeros(count, rows.columns);
    let mut sizes = vec![0_f32; count];
    for (row, class) in rows.each().zip(classes) {
        means.row_mut(*class).iter_mut().zip(row).for_each(|(mean, value)| *mean += value);
        if let Some(size) = sizes.get_mut(*class) {
            *size += 1.0;
        }
    }
    for (class, size) in sizes.iter().enumerate() {
        means.row_mut(class).iter_mut().for_each(|mean| *mean /= size.max(1.0));
    }
    means
}

/// The lower factor of `scale · spread + round · identity` (Cholesky), row after row.
fn factor(spread: &Matrix, scale: f64, round: f64) -> Vec<Vec<f64>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(spread.columns);
    for at in 0..spread.columns {
        let mut row: Vec<f64> = Vec::with_capacity(at + 1);
        for (column, value) in spread.row(at).iter().take(at + 1).enumerate() {
            let other = lower.get(column).unwrap_or(&row);
            let known: f64 = row.iter().zip(other).take(column).map(|(a, b)| a * b).sum();
            let rest = f64::from(*value) * scale + if at == column { round } else { 0.0 } - known;
            let pivot = lower.get(column).and_then(|row| row.get(column)).copied();
            row.push(pivot.map_or_else(|| rest.max(1e-12).sqrt(), |pivot| rest / pivot));
        }
        lower.push(row);
    }
    lower
}

/// Solves `lower · lowerᵀ · x = right`.
fn solve(lower: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut forward: Vec<f64> = Vec::with_capacity(right.len());
    for (row, value) in lower.iter().zip(right) {
        let known: f64 = row.iter().zip(&forward).map(|(a, b)| a * b).sum();
        forward.push((value - known) / row.last().copied().unwrap_or(1.0));
    }
    let mut solved = forward;
    for (at, row) in lower.iter().enumerate().rev() {
        let own = solved.get(at).copied().unwrap_or(0.0) / row.get(at).copied().unwrap_or(1.0);
        solved.iter_mut().zip(row).take(at).for_each(|(value, weight)| *value -= weight * own);
        if let Some(value) = solved.get_mut(at) {
            *value = own;
        }
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_solves_what_it_was_made_of() {
        let spread = Matrix { values: vec![4.0, 2.0, 2.0, 3.0], columns: 2 };
        let solved = solve(&factor(&spread, 1.0, 0.0), &[8.0, 7.0]);
        assert!((solved[0] - 1.25).abs() < 1e-9 && (solved[1] - 1.5).abs() < 1e-9, "{solved:?}");
    }

    #[test]
    fn classes_are_told_apart_along_the_direction_that_is_not_noise() {
        // The first input separates by little, the second is loud and says nothing.
        let mut rows = Matrix::zeros(200, 3);
        let classes: Vec<usize> = (0..200).map(|at| at % 2).collect();
        for at in 0..200 {
            let loud = ((at * 7919 % 101) as f32 - 50.0) / 5.0;
            let quiet = ((at * 104_729 % 13) as f32 - 6.0) / 60.0;
            rows.row_mut(at).copy_from_slice(&[if at % 2 == 0 { -0.2 } else { 0.2 } + quiet, loud, 1.0]);
        }
        let scores = super::super::legs::linear(&rows, &fit(&rows, &classes, 2));
        let right = (0..200).filter(|at| (scores.row(*at)[1] > scores.row(*at)[0]) == (classes[*at] == 1)).count();
        assert!(right >= 198, "{right}");
    }
}
