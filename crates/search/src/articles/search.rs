//! Asking for articles: both legs within the reader's filter, then one order; or words alone while somebody types.

use std::collections::HashSet;

use crate::Result;
use crate::articles::arena::Near;
use crate::articles::asked::Asked;
use crate::articles::by_words::{ByWords, WordsLeg};
use crate::articles::fuse::{Legs, Signs};
use crate::articles::index::ArticleIndex;
use crate::articles::language;
use crate::articles::query::{ArticleQuery, Found, Reading};
use crate::document::Id;
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
        if wanted <= query.offset {
            return Ok(Found::default());
        }
        let (words, signs, mut reading) = self.by_words(query, wanted.max(CANDIDATES))?;
        let (meaning, unmeasured) = self.by_meaning(query, wanted.max(CANDIDATES), &words);
        let legs = Legs { words, meaning, unmeasured };
        legs.weigh(signs, &mut reading);
        let mut hits = legs.fused(&reading);
        hits.truncate(wanted);
        Ok(Found { hits: hits.split_off(query.offset.min(hits.len())), reading })
    }

    /// The best articles for what is being typed: by words alone, the last one as the beginning of a word.
    pub fn complete(&self, query: &ArticleQuery<'_>) -> Result<Found> {
        let wanted = query.offset.saturating_add(query.limit).min(MAX_HITS);
        let view = self.store.view();
        let admission = view.admission(&query.workspace, &query.filter)?;
        let asked = Asked::read(query, &admission.locales);
        let mut reading = Reading { terms: asked.count(), codes: asked.exact(), ..Reading::default() };
        if wanted <= query.offset || asked.terms.is_empty() {
            return Ok(Found { hits: Vec::new(), reading });
        }
        let leg = WordsLeg { fields: self.fields, view: &view, admission: &admission, query, asked: &asked };
        let mut words = leg.typed(wanted)?;
        reading.slipped = words.is_empty();
        if reading.slipped {
            words = leg.typed_loosely(wanted)?;
        }
        let mut hits = Legs { words, ..Legs::default() }.fused(&reading);
        Ok(Found { hits: hits.split_off(query.offset.min(hits.len())), reading })
    }

    fn by_words(&self, query: &ArticleQuery<'_>, wanted: usize) -> Result<(Vec<ByWords>, Signs, Reading)> {
        let view = self.store.view();
        let admission = view.admission(&query.workspace, &query.filter)?;
        let asked = Asked::read(query, &admission.locales);
        let mut reading = Reading { terms: asked.count(), codes: asked.exact(), ..Reading::default() };
        let is_foreign = language::is_foreign(query.locale, query.text);
        let signs = Signs { has_phrase: asked.phrases().next().is_some(), is_foreign };
        if asked.terms.is_empty() {
            return Ok((Vec::new(), signs, reading));
        }
        let leg = WordsLeg { fields: self.fields, view: &view, admission: &admission, query, asked: &asked };
        let mut found = leg.any(wanted)?;
        reading.coverage = found.first().map_or(Ok(0.0), |first| leg.coverage(first.address))?;
        let is_poor = reading.coverage < WELL_COVERED && asked.terms.len() <= CORRECTABLE_TERMS;
        if is_poor && let Some(slipped) = leg.slipped(wanted)? {
            (found, reading.slipped) = (slipped, true);
        }
        Ok((found, signs, reading))
    }

    /// The nearest articles, and those among `words` that nothing was compared with.
    fn by_meaning(&self, query: &ArticleQuery<'_>, wanted: usize, words: &[ByWords]) -> (Vec<Near>, HashSet<Id>) {
        let (Some(meaning), Some(arena)) = (query.meaning, self.arena(query.workspace)) else {
            return (Vec::new(), HashSet::new());
        };
        let arena = arena.read();
        let has_none = words.iter().filter(|found| !arena.has(&found.place.translation));
        let unmeasured = has_none.map(|found| found.place.article).collect();
        (arena.nearest(meaning, &query.filter, wanted), unmeasured)
    }
}
