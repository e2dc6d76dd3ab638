//! Finding articles by what people ask: words and meaning, within what the reader sees.
//! Rule: the index is derived and may be late; every hit is read again through the reader's sight.

mod forgetting;
mod indexer;
mod meaning;
pub(crate) mod routes;
mod search;
mod synonyms;

pub(crate) use forgetting::FORGET;
pub use forgetting::forget_unused;
pub use indexer::{ARTICLE_INDEX, Indexer, index_problem};
pub use meaning::{Meaning, catch_up, run};
pub use search::{Answer, Hit, LONGEST, Logged, UNKNOWN_ARTICLE_LOCALE, Wanted, find, find_and_log};
pub use synonyms::{Compiled, SYNONYM_LIMIT};

/// The codes of this part.
pub static CODES: &[&base::Code] = &[&ARTICLE_INDEX, &SYNONYM_LIMIT, &UNKNOWN_ARTICLE_LOCALE];
