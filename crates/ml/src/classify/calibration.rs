//! Whether 0.9 means nine in ten: the reliability curve and the expected calibration error (Naeini et al. 2015).

/// Bins of the curve, of equal width.
pub const BINS: usize = 15;

/// What was said and what came of it, for confidences of one range.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many answers.
    pub count: u32,
    /// Their mean confidence, 0 to 1.
    pub confidence: f32,
    /// The share that was right, 0 to 1.
    pub accuracy: f32,
}

/// The curve of answers: confidence, and whether it was right.
pub fn reliability(answers: impl Iterator<Item = (f32, bool)>) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (confidence, is_right) in answers {
        let at = ((confidence * BINS as f32) as usize).min(BINS - 1);
        if let Some(bin) = bins.get_mut(at) {
            bin.count += 1;
            bin.confidence += confidence;
            bin.accuracy += f32::from(u8::from(is_right));
        }
    }
    bins.map(|bin| {
        let count = bin.count.max(1) as f32;
        Bin { count: bin.count, confidence: bin.confidence / count, accuracy: bin.accuracy / count }
    })
}

/// The mean distance between confidence and accuracy, weighted by the answers of each bin.
pub fn expected_error(bins: &[Bin]) -> f32 {
    let total: f32 = bins.iter().map(|bin| bin.count as f32).sum();
    let sum: f32 = bins.iter().map(|bin| bin.count as f32 * (bin.confidence - bin.accuracy).abs()).sum();
    if total > 0.0 { sum / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_answers_have_no_error_and_boastful_ones_have() {
        let honest = (0..100).map(|at| (0.75, at % 4 != 0));
        assert!(expected_error(&reliability(honest)) < 1e-5);
        let boastful = (0..100).map(|at| (0.99, at % 4 != 0));
        assert!((expected_error(&reliability(boastful)) - 0.24).abs() < 1e-4);
        assert_eq!(expected_error(&reliability(std::iter::empty())), 0.0);
    }
}
