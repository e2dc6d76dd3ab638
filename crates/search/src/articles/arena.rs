//! The vectors of one workspace in one piece of memory, scanned exactly: no vector is ever missed, none is found that a
//! filter does not admit, and taking one out is a matter of moving another into its place. A scan is bound by the memory
//! it reads, so a number's two halves lie apart: the upper halves of all say how near each can be at most, and the lower
//! ones are read only of those that can still be among the nearest.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::articles::article::{Facts, Filter};
use crate::articles::dot::{Half, halves, product, products};
use crate::articles::vector::Vector;
use crate::document::Id;

/// Freed rows are swept when they are more than this share of all.
const SWEPT_AT: usize = 4;
/// How many times more translations are looked at when too many of the nearest were of one article.
const WIDER: usize = 4;
/// What the middle of a lower half is, which a scan of upper halves takes for it.
const MIDDLE: f32 = 7.5;
/// What sums of small fractions may be off by.
const ROUNDING: f32 = 1e-4;

/// Vectors of one workspace.
#[derive(Default)]
pub(crate) struct Arena {
    uppers: Vec<Half>,
    lowers: Vec<Half>,
    rows: Vec<Row>,
    entries: Vec<Entry>,
    places: HashMap<Id, usize>,
    classes: Vec<Facts>,
    freed: usize,
    /// True when everything of the workspace was put in.
    pub is_complete: bool,
}

/// What is known of a vector beside its numbers.
#[derive(Clone, Copy)]
struct Row {
    /// What one step of a number is worth.
    scale: f32,
    /// How much nearer to a question of length one it can be than its upper halves say.
    slack: f32,
}

/// One translation: its title's row, then its passages'.
struct Entry {
    article: Id,
    translation: Id,
    class: u32,
    start: usize,
    count: usize,
}

/// How near a translation is to a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Near {
    pub article: Id,
    pub translation: Id,
    pub passage: u32,
    pub closeness: f32,
}

impl Entry {
    fn all(&self) -> Range<usize> {
        self.start..self.start + self.count
    }
}

impl Arena {
    /// Vectors in memory.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() - self.freed
    }

    /// Translations that have vectors.
    pub(crate) fn translations(&self) -> usize {
        self.entries.len()
    }

    /// Whether a translation has vectors.
    pub(crate) fn has(&self, translation: &Id) -> bool {
        self.places.contains_key(translation)
    }

    /// Puts the vectors of a translation in, or others in their place.
    pub(crate) fn put(&mut self, article: Id, translation: Id, facts: &Facts, vectors: &[Vector]) {
        self.remove(&translation);
        if vectors.is_empty() {
            return;
        }
        let (class, start) = (self.class(facts), self.rows.len());
        for vector in vectors {
            let (upper, lower) = halves(&vector.values);
            self.uppers.push(upper);
            self.lowers.push(lower);
            self.rows.push(Row { scale: vector.scale, slack: slack(vector) });
        }
        self.places.insert(translation, self.entries.len());
        self.entries.push(Entry { article, translation, class, start, count: vectors.len() });
    }

    /// Gives a translation other facts; filters see them at once.
    pub(crate) fn reclass(&mut self, translation: &Id, facts: &Facts) {
        let class = self.class(facts);
        if let Some(entry) = self.places.get(translation).and_then(|place| self.entries.get_mut(*place)) {
            entry.class = class;
        }
    }

    /// Takes a translation out.
    pub(crate) fn remove(&mut self, translation: &Id) {
        let Some(place) = self.places.remove(translation) else { return };
        let entry = self.entries.swap_remove(place);
        if let Some(moved) = self.entries.get(place) {
            self.places.insert(moved.translation, place);
        }
        self.freed += entry.count;
        if self.freed * SWEPT_AT > self.rows.len() {
            self.sweep();
        }
    }

    /// Takes every translation of an article out.
    pub(crate) fn remove_article(&mut self, article: &Id) {
        let of_article = self.entries.iter().filter(|entry| entry.article == *article);
        let translations: Vec<Id> = of_article.map(|entry| entry.translation).collect();
        translations.iter().for_each(|translation| self.remove(translation));
    }

    /// The nearest `wanted` articles that the filter admits, each by its nearest translation.
    pub(crate) fn nearest(&self, question: &Vector, filter: &Filter<'_>, wanted: usize) -> Vec<Near> {
        let admitted: Vec<bool> = self.classes.iter().map(|facts| filter.admits(facts)).collect();
        let has = |entry: &Entry| admitted.get(entry.class as usize).copied().unwrap_or(false);
        let mut scan = Scan::of(question, self);
        let mut bounds: Vec<Bound> = Vec::with_capacity(self.entries.len());
        bounds.extend(self.entries.iter().filter(|entry| has(entry)).map(|entry| scan.bound(entry)));
        let mut looked_at = wanted;
        loop {
            let mut found = scan.best(&mut bounds, looked_at);
            let mut seen = HashSet::with_capacity(found.len());
            found.retain(|measured| seen.insert(measured.entry.article));
            if found.len() >= wanted || looked_at >= bounds.len() {
                return found.iter().take(wanted).map(|measured| scan.near(measured)).collect();
            }
            // Several of the nearest were translations of one article.
            looked_at = looked_at.saturating_mul(WIDER);
        }
    }

    fn class(&mut self, facts: &Facts) -> u32 {
        let found = self.classes.iter().position(|known| known == facts);
        let place = found.unwrap_or_else(|| {
            self.classes.push(facts.clone());
            self.classes.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// Moves the living rows together.
    fn sweep(&mut self) {
        let mut swept = Arena { is_complete: self.is_complete, ..Arena::default() };
        swept.classes = std::mem::take(&mut self.classes);
        for entry in std::mem::take(&mut self.entries) {
            let rows = entry.all();
            let start = swept.rows.len();
            swept.uppers.extend_from_slice(self.uppers.get(rows.clone()).unwrap_or_default());
            swept.lowers.extend_from_slice(self.lowers.get(rows.clone()).unwrap_or_default());
            swept.rows.extend_from_slice(self.rows.get(rows).unwrap_or_default());
            swept.places.insert(entry.translation, swept.entries.len());
            swept.entries.push(Entry { start, ..entry });
        }
        *self = swept;
    }
}

/// How much nearer than by its upper halves a vector can be: the length of what those leave out, as a product is never
/// greater than that of the lengths.
fn slack(vector: &Vector) -> f32 {
    let left_out = vector.values.iter().map(|value| (f32::from(value & 15) - MIDDLE).powi(2));
    left_out.sum::<f32>().sqrt() * vector.scale.abs()
}

/// A question on its way through an arena.
struct Scan<'a> {
    arena: &'a Arena,
    question: &'a Vector,
    sum: i32,
    length: f32,
    /// The most that each row looked at can be near, and its product by upper halves.
    rows: Vec<(f32, i32)>,
    products: Vec<i32>,
}

/// The most that the closeness of a translation can be.
struct Bound<'a> {
    entry: &'a Entry,
    /// Where its rows begin among those looked at.
    first: usize,
    closeness: f32,
}

/// How near a translation is.
struct Measured<'a> {
    entry: &'a Entry,
    closeness: f32,
}

impl<'a> Scan<'a> {
    fn of(question: &'a Vector, arena: &'a Arena) -> Scan<'a> {
        let squares = question.values.iter().map(|value| f32::from(*value).powi(2));
        Scan {
            arena,
            question,
            sum: question.values.iter().map(|value| i32::from(*value)).sum(),
            length: squares.sum::<f32>().sqrt() * question.scale.abs(),
            rows: Vec::with_capacity(arena.rows.len()),
            products: Vec::new(),
        }
    }

    /// The most that any row of a translation can come near, by upper halves alone.
    fn bound(&mut self, entry: &'a Entry) -> Bound<'a> {
        let rows = self.arena.rows.get(entry.all()).unwrap_or_default();
        products(&self.question.values, self.arena.uppers.get(entry.all()).unwrap_or_default(), &mut self.products);
        let (first, middle) = (self.rows.len(), MIDDLE * self.sum as f32);
        let mut most = f32::MIN;
        for (product, row) in self.products.iter().zip(rows) {
            // Upper halves lie there eight greater than they are.
            let product = 16 * (product - 8 * self.sum);
            let closeness = (product as f32 + middle) * row.scale * self.question.scale;
            let bound = closeness + row.slack * self.length + ROUNDING;
            self.rows.push((bound, product));
            most = most.max(bound);
        }
        Bound { entry, first, closeness: most }
    }

    /// The nearest `most` translations: those that can be nearest are measured, then all that can be nearer than the last
    /// of them.
    fn best(&mut self, bounds: &mut [Bound<'a>], most: usize) -> Vec<Measured<'a>> {
        if bounds.len() > most {
            bounds.select_nth_unstable_by(most, |one, other| other.closeness.total_cmp(&one.closeness));
        }
        let (first, others) = bounds.split_at(most.min(bounds.len()));
        let mut found = self.measured(first.iter(), f32::MIN);
        let last = found.iter().map(|measured| measured.closeness).min_by(f32::total_cmp).unwrap_or(f32::MIN);
        found.extend(self.measured(others.iter().filter(|bound| bound.closeness >= last), last));
        found.sort_unstable_by(|one, other| {
            other.closeness.total_cmp(&one.closeness).then(one.entry.translation.cmp(&other.entry.translation))
        });
        found.truncate(most);
        found
    }

    /// How near translations are, by those of their rows that can be as near as `least`. Those are picked first and
    /// multiplied then, as memory is waited for least when nothing is decided between two reads.
    fn measured<'b>(&self, bounds: impl Iterator<Item = &'b Bound<'a>>, least: f32) -> Vec<Measured<'a>>
    where
        'a: 'b,
    {
        let (mut found, mut picked) = (Vec::new(), Vec::new());
        for bound in bounds {
            let looked_at = self.rows.get(bound.first..bound.first + bound.entry.count).unwrap_or_default();
            let near = looked_at.iter().zip(bound.entry.all()).filter(|((most, _), _)| *most >= least);
            picked.extend(near.map(|((_, upper), row)| (found.len(), row, *upper)));
            found.push(Measured { entry: bound.entry, closeness: f32::MIN });
        }
        for (place, row, upper) in picked {
            let (Some(lower), Some(row)) = (self.arena.lowers.get(row), self.arena.rows.get(row)) else { continue };
            let product = upper + product(&self.question.values, lower);
            let closeness = product as f32 * row.scale * self.question.scale;
            // A question is near an article when it is near its title or near one of its passages, whichever is nearer.
            if let Some(measured) = found.get_mut(place) {
                measured.closeness = measured.closeness.max(closeness);
            }
        }
        found
    }

    /// What was found, with the passage that is nearest.
    fn near(&self, measured: &Measured<'_>) -> Near {
        let entry = measured.entry;
        let passages = entry.all().skip(1).zip(0..).filter_map(|(at, passage)| {
            let (upper, lower) = (self.arena.uppers.get(at)?, self.arena.lowers.get(at)?);
            let upper = 16 * (product(&self.question.values, upper) - 8 * self.sum);
            let whole = upper + product(&self.question.values, lower);
            Some((whole as f32 * self.arena.rows.get(at)?.scale, passage))
        });
        let nearest = passages.max_by(|one: &(f32, u32), other| one.0.total_cmp(&other.0));
        let passage = nearest.map_or(0, |(_, passage)| passage);
        Near { article: entry.article, translation: entry.translation, passage, closeness: measured.closeness }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::articles::article::Codes;
    use crate::articles::vector::DIMENSIONS;

    /// A small generator, so that every run draws the same vectors.
    fn drawn(seed: &mut u64, around: &[f32]) -> Vector {
        let mut noise = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
        };
        let values: Vec<f32> = around.iter().map(|centre| centre + noise()).collect();
        let most = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        let values: Vec<i8> = values.iter().map(|value| (value / most * 127.0).round() as i8).collect();
        Vector { values: values.try_into().unwrap(), scale: most / 127.0 / length }
    }

    fn id(number: usize) -> Id {
        (number as u128).to_be_bytes()
    }

    /// Every translation measured, number by number.
    fn slowly(all: &[(usize, usize, Vec<Vector>)], question: &Vector, wanted: usize) -> Vec<(Id, u32)> {
        let closeness = |row: &Vector| {
            let pairs = row.values.iter().zip(&question.values);
            let product: i32 = pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            product as f32 * row.scale * question.scale
        };
        let mut found: Vec<(f32, Id, Id, u32)> = Vec::new();
        for (article, translation, rows) in all {
            let best = rows.iter().skip(1).map(closeness).zip(0..).max_by(|one, other| one.0.total_cmp(&other.0));
            let (near, passage) = best.map_or((f32::MIN, 0), |best| best);
            found.push((near.max(closeness(&rows[0])), id(*translation), id(*article), passage));
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut seen = HashSet::new();
        found.retain(|found| seen.insert(found.2));
        found.into_iter().take(wanted).map(|(_, _, article, passage)| (article, passage)).collect()
    }

    #[test]
    fn a_scan_of_halves_finds_what_measuring_everything_finds() {
        let mut seed = 7;
        // Texts of a few subjects lie near each other, as those of one product do.
        let subjects: Vec<Vec<f32>> = (0..5_u8)
            .map(|subject| {
                (0..DIMENSIONS).map(|at| ((at * 7 + usize::from(subject) * 13) % 11) as f32 / 11.0).collect()
            })
            .collect();
        let mut arena = Arena::default();
        let mut all = Vec::new();
        for number in 0..600 {
            let rows: Vec<Vector> = (0..1 + number % 4).map(|_| drawn(&mut seed, &subjects[number % 5])).collect();
            // Articles below a hundred have several translations.
            let article = if number < 300 { number % 100 } else { number };
            arena.put(id(article), id(number), &Facts::default(), &rows);
            all.push((article, number, rows));
        }
        all.retain(|(_, number, _)| number % 7 != 0);
        (0..600).filter(|number| number % 7 == 0).for_each(|number| arena.remove(&id(number)));
        let everything = Filter {
            audiences: Codes::ALL,
            visibilities: Codes::ALL,
            statuses: Codes::ALL,
            locales: &[],
            categories: None,
        };
        for asked in 0..40 {
            let question = drawn(&mut seed, &subjects[asked % 5]);
            for wanted in [1, 10, 100, 1_000] {
                let found = arena.nearest(&question, &everything, wanted);
                let found: Vec<(Id, u32)> = found.iter().map(|near| (near.article, near.passage)).collect();
                assert_eq!(found, slowly(&all, &question, wanted), "question {asked}, {wanted} wanted");
            }
        }
    }
}
