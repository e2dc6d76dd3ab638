//! The vectors of one workspace in one piece of memory, scanned exactly: no vector is ever missed, none is found that a
//! filter does not admit, and taking one out is a matter of moving another into its place.

use std::collections::HashMap;

use crate::articles::article::{Facts, Filter};
use crate::articles::dot::{Wide, products, widened};
use crate::articles::vector::{DIMENSIONS, Vector};
use crate::document::Id;

/// Freed rows are swept when they are more than this share of all.
const SWEPT_AT: usize = 4;
/// The share of the title in an article's closeness; its best passage has the rest.
const TITLE_SHARE: f32 = 0.5;

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

    /// The closeness of every translation that the filter admits, in no order.
    pub(crate) fn scan(&self, question: &Vector, filter: &Filter<'_>) -> Vec<Near> {
        let admitted: Vec<bool> = self.classes.iter().map(|facts| filter.admits(facts)).collect();
        let has = |entry: &&Entry| admitted.get(entry.class as usize).copied().unwrap_or(false);
        let mut scan = Scan { question: widened(&question.values), scale: question.scale, products: Vec::new() };
        self.entries.iter().filter(has).filter_map(|entry| scan.near(self, entry)).collect()
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

impl Scan {
    fn near(&mut self, arena: &Arena, entry: &Entry) -> Option<Near> {
        let rows = arena.rows.get(entry.start..entry.start + entry.count)?;
        let scales = arena.scales.get(entry.start..entry.start + entry.count)?;
        products(&self.question, rows, &mut self.products);
        let mut cosines = self.products.iter().zip(scales).map(|(product, scale)| *product as f32 * scale * self.scale);
        let title = cosines.next()?;
        let best = cosines.zip(0..).max_by(|one, other| one.0.total_cmp(&other.0));
        let (closeness, passage) = best.map_or((title, 0), |(best, at)| (mixed(title, best), at));
        Some(Near { article: entry.article, translation: entry.translation, passage, closeness })
    }
}

/// Title and body are kept apart and weighed together: the nearer of the two counts more.
fn mixed(title: f32, passage: f32) -> f32 {
    title * TITLE_SHARE + passage * (1.0 - TITLE_SHARE)
}
