//! Figures that say how good answers are.

/// The share that is right.
pub fn accuracy<T: PartialEq>(pairs: &[(T, T)]) -> f64 {
    let right = pairs.iter().filter(|(said, truth)| said == truth).count();
    right as f64 / pairs.len().max(1) as f64
}

/// The mean over the true classes of the harmonic mean of precision and recall. Pairs are (said, true).
pub fn macro_f1<T: Ord>(pairs: &[(T, T)]) -> f64 {
    let mut counts: std::collections::BTreeMap<&T, [u32; 3]> = std::collections::BTreeMap::new();
    let mut add = |class, at: usize| {
        if let Some(count) = counts.entry(class).or_default().get_mut(at) {
            *count += 1;
        }
    };
    for (said, truth) in pairs {
        add(truth, 1);
        add(said, 2);
        if said == truth {
            add(truth, 0);
        }
    }
    let of = counts.values().filter(|[_, truth, _]| *truth > 0);
    let scores: Vec<f64> =
        of.map(|[hits, truth, said]| 2.0 * f64::from(*hits) / f64::from((truth + said).max(1))).collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// How often something of `inside` scores higher than something of `outside` (area under the ROC curve).
pub fn area_under_curve(inside: &[f32], outside: &[f32]) -> f64 {
    let mut all: Vec<(f32, bool)> = inside.iter().map(|score| (*score, true)).collect();
    all.extend(outside.iter().map(|score| (*score, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum) = (0.0, 0.0);
    let mut rest = all.as_slice();
    while let Some((score, _)) = rest.first() {
        let same = rest.iter().take_while(|(other, _)| other == score).count();
        let (tied, after) = rest.split_at(same);
        let inside = tied.iter().filter(|(_, is_inside)| *is_inside).count() as f64;
        let outside = tied.len() as f64 - inside;
        sum += inside * (below + outside / 2.0);
        below += outside;
        rest = after;
    }
    sum / (inside.len() as f64 * outside.len() as f64).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_books() {
        let pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")];
        assert_eq!(accuracy(&pairs), 0.75);
        // a: precision ½, recall 1; b: precision 1, recall ⅔.
        assert!((macro_f1(&pairs) - (2.0 / 3.0 + 0.8) / 2.0).abs() < 1e-9);
        assert_eq!(area_under_curve(&[0.9, 0.8], &[0.1, 0.2]), 1.0);
        assert_eq!(area_under_curve(&[0.5], &[0.5]), 0.5);
    }
}
