//! Articles: passages found by their words and by their meaning, and how the two are weighed.
//! Rule: whoever may not read an article never learns that it is there; both legs filter before they find.

mod arena;
mod article;
mod asked;
mod by_words;
mod dot;
mod fields;
mod fuse;
mod index;
mod known;
mod language;
mod passage;
mod query;
mod search;
mod synonyms;
mod vector;
mod view;

pub use article::{Article, ArticleChange, Codes, Facts, Filter};
pub use index::{ArticleIndex, OpenedArticles, VectorsOf};
pub use passage::{Passage, article_snippet, passages, texts_to_embed};
pub use query::{ArticleHit, ArticleQuery, Explain, Found, Leg, Reading};
pub use synonyms::Synonyms;
pub use vector::Vector;
