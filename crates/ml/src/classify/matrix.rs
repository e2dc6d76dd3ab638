//! Matrices of numbers, row after row, and their products.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_tensor::NdTensorView;

/// A matrix, row after row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Matrix {
    pub values: Vec<f32>,
    pub columns: usize,
}

impl Matrix {
    /// A matrix of zeros.
    pub(super) fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix { values: vec![0.0; rows * columns], columns }
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// One row; empty when there is none.
    pub(super) fn row(&self, at: usize) -> &[f32] {
        self.values.get(at * self.columns..(at + 1) * self.columns).unwrap_or(&[])
    }

    /// One row, to be written.
    pub(super) fn row_mut(&mut self, at: usize) -> &mut [f32] {
        self.values.get_mut(at * self.columns..(at + 1) * self.columns).unwrap_or(&mut [])
    }

    /// Every row.
    pub(super) fn each(&self) -> std::slice::ChunksExact<'_, f32> {
        self.values.chunks_exact(self.columns.max(1))
    }

    /// The rows at these places.
    pub(super) fn pick(&self, places: &[usize]) -> Matrix {
        let mut values = Vec::with_capacity(places.len() * self.columns);
        places.iter().for_each(|at| values.extend_from_slice(self.row(*at)));
        Matrix { values, columns: self.columns }
    }
}

/// A view of numbers as rows × columns; empty when they do not fit.
fn view(values: &[f32], rows: usize, columns: usize) -> NdTensorView<'_, f32, 2> {
    NdTensorView::try_from_data([rows, columns], values).unwrap_or_else(|_| NdTensorView::from_data([0, 0], &[]))
}

/// `into = left · right`, where left is rows × inner and right is inner × columns.
pub(super) fn product(into: &mut [f32], left: (&[f32], usize), right: (&[f32], usize)) {
    let (inner, columns) = (left.1, right.1);
    let left = view(left.0, left.0.len().checked_div(inner).unwrap_or(0), inner);
    let right = view(right.0, inner, columns);
    run(into, left, right, 0.0);
}

/// `into = left · rightᵀ`, where both have `inner` columns.
pub(super) fn product_transposed(into: &mut [f32], left: &[f32], right: &[f32], inner: usize) {
    let left = view(left, left.len().checked_div(inner).unwrap_or(0), inner);
    let right = view(right, right.len().checked_div(inner).unwrap_or(0), inner);
    run(into, left, right.transposed(), 0.0);
}

/// `into += leftᵀ · right`, where both have as many rows.
pub(super) fn add_outer(into: &mut [f32], left: (&[f32], usize), right: (&[f32], usize)) {
    let rows = left.0.len().checked_div(left.1).unwrap_or(0);
    let (left, right) = (view(left.0, rows, left.1), view(right.0, rows, right.1));
    run(into, left.transposed(), right, 1.0);
}

fn run(into: &mut [f32], left: NdTensorView<'_, f32, 2>, right: NdTensorView<'_, f32, 2>, keep: f32) {
    let options = GemmOptions { beta: keep, ..GemmOptions::default() };
    let done = GemmExecutor::<f32, f32, f32>::default().gemm(
        into,
        GemmInputA::Unpacked(left),
        GemmInputB::Unpacked(right),
        options,
    );
    debug_assert!(done.is_ok(), "shapes fit: {done:?}");
}

/// The sum of products of two rows.
pub(super) fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}
