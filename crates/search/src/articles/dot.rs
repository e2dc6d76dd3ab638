//! Products of vectors of small whole numbers, half a number at a time: with the processor's wide registers where it has
//! them, in plain Rust everywhere else. The upper halves of a hundred thousand passages take about a millisecond.

use crate::articles::vector::DIMENSIONS;

/// Numbers that are packed together: the first half of them in the lower four bits of their bytes, the others above.
const GROUP: usize = 64;

/// The upper or the lower four bits of a vector's numbers, two to a byte, each 0 to 15.
pub(crate) type Half = [u8; DIMENSIONS / 2];

/// A vector's numbers in two: each is 16 · (upper − 8) + lower.
pub(crate) fn halves(values: &[i8; DIMENSIONS]) -> (Half, Half) {
    (packed(values, |value| ((value >> 4) + 8).cast_unsigned()), packed(values, |value| (value & 15).cast_unsigned()))
}

fn packed(values: &[i8; DIMENSIONS], part: impl Fn(i8) -> u8) -> Half {
    let mut half = [0; DIMENSIONS / 2];
    for (bytes, group) in half.chunks_mut(GROUP / 2).zip(values.as_chunks::<GROUP>().0) {
        let (first, second) = group.split_at(GROUP / 2);
        for ((byte, first), second) in bytes.iter_mut().zip(first).zip(second) {
            *byte = part(*first) | (part(*second) << 4);
        }
    }
    half
}

/// The product of `question` with every row of halves, in order.
pub(crate) fn products(question: &[i8; DIMENSIONS], rows: &[Half], out: &mut Vec<i32>) {
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
fn wide(question: &[i8; DIMENSIONS], rows: &[Half], out: &mut Vec<i32>) {
    // SAFETY: the only caller has seen `avx2` detected.
    unsafe { avx2(question, rows, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(question: &[i8; DIMENSIONS], rows: &[Half], out: &mut Vec<i32>) {
    for row in rows {
        out.push(avx2_product(question, row));
    }
}

/// Sixty-four numbers at a time: unpacked, multiplied, and added in pairs. Four products of at most 15 · 128 stay within
/// sixteen bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[expect(unsafe_code, reason = "reading thirty-two bytes into a register has no safe form yet")]
fn avx2_product(question: &[i8; DIMENSIONS], row: &Half) -> i32 {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_loadu_si256, _mm256_madd_epi16,
        _mm256_maddubs_epi16, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_si256, _mm256_srli_epi16,
        _mm256_storeu_si256,
    };
    #[target_feature(enable = "avx2")]
    fn read<T>(bytes: &[T; GROUP / 2]) -> __m256i {
        const { assert!(size_of::<T>() == 1) };
        // SAFETY: the array has the thirty-two bytes that are read, and unaligned reads are allowed here.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }
    let (low, one) = (_mm256_set1_epi8(15), _mm256_set1_epi16(1));
    let mut sums = _mm256_setzero_si256();
    for (question, row) in question.as_chunks::<{ GROUP / 2 }>().0.as_chunks::<2>().0.iter().zip(row.as_chunks().0) {
        let ([first, second], row) = (question, read(row));
        let first = _mm256_maddubs_epi16(_mm256_and_si256(row, low), read(first));
        let second = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(row, 4), low), read(second));
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_add_epi16(first, second), one));
    }
    let mut lanes = [0_i32; 8];
    // SAFETY: the array has the eight numbers that are written.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
    lanes.iter().sum()
}

fn plain(question: &[i8; DIMENSIONS], rows: &[Half], out: &mut Vec<i32>) {
    out.extend(rows.iter().map(|row| plain_product(question, row)));
}

/// The product of `question` with one row of halves.
pub(crate) fn product(question: &[i8; DIMENSIONS], row: &Half) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return wide_product(question, row);
    }
    plain_product(question, row)
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the processor was asked for exactly the feature that the function is compiled for")]
fn wide_product(question: &[i8; DIMENSIONS], row: &Half) -> i32 {
    // SAFETY: the only caller has seen `avx2` detected.
    unsafe { avx2_product(question, row) }
}

/// 384 products of at most 15 · 128 stay far below 2³¹.
#[inline(always)]
fn plain_product(question: &[i8; DIMENSIONS], row: &Half) -> i32 {
    let groups = question.as_chunks::<GROUP>().0.iter().zip(row.chunks(GROUP / 2));
    let of_group = |(question, row): (&[i8; GROUP], &[u8])| -> i32 {
        let (first, second) = question.split_at(GROUP / 2);
        let pairs = first.iter().zip(second).zip(row);
        pairs.map(|((a, b), two)| i32::from(*a) * i32::from(two & 15) + i32::from(*b) * i32::from(two >> 4)).sum()
    };
    groups.map(of_group).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seed: usize) -> [i8; DIMENSIONS] {
        std::array::from_fn(|at| ((at * 31 + seed * 17) % 256) as u8 as i8)
    }

    #[test]
    fn both_ways_give_the_same_products() {
        let rows = (0..50).map(row).chain([[127; DIMENSIONS], [-128; DIMENSIONS]]);
        let rows: Vec<Half> = rows.flat_map(|row| <[Half; 2]>::from(halves(&row))).collect();
        for question in [row(3), [-128; DIMENSIONS], [127; DIMENSIONS]] {
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            products(&question, &rows, &mut fast);
            plain(&question, &rows, &mut slow);
            assert_eq!(fast, slow);
        }
    }

    #[test]
    fn two_halves_are_the_whole() {
        let (question, other) = (row(3), row(8));
        let (upper, lower) = halves(&other);
        let sum: i32 = question.iter().map(|value| i32::from(*value)).sum();
        let whole: i32 = question.iter().zip(&other).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        assert_eq!(16 * (plain_product(&question, &upper) - 8 * sum) + plain_product(&question, &lower), whole);
    }
}
