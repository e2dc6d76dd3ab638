//! Which words a reader may know of: those of passages they may find. The dictionary is one of everybody's texts, so that
//! a word out of it stands for a typed one only after it was met in such a passage.
//! Rule: what cannot be told with bounded work counts as unknown, which costs a guess and never tells one.

use std::cell::Cell;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

use crate::Result;
use crate::articles::view::{Admission, ArticleView};

/// Passages that are looked at for one word, and for all words of a question.
const STEPS: usize = 1_000;
const ALL_STEPS: usize = 10_000;

/// The words of the passages that a reader may find.
pub(crate) struct KnownWords<'a> {
    view: &'a ArticleView,
    admission: &'a Admission<'a>,
    workspace: Term,
    left: Cell<usize>,
}

impl<'a> KnownWords<'a> {
    /// The words of a workspace, as far as they are admitted.
    pub(crate) fn new(view: &'a ArticleView, admission: &'a Admission<'a>, workspace: Term) -> KnownWords<'a> {
        KnownWords { view, admission, workspace, left: Cell::new(ALL_STEPS) }
    }

    /// In how many passages that the reader may find a term is, counted up to `most`.
    pub(crate) fn count(&self, term: &Term, most: u32) -> Result<u32> {
        let allowed = self.left.get().min(STEPS);
        let (mut found, mut steps) = (0, 0);
        for (ord, segment) in (0..).zip(self.view.searcher.segment_readers()) {
            let Some(admitted) = self.admission.of(ord) else { continue };
            let basic = IndexRecordOption::Basic;
            let Some(mut having) = segment.inverted_index(term.field())?.read_postings(term, basic)? else { continue };
            let own = segment.inverted_index(self.workspace.field())?.read_postings(&self.workspace, basic)?;
            let Some(mut own) = own else { continue };
            let alive = segment.alive_bitset();
            // Each leaps to where the other stands, so that neither is read wholly when the other is short.
            while having.doc() != TERMINATED && steps < allowed && found < most {
                steps += 1;
                let doc = having.doc();
                let next = if own.doc() < doc { own.seek(doc) } else { own.doc() };
                if next == TERMINATED {
                    break;
                }
                if next > doc {
                    having.seek(next);
                    continue;
                }
                found += u32::from(alive.is_none_or(|alive| alive.is_alive(doc)) && admitted.has(doc));
                having.advance();
            }
        }
        self.left.set(self.left.get().saturating_sub(steps));
        Ok(found)
    }

    /// Whether a term is in any passage that the reader may find.
    pub(crate) fn has(&self, term: &Term) -> Result<bool> {
        self.count(term, 1).map(|found| found > 0)
    }
}
