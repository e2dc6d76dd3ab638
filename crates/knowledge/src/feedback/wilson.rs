//! The Wilson score interval of a share (E. B. Wilson, 1927), at 95 %: honest with few votes, never outside 0 to 1.

/// The quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The lower and upper end of the interval of `good` out of `good + bad`; none without votes.
pub fn interval(good: i64, bad: i64) -> Option<(f64, f64)> {
    let (good, bad) = (good.max(0) as f64, bad.max(0) as f64);
    let all = good + bad;
    if all == 0.0 {
        return None;
    }
    let share = good / all;
    let centre = share + Z * Z / (2.0 * all);
    let spread = Z * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
    let scale = 1.0 + Z * Z / all;
    Some((((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn the_interval_is_the_one_of_the_tables() {
        let (low, high) = interval(8, 2).unwrap();
        assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4, "{low} {high}");
        let (low, high) = interval(0, 5).unwrap();
        assert!(low == 0.0 && (high - 0.4345).abs() < 1e-4, "{low} {high}");
        assert_eq!(interval(0, 0), None);
    }

    #[test]
    fn more_votes_say_more() {
        let width = |good, bad| interval(good, bad).map(|(low, high)| high - low).unwrap();
        assert!(width(1, 1) > width(10, 10) && width(10, 10) > width(1_000, 1_000));
    }
}
