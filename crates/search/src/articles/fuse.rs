//! How the two legs become one order: each leg's scores are brought to 0…1, and the question decides how much each
//! leg's word weighs.

use std::collections::HashMap;

use crate::articles::arena::Near;
use crate::articles::by_words::ByWords;
use crate::articles::query::{ArticleHit, Explain, Leg, Reading};
use crate::document::Id;

/// Both legs' candidates, each best first.
pub(crate) struct Legs {
    pub words: Vec<ByWords>,
    pub meaning: Vec<Near>,
}

impl Legs {
    /// Decides how much meaning weighs.
    pub(crate) fn weigh(&self, reading: &mut Reading) {
        reading.closeness = self.meaning.first().map_or(0.0, |near| near.closeness);
        reading.weight = if self.meaning.is_empty() { 0.0 } else { 0.5 };
    }

    /// The fused order, with the weight that the reading names.
    pub(crate) fn fused(&self, reading: &Reading) -> Vec<ArticleHit> {
        let mut hits: HashMap<Id, ArticleHit> = HashMap::new();
        let best = self.words.first().map_or(1.0, |first| first.score);
        for (rank, found) in (1..).zip(&self.words) {
            let leg = Leg { rank, score: found.score };
            let hit = hits.entry(found.place.article).or_insert_with(|| empty(found.place.article));
            (hit.translation, hit.passage, hit.stamp) =
                (found.place.translation, found.place.passage, found.place.stamp);
            hit.explain.words = Some(leg);
            hit.score += (1.0 - reading.weight) * found.score / best;
        }
        let (top, floor) = (self.meaning.first(), self.meaning.last());
        let (top, floor) = (top.map_or(1.0, |near| near.closeness), floor.map_or(0.0, |near| near.closeness));
        for (rank, near) in (1..).zip(&self.meaning) {
            let leg = Leg { rank, score: near.closeness };
            let hit = hits.entry(near.article).or_insert_with(|| empty(near.article));
            if hit.explain.words.is_none() || reading.weight > 0.5 {
                (hit.translation, hit.passage) = (near.translation, near.passage);
            }
            hit.explain.meaning = Some(leg);
            hit.score += reading.weight * (near.closeness - floor) / (top - floor).max(f32::EPSILON);
        }
        let mut hits: Vec<ArticleHit> = hits.into_values().collect();
        hits.sort_unstable_by(|one, other| other.score.total_cmp(&one.score).then(one.article.cmp(&other.article)));
        hits
    }
}

fn empty(article: Id) -> ArticleHit {
    ArticleHit { article, translation: article, passage: 0, stamp: 0, score: 0.0, explain: Explain::default() }
}
