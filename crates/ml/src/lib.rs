//! Meaning as numbers: sentence embeddings on the CPU from one int8 MiniLM file.
//! The file is checked by SHA-256 before it is run, held in memory only while it is used, and never needed: without it
//! whoever asks gets a code and goes on with words alone.

pub mod classify;
mod codes;
mod embedder;
mod install;
mod model;
mod place;
mod proto;
mod requantise;
mod vector;
mod vocabulary;
mod wordpiece;

pub use classify::Classifier;
pub use embedder::{Embedder, Status, Stop};
pub use install::install;
pub use model::{MODEL, key};
pub use place::{FILE, places};
pub use vector::{BYTES, DIMENSIONS, Vector};
