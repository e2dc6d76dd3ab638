//! Asking: all clauses first; when that finds nothing, half of them are enough and words that
//! nobody ever wrote may be one slip away.
//! Matches are grouped by owner, the best part standing for it.

use std::collections::HashSet;

use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhraseQuery, Query as Tree, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use crate::Result;
use crate::document::{Id, Kind};
use crate::expand::beginnings;
use crate::index::TextIndex;
use crate::question::{Clause, Question};
use crate::view::View;

/// The most hits that can be paged through.
pub const MAX_HITS: usize = 4_000;

/// Unknown words that are tried with a slip.
const SLIPS: usize = 8;

/// What is searched, and for whom.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The only workspace that is looked at.
    pub workspace: Id,
    /// Anything a person typed; the first 1,000 characters and 32 terms count.
    pub text: &'a str,
    /// The kinds that the reader may see.
    pub kinds: &'a [Kind],
    /// Hits wanted.
    pub limit: usize,
    /// Hits to skip; `offset + limit` ends at [`MAX_HITS`].
    pub offset: usize,
}

/// An owner that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The ticket.
    pub owner: Id,
    /// Its part that fits best.
    pub part: Id,
    /// The kind of that part.
    pub kind: Kind,
    /// When that part was written, microseconds since 1970 UTC.
    pub stamp: i64,
    /// BM25; never rises from one hit to the next.
    pub score: f32,
}

/// A part of a question's tree.
pub(crate) type Node = Box<dyn Tree>;

impl TextIndex {
    /// The best owners for a question, best first. No text is an error; what cannot be found
    /// finds nothing.
    pub fn search(&self, query: &Query<'_>) -> Result<Vec<Hit>> {
        let question = Question::read(query.text);
        let wanted = query.offset.saturating_add(query.limit).min(MAX_HITS);
        if question.clauses.is_empty() || query.kinds.is_empty() || wanted <= query.offset {
            return Ok(Vec::new());
        }
        let view = self.store.view();
        let ask = Ask { index: self, view: &view, query, question: &question };
        let mut hits = ask.collect(&ask.strict()?, wanted)?;
        if hits.is_empty() {
            hits = ask.collect(&ask.loose()?, wanted)?;
        }
        Ok(hits.split_off(query.offset.min(hits.len())))
    }
}

/// One question at one state of the index.
struct Ask<'a> {
    index: &'a TextIndex,
    view: &'a View,
    query: &'a Query<'a>,
    question: &'a Question,
}

impl Ask<'_> {
    /// Every clause, the last one also as the beginning of a word.
    fn strict(&self) -> Result<BooleanQuery> {
        let mut all = vec![(Occur::Must, self.filter())];
        let last = self.question.clauses.len() - 1;
        for (index, clause) in self.question.clauses.iter().enumerate() {
            let is_open = self.question.is_open && index == last;
            all.push((Occur::Must, self.clause(clause, is_open)?));
        }
        Ok(BooleanQuery::new(all))
    }

    /// Half of the clauses, each with a slip.
    fn loose(&self) -> Result<BooleanQuery> {
        let mut any = Vec::new();
        let last = self.question.clauses.len() - 1;
        for (index, clause) in self.question.clauses.iter().enumerate() {
            let is_open = self.question.is_open && index == last;
            any.push(self.slipped(clause, index < SLIPS, is_open)?);
        }
        let enough = any.len().div_ceil(2);
        let any: Node = Box::new(BooleanQuery::union_with_minimum_required_clauses(any, enough));
        Ok(BooleanQuery::new(vec![(Occur::Must, self.filter()), (Occur::Must, any)]))
    }

    /// The wall of the workspace and the kinds, without weight.
    fn filter(&self) -> Node {
        let fields = self.index.fields;
        let workspace = &self.query.workspace;
        let term = |term: Term| -> Node { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) };
        let all = Kind::ALL.iter().all(|kind| self.query.kinds.contains(kind));
        let inner = if all {
            term(fields.workspace_term(workspace))
        } else {
            union(self.query.kinds.iter().map(|kind| term(fields.scope_term(workspace, *kind))).collect())
        };
        Box::new(ConstScoreQuery::new(inner, 0.0))
    }

    fn clause(&self, clause: &Clause, is_open: bool) -> Result<Node> {
        let fields = self.index.fields;
        Ok(match clause {
            Clause::Word { word, stem } => {
                let exact = scored(fields.stems, stem);
                if is_open { self.with_beginnings(exact, fields.words, word)? } else { exact }
            }
            Clause::Phrase(words) => sequence(fields.words, words),
            Clause::Unspaced(pairs) => sequence(fields.pairs, pairs),
            Clause::Code { code, words } => {
                let whole: Node = Box::new(BoostQuery::new(scored(fields.codes, code), 2.0));
                let whole = if is_open { self.with_beginnings(whole, fields.codes, code)? } else { whole };
                if words.is_empty() { whole } else { union(vec![whole, sequence(fields.words, words)]) }
            }
        })
    }

    /// The clause, and what may stand for it: words of a code or phrase, a word one slip away.
    fn slipped(&self, clause: &Clause, may_slip: bool, is_open: bool) -> Result<Node> {
        let words = self.index.fields.words;
        let mut any = vec![self.clause(clause, is_open)?];
        match clause {
            Clause::Word { word, .. } if may_slip && self.is_unknown(word)? => {
                let fuzzy = FuzzyTermQuery::new(Term::from_field_text(words, word), 1, true);
                any.push(Box::new(ConstScoreQuery::new(Box::new(fuzzy), 0.5)));
            }
            Clause::Code { words: inner, .. } | Clause::Phrase(inner) => {
                any.extend(inner.iter().take(SLIPS).map(|word| scored(words, word)));
            }
            _ => {}
        }
        Ok(union(any))
    }

    /// True for a word worth correcting: long enough, no number, in no text at all.
    fn is_unknown(&self, word: &str) -> Result<bool> {
        if word.chars().count() < 4 || word.chars().all(|c| c.is_ascii_digit()) {
            return Ok(false);
        }
        Ok(self.view.searcher.doc_freq(&Term::from_field_text(self.index.fields.words, word))? == 0)
    }

    /// `exact`, or a term that begins with `start`.
    fn with_beginnings(&self, exact: Node, field: Field, start: &str) -> Result<Node> {
        if start.chars().count() < 2 {
            return Ok(exact);
        }
        let mut any = vec![exact];
        for term in beginnings(&self.view.searcher, field, start, &|_| Ok(true))? {
            any.push(Box::new(ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.5)));
        }
        Ok(union(any))
    }

    /// The first `wanted` owners; asks for more matches while one owner takes many of them.
    fn collect(&self, tree: &BooleanQuery, wanted: usize) -> Result<Vec<Hit>> {
        let mut count = wanted * 2;
        loop {
            let matches = self.view.searcher.search(tree, &TopDocs::with_limit(count).order_by_score())?;
            let exhausted = matches.len() < count || count >= MAX_HITS * 8;
            let hits = self.grouped(matches, wanted);
            if hits.len() >= wanted || exhausted {
                return Ok(hits);
            }
            count *= 4;
        }
    }

    fn grouped(&self, matches: Vec<(Score, tantivy::DocAddress)>, wanted: usize) -> Vec<Hit> {
        let mut seen = HashSet::new();
        let mut hits = Vec::new();
        for (score, address) in matches {
            let Some(place) = self.view.place(address) else { continue };
            if seen.insert(place.owner) {
                hits.push(Hit { owner: place.owner, part: place.part, kind: place.kind, stamp: place.stamp, score });
            }
            if hits.len() == wanted {
                break;
            }
        }
        hits
    }
}

/// One term by BM25.
pub(crate) fn scored(field: Field, text: &str) -> Node {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// Terms in this order; one term is just itself.
pub(crate) fn sequence(field: Field, texts: &[String]) -> Node {
    match texts {
        [single] => scored(field, single),
        _ => Box::new(PhraseQuery::new(texts.iter().map(|text| Term::from_field_text(field, text)).collect())),
    }
}

/// Any of the nodes.
pub(crate) fn union(mut nodes: Vec<Node>) -> Node {
    match nodes.pop() {
        Some(single) if nodes.is_empty() => single,
        Some(last) => {
            nodes.push(last);
            Box::new(BooleanQuery::union(nodes))
        }
        None => Box::new(tantivy::query::EmptyQuery),
    }
}
