//! Asking for articles: both legs within the reader's filter, then one order; or words alone while somebody types.

use std::collections::HashMap;

use crate::Result;
use crate::articles::arena::Near;
use crate::articles::asked::Asked;
use crate::articles::by_words::{ByWords, WordsLeg};
use crate::articles::fuse::Legs;
use crate::articles::index::ArticleIndex;
use crate::articles::query::{ArticleQuery, Found, Reading};
use crate::search::MAX_HITS;

/// Candidates of each leg that are fused.
const CANDIDATES: usize = 200;
/// Longer questions are not corrected: their other words find enough.
const CORRECTABLE_TERMS: usize = 8;
/// A question is corrected when its best article by words holds less than this of it.
const WELL_COVERED: f32 = 0.6;

impl ArticleIndex {
    /// The best articles for a whole question, by words and by meaning. No text is an error; what cannot be found
    /// finds nothing.
    pub fn search(&self, query: &ArticleQuery<'_>) -> Result<Found> {
        let wanted = query.offset.saturating_add(query.limit).min(MAX_HITS);
        let asked = Asked::read(query);
        if wanted <= query.offset {
            return Ok(Found::default());
        }
        let (words, mut reading) = self.by_words(query, &asked, wanted.max(CANDIDATES))?;
        let meaning = self.by_meaning(query, wanted.max(CANDIDATES));
        let legs = Legs { words, meaning };
        reading.terms = u32::try_from(asked.terms.len()).unwrap_or(u32::MAX);
        reading.codes = asked.exact();
        legs.weigh(&mut reading);
        let mut hits = legs.fused(&reading);
        hits.truncate(wanted);
        Ok(Found { hits: hits.split_off(query.offset.min(hits.len())), reading })
    }

    /// The best articles for what is being typed: by words alone, the last one as the beginning of a word.
    pub fn complete(&self, query: &ArticleQuery<'_>) -> Result<Found> {
        let wanted = query.offset.saturating_add(query.limit).min(MAX_HITS);
        let asked = Asked::read(query);
        if wanted <= query.offset || asked.terms.is_empty() {
            return Ok(Found::default());
        }
        let view = self.store.view();
        let leg = WordsLeg { fields: self.fields, view: &view, query, asked: &asked };
        let mut words = leg.typed(wanted)?;
        let slipped = words.is_empty();
        if slipped {
            words = leg.typed_loosely(wanted)?;
        }
        let mut hits = Legs { words, meaning: Vec::new() }.fused(&Reading::default());
        let reading =
            Reading { terms: u32::try_from(asked.terms.len()).unwrap_or(u32::MAX), slipped, ..Reading::default() };
        Ok(Found { hits: hits.split_off(query.offset.min(hits.len())), reading })
    }

    fn by_words(&self, query: &ArticleQuery<'_>, asked: &Asked, wanted: usize) -> Result<(Vec<ByWords>, Reading)> {
        let mut reading = Reading::default();
        if asked.terms.is_empty() {
            return Ok((Vec::new(), reading));
        }
        let view = self.store.view();
        let leg = WordsLeg { fields: self.fields, view: &view, query, asked };
        let coverage = |found: &[ByWords]| found.first().map_or(Ok(0.0), |first| leg.coverage(first.address));
        let mut found = leg.any(wanted)?;
        reading.coverage = coverage(&found)?;
        if reading.coverage < WELL_COVERED
            && asked.terms.len() <= CORRECTABLE_TERMS
            && let Some(slipped) = leg.slipped(wanted)?
        {
            found = slipped;
            reading.slipped = true;
        }
        Ok((found, reading))
    }

    /// The nearest articles, each by its nearest translation.
    fn by_meaning(&self, query: &ArticleQuery<'_>, wanted: usize) -> Vec<Near> {
        let (Some(meaning), Some(arena)) = (query.meaning, self.arena(query.workspace)) else {
            return Vec::new();
        };
        let mut nearest: HashMap<_, Near> = HashMap::new();
        for near in arena.read().scan(meaning, &query.filter) {
            let known = nearest.entry(near.article).or_insert(near);
            if near.closeness > known.closeness {
                *known = near;
            }
        }
        let mut found: Vec<Near> = nearest.into_values().collect();
        let nearer =
            |one: &Near, other: &Near| other.closeness.total_cmp(&one.closeness).then(one.article.cmp(&other.article));
        if found.len() > wanted {
            found.select_nth_unstable_by(wanted, nearer);
            found.truncate(wanted);
        }
        found.sort_unstable_by(nearer);
        found
    }
}
