//! The stories of knowledge: writing, publishing, reading, finding, and what readers say.

mod articles;
mod bad_input;
mod canaries;
mod feedback;
mod finding;
mod gaps;
mod help;
mod importing;
mod plans;
mod scene;
