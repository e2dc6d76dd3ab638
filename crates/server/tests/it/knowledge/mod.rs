//! The stories of knowledge: writing, publishing, reading, finding, and what readers say.

mod articles;
mod bad_input;
mod feedback;
mod gaps;
mod help;
mod scene;
