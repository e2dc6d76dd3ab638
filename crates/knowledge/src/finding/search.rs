//! One search: the question, what the index says, and the hits as they are now.

use base::Result;
use trust::Cx;
use trust::nouns::CustomerId;

use crate::articles::{Audience, Live, Locale, Sight};
use crate::gaps::{self, Asked, AskedVia};
use crate::nouns::QueryId;
use crate::state::Library;

/// Characters of a question that are looked at.
pub const LONGEST: usize = 1_000;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the reader sees.
    pub sight: Sight,
    /// The question.
    pub text: String,
    /// The language of the reader.
    pub locale: Option<Locale>,
    /// How many.
    pub limit: usize,
    /// Only what is written for these.
    pub audience: Option<Audience>,
    /// Whether the last word may be unfinished; such a question costs little and is not kept.
    pub is_typing: bool,
}

impl Wanted {
    /// Ten articles in any language.
    pub fn new(sight: Sight, text: String) -> Wanted {
        Wanted { sight, text, locale: None, limit: 10, audience: None, is_typing: false }
    }
}

/// An article that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The article as it is now.
    pub live: Live,
    /// Where the words are, as safe HTML.
    pub snippet: String,
    /// How well it fits.
    pub score: f32,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The articles, best first.
    pub hits: Vec<Hit>,
    /// Whether meaning took part.
    pub by_meaning: bool,
}

/// What was found, and the search as it was kept.
pub struct Logged {
    /// What was found.
    pub answer: Answer,
    /// What names the search.
    pub query: Option<QueryId>,
}

/// Finds articles.
pub async fn find(_: &Cx, _: &Library, _: Wanted) -> Result<Answer> {
    Ok(Answer::default())
}

/// Finds articles for somebody who meant it, and keeps the search.
pub async fn find_and_log(
    cx: &Cx,
    library: &Library,
    wanted: Wanted,
    via: AskedVia,
    customer: Option<CustomerId>,
) -> Result<Logged> {
    let locale = wanted.locale.as_ref().map_or("en", Locale::as_str).to_owned();
    let text = wanted.text.clone();
    let answer = find(cx, library, wanted).await?;
    let asked = Asked {
        text,
        locale,
        via,
        results: i64::try_from(answer.hits.len()).unwrap_or(0),
        reading: None,
        customer,
    };
    let query = cx.write(move |tx, cx| gaps::ask(tx, cx, &asked)).await?;
    Ok(Logged { answer, query })
}
