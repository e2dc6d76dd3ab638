//! Finding articles by what people ask: words and meaning, within what the reader sees.
//! Rule: the index is derived and may be late; every hit is read again through the reader's sight.

mod search;

pub use search::{Answer, Hit, LONGEST, Logged, Wanted, find, find_and_log};
