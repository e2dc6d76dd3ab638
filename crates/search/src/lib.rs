//! Full text over the words of a workspace: a derived index that every node keeps for itself.
//! It stores no text, only words and ids; whoever asks reads the rows again under the
//! reader's reach. The cursor of the feed lies in the index's own commit, so the two can
//! never disagree, and what is broken is thrown away and filled again.

mod articles;
mod document;
mod erase;
mod error;
mod expand;
mod fields;
mod index;
mod open;
mod question;
mod search;
mod snippet;
mod store;
mod view;
mod words;

pub use articles::{
    Article, ArticleChange, ArticleHit, ArticleIndex, ArticleQuery, Codes, Explain, Facts, Filter, Found, Leg,
    OpenedArticles, Passage, Reading, Synonyms, Vector, VectorsOf, article_snippet, passages, texts_to_embed,
};
pub use document::{Change, Document, Id, Kind};
pub use error::Error;
pub use index::TextIndex;
pub use open::Opened;
pub use search::{Hit, MAX_HITS, Query};
pub use snippet::snippet;

/// Result of this crate's calls.
pub type Result<T> = std::result::Result<T, Error>;
