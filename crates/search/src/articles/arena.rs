//! The vectors of one workspace in one piece of memory, scanned exactly: no vector is ever missed, none is found that a
//! filter does not admit, and taking one out is a matter of moving another into its place.

use std::collections::{HashMap, HashSet};

use crate::articles::article::{Facts, Filter};
use crate::articles::dot::{Wide, products, widened};
use crate::articles::vector::{DIMENSIONS, Vector};
use crate::document::Id;

/// Freed rows are swept when they are more than this share of all.
const SWEPT_AT: usize = 4;
/// Translations that are looked at for each article that is wanted.
const TRANSLATIONS: usize = 4;

/// Vectors of one workspace.
#[derive(Default)]
pub(crate) struct Arena {
    rows: Vec<[i8; DIMENSIONS]>,
    scales: Vec<f32>,
    entries: Vec<Entry>,
    places: HashMap<Id, usize>,
    classes: Vec<Facts>,
    freed: usize,
    /// True when everything of the workspace was put in.
    pub is_complete: bool,
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
        self.rows.extend(vectors.iter().map(|vector| vector.values));
        self.scales.extend(vectors.iter().map(|vector| vector.scale));
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
        let mut scan = Scan { question: widened(&question.values), scale: question.scale, products: Vec::new() };
        let mut all: Vec<Measured> = Vec::with_capacity(self.entries.len());
        for (at, entry) in (0..).zip(&self.entries).filter(|(_, entry)| has(entry)) {
            all.extend(scan.measured(self, at, entry));
        }
        // Several of the nearest may be translations of one article.
        let looked_at = wanted.saturating_mul(TRANSLATIONS);
        if all.len() > looked_at {
            all.select_nth_unstable_by(looked_at, |one, other| other.closeness.total_cmp(&one.closeness));
            all.truncate(looked_at);
        }
        let mut found: Vec<Near> = all.iter().filter_map(|measured| self.near(measured)).collect();
        found.sort_unstable_by(|one, other| {
            other.closeness.total_cmp(&one.closeness).then(one.translation.cmp(&other.translation))
        });
        let mut seen = HashSet::new();
        found.retain(|near| seen.insert(near.article));
        found.truncate(wanted);
        found
    }

    fn near(&self, measured: &Measured) -> Option<Near> {
        let entry = self.entries.get(measured.entry as usize)?;
        let Measured { passage, closeness, .. } = *measured;
        Some(Near { article: entry.article, translation: entry.translation, passage, closeness })
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
        swept.rows.reserve(self.rows.len() - self.freed);
        for entry in std::mem::take(&mut self.entries) {
            let rows = entry.start..entry.start + entry.count;
            let start = swept.rows.len();
            swept.rows.extend_from_slice(self.rows.get(rows.clone()).unwrap_or_default());
            swept.scales.extend_from_slice(self.scales.get(rows).unwrap_or_default());
            swept.places.insert(entry.translation, swept.entries.len());
            swept.entries.push(Entry { start, ..entry });
        }
        *self = swept;
    }
}

/// A question on its way through an arena.
struct Scan {
    question: Wide,
    scale: f32,
    products: Vec<i32>,
}

/// A translation that was measured, in a few bytes, as a scan makes many.
struct Measured {
    entry: u32,
    passage: u32,
    closeness: f32,
}

impl Scan {
    fn measured(&mut self, arena: &Arena, at: u32, entry: &Entry) -> Option<Measured> {
        let rows = arena.rows.get(entry.start..entry.start + entry.count)?;
        let scales = arena.scales.get(entry.start..entry.start + entry.count)?;
        products(&self.question, rows, &mut self.products);
        let mut cosines = self.products.iter().zip(scales).map(|(product, scale)| *product as f32 * scale * self.scale);
        let title = cosines.next()?;
        let best = cosines.zip(0..).max_by(|one, other| one.0.total_cmp(&other.0));
        // A question is near an article when it is near its title or near one of its passages, whichever is nearer.
        let (closeness, passage) = best.map_or((title, 0), |(best, at)| (title.max(best), at));
        Some(Measured { entry: at, passage, closeness })
    }
}
