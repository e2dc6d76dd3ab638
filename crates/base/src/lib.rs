//! Ground words every other crate speaks: errors, ids, times, texts, pages, patches, settings.
//! Rule: no input or output happens here; the clock and randomness come in from outside.

pub mod config;
mod env;
mod error;
mod id;
mod page;
mod patch;
mod personal;
mod sql;
pub mod text;
mod time;

pub use env::{Clock, Entropy, Env, SystemClock, SystemEntropy, TestClock, TestEntropy};
pub use error::{Code, Error, FieldProblem, Kind, Result};
pub use id::{CellNumber, Id, Noun};
pub use page::{Cursor, Page};
pub use patch::Patch;
pub use personal::Personal;
pub use sql::{FromValue, ToValue, Value};
pub use time::Time;
