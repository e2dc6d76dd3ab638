//! Whether a new classifier may take the place of the current one: both answer the same held-out examples, and
//! McNemar's exact test (1947) says whether the difference could be chance.

/// Two classifiers on the same examples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Examples that both answered.
    pub examples: u32,
    /// Right by the new one alone.
    pub won: u32,
    /// Right by the current one alone.
    pub lost: u32,
    /// The chance of a difference at least this large between equals, 0 to 1 (two-sided).
    pub p_value: f64,
}

impl Comparison {
    /// True unless the new one is worse by more than chance.
    pub fn may_replace(&self) -> bool {
        self.won >= self.lost || self.p_value >= 0.05
    }
}

/// Compares: for each example, whether the new one and the current one were right.
pub fn compare(pairs: impl Iterator<Item = (bool, bool)>) -> Comparison {
    let (mut examples, mut won, mut lost) = (0_u32, 0_u32, 0_u32);
    for (new, current) in pairs {
        examples += 1;
        won += u32::from(new && !current);
        lost += u32::from(current && !new);
    }
    Comparison { examples, won, lost, p_value: two_sided(won.min(lost), won + lost) }
}

/// Twice the chance of at most `few` heads in `all` throws of a fair coin.
fn two_sided(few: u32, all: u32) -> f64 {
    if all == 0 {
        return 1.0;
    }
    let mut log = -f64::from(all) * std::f64::consts::LN_2;
    let mut sum = log.exp();
    for k in 1..=few {
        log += (f64::from(all - k + 1) / f64::from(k)).ln();
        sum += log.exp();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_one_stays_out_and_chance_is_forgiven() {
        let pairs = |won: usize, lost: usize| {
            let all = std::iter::repeat_n((true, false), won).chain(std::iter::repeat_n((false, true), lost));
            compare(all.chain(std::iter::repeat_n((true, true), 50)))
        };
        assert!(pairs(10, 2).may_replace());
        assert!(pairs(3, 5).may_replace());
        assert!(!pairs(2, 20).may_replace());
        // Exact: 2 · P(X ≤ 1 | 10, ½) = 22/1024.
        assert!((pairs(1, 9).p_value - 22.0 / 1024.0).abs() < 1e-9);
        assert_eq!(pairs(0, 0).p_value, 1.0);
    }
}
