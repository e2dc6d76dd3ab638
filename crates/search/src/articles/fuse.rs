//! How the two legs become one order. Each leg's scores are divided by its best; the question decides how much each leg's
//! word weighs. No weight is best for every question, but what kind of question it is shows: what was said exactly wants
//! words; a short question whose rare words no article holds together was put in other words, and wants meaning; one
//! whose rare words stand together wants meaning only as far as something is near; a long ticket wants both.
//! The reasons and the figures are in docs/decisions/004-weight-by-the-question.md.

use std::collections::{HashMap, HashSet};

use crate::articles::arena::Near;
use crate::articles::by_words::ByWords;
use crate::articles::query::{ArticleHit, Explain, Leg, Reading};
use crate::document::Id;

/// The weight of meaning when no article holds much of the question's rarity, …
const PARAPHRASED: f32 = 0.9;
/// … when one holds all of it and nothing is near in meaning, or something is very near (straight lines between), …
const COVERED: (f32, f32) = (0.1, 0.6);
const COVERAGE: (f32, f32) = (0.4, 1.0);
const CLOSENESS: (f32, f32) = (0.4, 0.8);
/// … and for a long question, which no passage ever covers; with a straight line over these numbers of terms.
const LONG: f32 = 0.4;
const LENGTH: (f32, f32) = (10.0, 24.0);
/// The most that meaning weighs beside an identifier, beside a phrase in quotes, and where the model reads badly.
const EXACT: f32 = 0.4;
const QUOTED: f32 = 0.2;
const FOREIGN: f32 = 0.4;
/// Places that are looked at for agreement and margins.
const FIRST: usize = 10;

/// Both legs' candidates, each best first.
#[derive(Default)]
pub(crate) struct Legs {
    pub words: Vec<ByWords>,
    pub meaning: Vec<Near>,
    /// Articles found by words in a text that has no vectors yet: words alone judge them.
    pub unmeasured: HashSet<Id>,
}

/// What the question itself says about its weight.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signs {
    pub has_phrase: bool,
    pub is_foreign: bool,
}

impl Legs {
    /// Decides how much meaning weighs, and says why.
    pub(crate) fn weigh(&self, signs: Signs, reading: &mut Reading) {
        reading.closeness = self.meaning.first().map_or(0.0, |near| near.closeness);
        reading.margin_words = margin(self.words.iter().map(|found| found.score));
        reading.margin_meaning = margin(self.meaning.iter().map(|near| near.closeness));
        reading.agreement = self.agreement();
        (reading.weight, reading.why) = self.weight(signs, reading);
    }

    fn weight(&self, signs: Signs, reading: &Reading) -> (f32, &'static str) {
        if self.meaning.is_empty() {
            return (0.0, "words alone: there are no vectors to compare");
        }
        if self.words.is_empty() {
            return (1.0, "meaning alone: none of its words is in an article");
        }
        let covered = mixed(COVERED.0, COVERED.1, between(reading.closeness, CLOSENESS));
        let short = mixed(PARAPHRASED, covered, between(reading.coverage, COVERAGE));
        let length = between(reading.terms as f32, LENGTH);
        let weight = mixed(short, LONG, length);
        let caps = [
            (signs.has_phrase, QUOTED, "a phrase in quotes wants its words"),
            (reading.codes > 0, EXACT, "an identifier wants its words"),
            (signs.is_foreign, FOREIGN, "the model reads English best"),
        ];
        let cap = caps.into_iter().find(|(holds, cap, _)| *holds && *cap < weight);
        let why = match reading.coverage {
            _ if length > 0.5 => "a long question wants both",
            coverage if coverage < 0.7 => "no article holds its rare words together",
            _ if reading.closeness < 0.6 => "one article holds its rare words, and nothing is near in meaning",
            _ => "one article holds its rare words, and one is near in meaning",
        };
        cap.map_or((weight, why), |(_, cap, why)| (cap, why))
    }

    /// The share of each leg's first ten that the other has among its own.
    fn agreement(&self) -> f32 {
        let words: HashSet<Id> = self.words.iter().take(FIRST).map(|found| found.place.article).collect();
        let shared = self.meaning.iter().take(FIRST).filter(|near| words.contains(&near.article)).count();
        let most = words.len().min(self.meaning.len()).max(1);
        shared as f32 / most as f32
    }

    /// The fused order, with the weight that the reading names.
    pub(crate) fn fused(&self, reading: &Reading) -> Vec<ArticleHit> {
        let mut hits: HashMap<Id, ArticleHit> = HashMap::with_capacity(self.words.len() + self.meaning.len());
        let best = self.words.first().map_or(1.0, |first| first.score).max(f32::EPSILON);
        for (rank, found) in (1..).zip(&self.words) {
            let hit = hits.entry(found.place.article).or_insert_with(|| empty(found.place.article));
            (hit.translation, hit.passage) = (found.place.translation, found.place.passage);
            hit.stamp = found.place.stamp;
            hit.explain.words = Some(Leg { rank, score: found.score });
            hit.score += (1.0 - reading.weight) * found.score / best;
        }
        let measured: HashSet<Id> = self.meaning.iter().map(|near| near.article).collect();
        for article in self.unmeasured.difference(&measured) {
            if let Some(hit) = hits.get_mut(article) {
                hit.score += reading.weight * hit.explain.words.map_or(0.0, |leg| leg.score) / best;
            }
        }
        let nearest = self.meaning.first().map_or(1.0, |near| near.closeness).max(f32::EPSILON);
        for (rank, near) in (1..).zip(&self.meaning) {
            let hit = hits.entry(near.article).or_insert_with(|| empty(near.article));
            if hit.explain.words.is_none() {
                (hit.translation, hit.passage) = (near.translation, near.passage);
            }
            hit.explain.meaning = Some(Leg { rank, score: near.closeness });
            hit.score += reading.weight * near.closeness.max(0.0) / nearest;
        }
        let mut hits: Vec<ArticleHit> = hits.into_values().collect();
        hits.sort_unstable_by(|one, other| other.score.total_cmp(&one.score).then(one.article.cmp(&other.article)));
        hits
    }
}

/// How far the first stands above the tenth, as a share of the first.
fn margin(scores: impl Iterator<Item = f32>) -> f32 {
    let scores: Vec<f32> = scores.take(FIRST).collect();
    match (scores.first(), scores.last()) {
        (Some(first), Some(last)) if *first > 0.0 && scores.len() == FIRST => (first - last) / first,
        (Some(_), _) => 1.0,
        _ => 0.0,
    }
}

/// Where a value lies between two others: 0 below, 1 above.
fn between(value: f32, (from, to): (f32, f32)) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// A share of the way from one value to another.
fn mixed(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

fn empty(article: Id) -> ArticleHit {
    ArticleHit { article, translation: article, passage: 0, stamp: 0, score: 0.0, explain: Explain::default() }
}
