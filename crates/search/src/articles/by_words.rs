//! The leg of words: BM25 over passages, their titles weighing more; the best passage stands for its article.
//! A whole question may be answered by any of its terms; while typing every term must be there.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, Query as Tree, TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Term};

use crate::Result;
use crate::articles::asked::{Asked, AskedTerm};
use crate::articles::fields::ArticleFields;
use crate::articles::known::KnownWords;
use crate::articles::query::ArticleQuery;
use crate::articles::view::{Admission, ArticleView, Place};
use crate::expand::{beginnings, corrections};
use crate::question::Clause;
use crate::search::{Node, scored, sequence, union};

/// What a term is worth more in a title, a code as a whole, and an equal of a term.
const TITLE: f32 = 0.6;
const CODE: f32 = 2.0;
const EQUAL: f32 = 0.8;
/// What a beginning or a correction of a word is worth.
const GUESS: f32 = 0.5;
/// Shorter words are not corrected, and only so many.
const CORRECTABLE: usize = 4;
const CORRECTED: usize = 4;
/// Passages up to which the words that may be meant are told apart by how often they are written.
const OFTEN: u32 = 64;
/// Passages that are collected for each article that is wanted, as several may be of one article.
const PASSAGES: usize = 2;
const FEWEST: usize = 16;
const MOST: usize = 8_000;
/// A workspace with less than this share of the index is looked up instead of filtered out.
const SMALL_SHARE: f64 = 0.25;

/// An article found by its words, best first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ByWords {
    pub place: Place,
    pub score: f32,
    pub address: DocAddress,
}

/// One question at one state of the index.
pub(crate) struct WordsLeg<'a> {
    pub fields: ArticleFields,
    pub view: &'a ArticleView,
    pub admission: &'a Admission<'a>,
    pub query: &'a ArticleQuery<'a>,
    pub asked: &'a Asked,
}

impl WordsLeg<'_> {
    /// The best `wanted` articles that have any of the terms, and every phrase in quotes if one has them all.
    pub(crate) fn any(&self, wanted: usize) -> Result<Vec<ByWords>> {
        let terms: Vec<Node> = self.asked.terms.iter().flat_map(|term| self.term(term)).chain(self.equals()).collect();
        let phrases: Vec<Node> = self.asked.phrases().map(|words| sequence(self.fields.words, words)).collect();
        if !phrases.is_empty() {
            let mut all = vec![(Occur::Must, union(terms.iter().map(|node| node.box_clone()).collect()))];
            all.extend(phrases.into_iter().map(|phrase| (Occur::Must, phrase)));
            let found = self.collect(Box::new(BooleanQuery::new(all)), wanted)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.collect(union(terms), wanted)
    }

    /// The same with words that nobody ever wrote corrected; `None` when there is nothing to correct.
    pub(crate) fn slipped(&self, wanted: usize) -> Result<Option<Vec<ByWords>>> {
        let corrected = self.corrections()?;
        if corrected.is_empty() {
            return Ok(None);
        }
        let guesses = corrected.iter().flat_map(|term| self.term(term)).map(|node| boosted(node, GUESS));
        let terms = self.asked.terms.iter().flat_map(|term| self.term(term)).chain(guesses).chain(self.equals());
        self.collect(union(terms.collect()), wanted).map(Some)
    }

    /// Articles with every term, the last one also as the beginning of a word.
    pub(crate) fn typed(&self, wanted: usize) -> Result<Vec<ByWords>> {
        let mut all = Vec::new();
        for (term, is_open) in self.with_open() {
            all.push((Occur::Must, self.needed(term, is_open)?));
            if !term.stems.is_empty() {
                let title = term.stems.iter().map(|stem| boosted(scored(self.fields.title, stem), TITLE)).collect();
                all.push((Occur::Should, union(title)));
            }
        }
        self.collect(Box::new(BooleanQuery::new(all)), wanted)
    }

    /// Articles with half of the terms, each with a slip.
    pub(crate) fn typed_loosely(&self, wanted: usize) -> Result<Vec<ByWords>> {
        let corrected = self.corrections()?;
        let mut any: Vec<Node> = Vec::new();
        for (term, is_open) in self.with_open() {
            any.push(self.needed(term, is_open)?);
        }
        let enough = any.len().div_ceil(2);
        any.extend(corrected.iter().flat_map(|term| self.term(term)).map(|node| boosted(node, GUESS)));
        any.extend(self.equals());
        self.collect(Box::new(BooleanQuery::union_with_minimum_required_clauses(any, enough)), wanted)
    }

    /// The share of the question's rarity that a passage holds: the sum of idf of the terms it has, over that of all.
    pub(crate) fn coverage(&self, address: DocAddress) -> Result<f32> {
        let (mut held, mut all) = (0.0, 0.0);
        let total = self.view.searcher.num_docs() as f32;
        for term in &self.asked.terms {
            let (frequency, has) = self.holds(term, address)?;
            let idf = (1.0 + (total - frequency as f32 + 0.5) / (frequency as f32 + 0.5)).max(1.0).ln();
            all += idf;
            held += if has { idf } else { 0.0 };
        }
        Ok(if all > 0.0 { held / all } else { 0.0 })
    }

    /// In how many passages a term is, and whether it is in this one.
    fn holds(&self, term: &AskedTerm, address: DocAddress) -> Result<(u64, bool)> {
        let searcher = &self.view.searcher;
        let (mut most, mut has) = (0, false);
        for wanted in self.index_terms(term) {
            most = most.max(searcher.doc_freq(&wanted)?);
            let inverted = searcher.segment_reader(address.segment_ord).inverted_index(wanted.field())?;
            if let Some(mut postings) = inverted.read_postings(&wanted, IndexRecordOption::Basic)? {
                use tantivy::DocSet;
                has |= postings.doc() <= address.doc_id && postings.seek(address.doc_id) == address.doc_id;
            }
        }
        Ok((most, has))
    }

    /// The terms of the dictionary that a term of the question is made of.
    fn index_terms(&self, term: &AskedTerm) -> Vec<Term> {
        match &term.clause {
            Clause::Code { code, words } if words.is_empty() => vec![Term::from_field_text(self.fields.codes, code)],
            Clause::Unspaced(pairs) => {
                pairs.iter().map(|pair| Term::from_field_text(self.fields.pairs, pair)).collect()
            }
            _ => term.stems.iter().map(|stem| Term::from_field_text(self.fields.body, stem)).collect(),
        }
    }

    /// The terms with whether each may still be being typed.
    fn with_open(&self) -> impl Iterator<Item = (&AskedTerm, bool)> {
        let last = self.asked.terms.len().saturating_sub(1);
        self.asked.terms.iter().enumerate().map(move |(at, term)| (term, self.asked.is_open && at == last))
    }

    /// What a term of a whole question looks for: plain terms only, so that the library can skip what cannot win.
    fn term(&self, term: &AskedTerm) -> Vec<Node> {
        let fields = self.fields;
        let said = f32::from(term.count.min(4));
        let mut any: Vec<Node> = Vec::new();
        for stem in &term.stems {
            any.push(boosted(scored(fields.body, stem), said));
            any.push(boosted(scored(fields.title, stem), said * TITLE));
        }
        match &term.clause {
            Clause::Code { code, .. } => any.push(boosted(scored(fields.codes, code), CODE)),
            Clause::Unspaced(pairs) => any.extend(pairs.iter().map(|pair| scored(fields.pairs, pair))),
            _ => {}
        }
        any
    }

    fn equals(&self) -> impl Iterator<Item = Node> {
        self.asked.equals.iter().map(|equal| match equal.as_slice() {
            [single] => boosted(union(self.term(single)), EQUAL),
            words => {
                let texts: Vec<String> = words.iter().filter_map(word_of).cloned().collect();
                boosted(sequence(self.fields.words, &texts), EQUAL)
            }
        })
    }

    /// What a term looks for while typing.
    fn needed(&self, term: &AskedTerm, is_open: bool) -> Result<Node> {
        let fields = self.fields;
        let stems = || term.stems.iter().map(|stem| scored(fields.body, stem)).collect::<Vec<_>>();
        Ok(match &term.clause {
            Clause::Word { word, .. } => self.begun(stems(), fields.words, word, is_open)?,
            Clause::Phrase(words) => sequence(fields.words, words),
            Clause::Unspaced(pairs) => sequence(fields.pairs, pairs),
            Clause::Code { code, words } => {
                let mut any = vec![boosted(scored(fields.codes, code), CODE)];
                if !words.is_empty() {
                    any.push(sequence(fields.words, words));
                }
                self.begun(any, fields.codes, code, is_open)?
            }
        })
    }

    /// Any of the nodes, or a term that begins with `start`.
    fn begun(&self, mut any: Vec<Node>, field: Field, start: &str, is_open: bool) -> Result<Node> {
        if is_open && start.chars().count() >= 2 {
            let known = self.known();
            for term in beginnings(&self.view.searcher, field, start, &|term| known.has(term))? {
                let begun = TermQuery::new(term, IndexRecordOption::Basic);
                any.push(Box::new(ConstScoreQuery::new(Box::new(begun), GUESS)));
            }
        }
        Ok(union(any))
    }

    /// What of the dictionary the reader may know of.
    fn known(&self) -> KnownWords<'_> {
        KnownWords::new(self.view, self.admission, self.fields.workspace_term(&self.query.workspace))
    }

    /// Words near those of the question that are in no text the reader may find.
    fn corrections(&self) -> Result<Vec<AskedTerm>> {
        let (mut found, mut tried, known) = (Vec::new(), 0, self.known());
        for word in self.asked.terms.iter().filter_map(word_of).filter(|word| is_correctable(word)) {
            if known.has(&Term::from_field_text(self.fields.words, word))? {
                continue;
            }
            tried += 1;
            let near = corrections(&self.view.searcher, self.fields.words, word, &|term| known.count(term, OFTEN))?;
            found.extend(near.iter().map(|near| AskedTerm::corrected(near, &self.asked.languages)));
            if tried >= CORRECTED {
                break;
            }
        }
        Ok(found)
    }

    /// The best articles of a tree that the reader may find, each by its best passage.
    fn collect(&self, tree: Node, wanted: usize) -> Result<Vec<ByWords>> {
        let searcher = &self.view.searcher;
        let tree = self.walled(tree)?;
        let weight = tree.weight(EnableScoring::enabled_from_searcher(searcher))?;
        let shown = self.query.offset.saturating_add(self.query.limit).min(wanted);
        let mut most = wanted.saturating_mul(PASSAGES).max(FEWEST);
        loop {
            let found = self.best(weight.as_ref(), most)?;
            let is_all = found.len() < most || most >= MOST;
            let grouped = self.grouped(found, wanted);
            if grouped.len() >= shown || is_all {
                return Ok(grouped);
            }
            // A few articles took all places with their passages.
            most *= 8;
        }
    }

    /// The best passages that the reader may find.
    fn best(&self, weight: &dyn Weight, most: usize) -> Result<Vec<(f32, DocAddress)>> {
        let mut best = Best { heap: BinaryHeap::new(), most };
        let searcher = &self.view.searcher;
        for (ord, segment) in (0..).zip(searcher.segment_readers()) {
            let Some(admitted) = self.admission.of(ord) else { continue };
            let alive = segment.alive_bitset();
            // What a reader may not see never raises the threshold, so that it displaces nothing.
            weight.for_each_pruning(best.threshold(), segment, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) && admitted.has(doc) {
                    best.push(score, DocAddress::new(ord, doc));
                }
                best.threshold()
            })?;
        }
        Ok(best.sorted())
    }

    /// The tree inside the workspace, where that spares work.
    fn walled(&self, tree: Node) -> Result<Node> {
        let term = self.fields.workspace_term(&self.query.workspace);
        let own = self.view.searcher.doc_freq(&term)? as f64;
        let all: u32 = self.view.searcher.segment_readers().iter().map(|segment| segment.max_doc()).sum();
        if own >= f64::from(all) * SMALL_SHARE {
            return Ok(tree);
        }
        let wall = ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.0);
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(wall) as Node), (Occur::Must, tree)])))
    }

    fn grouped(&self, matches: Vec<(f32, DocAddress)>, wanted: usize) -> Vec<ByWords> {
        let mut seen = HashMap::new();
        let mut found = Vec::new();
        for (score, address) in matches {
            let Some(place) = self.view.place(address) else { continue };
            if seen.insert(place.article, ()).is_none() {
                found.push(ByWords { place, score, address });
            }
            if found.len() == wanted {
                break;
            }
        }
        found
    }
}

fn word_of(term: &AskedTerm) -> Option<&String> {
    match &term.clause {
        Clause::Word { word, .. } => Some(word),
        _ => None,
    }
}

/// True for a word worth correcting: long enough and no number.
fn is_correctable(word: &str) -> bool {
    word.chars().count() >= CORRECTABLE && !word.chars().any(|c| c.is_ascii_digit())
}

fn boosted(node: Node, boost: f32) -> Node {
    if boost == 1.0 { node } else { Box::new(BoostQuery::new(node, boost)) }
}

/// The best matches so far.
struct Best {
    heap: BinaryHeap<Reverse<Ranked>>,
    most: usize,
}

#[derive(PartialEq)]
struct Ranked(f32, DocAddress);

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

impl Best {
    /// What a match must exceed.
    fn threshold(&self) -> f32 {
        let is_full = self.heap.len() >= self.most;
        self.heap.peek().filter(|_| is_full).map_or(f32::MIN, |worst| worst.0.0)
    }

    fn push(&mut self, score: f32, address: DocAddress) {
        self.heap.push(Reverse(Ranked(score, address)));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    fn sorted(self) -> Vec<(f32, DocAddress)> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(Ranked(score, address))| (score, address)).collect()
    }
}
