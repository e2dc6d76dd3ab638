//! Which class a text belongs to: a linear model over its meaning, one over its words and letters, and its nearest
//! examples, brought together by weights that out-of-fold scores decide, so that 0.9 means nine in ten.
//! Rule: everything here is deterministic, bounded in memory and time, and works without the embedding model.

mod calibration;
mod centres;
mod classifier;
mod comparison;
mod examples;
mod legs;
mod margins;
mod matrix;
mod ngrams;
mod scoring;
mod softmax;
mod stacking;
mod stored;
mod training;

pub use calibration::{BINS, Bin, expected_error, reliability};
pub use classifier::{Answer, Candidate, Classifier, Word};
pub use comparison::{Comparison, compare};
pub use examples::{CLASSES, Example, LONGEST_LABEL, LONGEST_TEXT, ROWS, Set, TRAINING_SET};
pub use scoring::{accuracy, area_under_curve, macro_f1};
pub use training::{Figures, Training, held_out_key, train};
