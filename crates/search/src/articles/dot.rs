//! Products of vectors of small whole numbers: written once in plain Rust, compiled twice. Where the processor has wide
//! registers the same loop runs about ten times as fast; everywhere else the plain one runs.

use crate::articles::vector::DIMENSIONS;

/// The numbers of a question, widened once so that no product of a scan widens them again.
pub(crate) type Wide = [i16; DIMENSIONS];

/// Widens a vector's numbers.
pub(crate) fn widened(values: &[i8; DIMENSIONS]) -> Wide {
    values.map(i16::from)
}

/// The product of `question` with every row, in order.
pub(crate) fn products(question: &Wide, rows: &[[i8; DIMENSIONS]], out: &mut Vec<i32>) {
    out.clear();
    out.reserve(rows.len());
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        wide(question, rows, out);
        return;
    }
    plain(question, rows, out);
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the processor was asked for exactly the feature that the function is compiled for")]
fn wide(question: &Wide, rows: &[[i8; DIMENSIONS]], out: &mut Vec<i32>) {
    // SAFETY: the only caller has seen `avx2` detected; the function is plain safe Rust otherwise.
    unsafe { avx2(question, rows, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(question: &Wide, rows: &[[i8; DIMENSIONS]], out: &mut Vec<i32>) {
    out.extend(rows.iter().map(|row| product(question, row)));
}

fn plain(question: &Wide, rows: &[[i8; DIMENSIONS]], out: &mut Vec<i32>) {
    out.extend(rows.iter().map(|row| product(question, row)));
}

/// 384 products of at most 127 · 127 stay far below 2³¹.
#[inline(always)]
fn product(question: &Wide, row: &[i8; DIMENSIONS]) -> i32 {
    question.iter().zip(row).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_same_products() {
        let row = |seed: usize| std::array::from_fn(|at| ((at * 31 + seed * 17) % 255) as u8 as i8);
        let rows: Vec<[i8; DIMENSIONS]> = (0..50).map(row).chain([[127; DIMENSIONS], [-128; DIMENSIONS]]).collect();
        let question = widened(&rows[3]);
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        products(&question, &rows, &mut fast);
        plain(&question, &rows, &mut slow);
        assert_eq!(fast, slow);
        assert_eq!(slow[3], rows[3].iter().map(|v| i32::from(*v).pow(2)).sum::<i32>());
    }
}
