//! A question about articles, and what comes back: hits, and how the question was read and weighed.

use crate::articles::article::Filter;
use crate::articles::synonyms::Synonyms;
use crate::articles::vector::Vector;
use crate::document::Id;

/// What is searched, and for whom.
#[derive(Debug, Clone)]
pub struct ArticleQuery<'a> {
    /// The only workspace that is looked at.
    pub workspace: Id,
    /// Anything a person typed; the first 4,000 characters and 64 terms count.
    pub text: &'a str,
    /// The meaning of that text; without it words decide alone.
    pub meaning: Option<&'a Vector>,
    /// What the reader may see and wants to see.
    pub filter: Filter<'a>,
    /// The asker's locale; without it the language is guessed from the text.
    pub locale: Option<&'a str>,
    /// The workspace's synonyms.
    pub synonyms: Option<&'a Synonyms>,
    /// Hits wanted.
    pub limit: usize,
    /// Hits to skip; `offset + limit` ends at [`MAX_HITS`](crate::MAX_HITS).
    pub offset: usize,
}

/// What was found, and how the question was understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Articles, best first.
    pub hits: Vec<ArticleHit>,
    /// How the question was read and weighed.
    pub reading: Reading,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleHit {
    /// The article.
    pub article: Id,
    /// Its translation that fits best.
    pub translation: Id,
    /// The passage of that translation that fits best, counted from 0 as `passages` gives them.
    pub passage: u32,
    /// When that translation was written; 0 when it was found by meaning alone.
    pub stamp: i64,
    /// 0 to 1 within this answer; never rises from one hit to the next.
    pub score: f32,
    /// Why it stands here.
    pub explain: Explain,
}

/// What each leg says of a hit; `None` when the leg did not find it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Explain {
    /// By its words: BM25.
    pub words: Option<Leg>,
    /// By its meaning: cosine.
    pub meaning: Option<Leg>,
}

/// A place in one leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    /// From 1.
    pub rank: u32,
    /// As the leg measures.
    pub score: f32,
}

/// How a question was read and weighed: what a log keeps so that a weight can be learned from clicks later.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// The share of meaning in the score, 0 to 1; words have the rest.
    pub weight: f32,
    /// Why, in a few words.
    pub why: &'static str,
    /// Terms of the question that carry something.
    pub terms: u32,
    /// Identifiers and codes among them, and phrases in quotes.
    pub codes: u32,
    /// The share of the question's rarity that the best article by words holds, 0 to 1.
    pub coverage: f32,
    /// The highest cosine.
    pub closeness: f32,
    /// How far the best article by words stands above its followers, 0 to 1.
    pub margin_words: f32,
    /// The same by meaning.
    pub margin_meaning: f32,
    /// The share of each leg's first ten that the other has too, 0 to 1.
    pub agreement: f32,
    /// True when words were found only with a slip or in part.
    pub slipped: bool,
}
