//! One committed state of the articles as searches see it: columns opened once per segment, and which of the facts in
//! them a reader may see.

use tantivy::columnar::{BytesColumn, Column};
use tantivy::{DocAddress, DocId, IndexReader, Searcher, SegmentReader};

use crate::articles::article::Filter;
use crate::articles::fields::{COLUMNS, FACTS, unpacked};
use crate::document::Id;
use crate::fields::joined;
use crate::store::Viewed;
use crate::{Error, Result};

/// A searcher and its columns.
pub(crate) struct ArticleView {
    pub searcher: Searcher,
    segments: Vec<Columns>,
}

struct Columns {
    facts: BytesColumn,
    rows: [Column<u64>; 6],
}

/// Where a match leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub article: Id,
    pub translation: Id,
    pub passage: u32,
    pub stamp: i64,
}

/// The facts of one segment that a filter admits, by their numbers in its dictionary.
pub(crate) struct Admitted<'a> {
    ords: &'a Column<u64>,
    admitted: Vec<bool>,
}

impl Viewed for ArticleView {
    fn load(reader: &IndexReader) -> Result<ArticleView> {
        reader.reload()?;
        let searcher = reader.searcher();
        let segments = searcher.segment_readers().iter().map(open).collect::<Result<Vec<_>>>()?;
        Ok(ArticleView { searcher, segments })
    }

    fn searcher(&self) -> &Searcher {
        &self.searcher
    }
}

impl ArticleView {
    /// The row behind a match.
    pub(crate) fn place(&self, address: DocAddress) -> Option<Place> {
        let columns = self.segments.get(address.segment_ord as usize)?;
        let [article_high, article_low, translation_high, translation_low, passage, stamp] =
            columns.rows.each_ref().map(|column| column.first(address.doc_id));
        Some(Place {
            article: joined(article_high?, article_low?),
            translation: joined(translation_high?, translation_low?),
            passage: u32::try_from(passage?).ok()?,
            stamp: i64::try_from(stamp?).ok()?,
        })
    }

    /// What of a segment a reader may find. The dictionary is sorted and facts begin with their workspace, so that only
    /// this workspace's are looked at: a handful, whatever the number of articles.
    pub(crate) fn admitted(&self, segment: usize, workspace: &Id, filter: &Filter<'_>) -> Result<Admitted<'_>> {
        let columns = self.segments.get(segment).ok_or_else(|| Error::Broken("a segment is missing".into()))?;
        let mut admitted = Vec::new();
        let mut stream = columns.facts.dictionary().range().ge(workspace).into_stream()?;
        while stream.advance() && stream.key().starts_with(workspace) {
            if unpacked(stream.key()).is_some_and(|facts| filter.admits(&facts)) {
                let ord = usize::try_from(stream.term_ord()).unwrap_or(usize::MAX);
                admitted.resize(ord.saturating_add(1), false);
                admitted.last_mut().into_iter().for_each(|last| *last = true);
            }
        }
        Ok(Admitted { ords: columns.facts.ords(), admitted })
    }
}

impl Admitted<'_> {
    /// True when nothing of the segment may be found.
    pub(crate) fn is_empty(&self) -> bool {
        self.admitted.is_empty()
    }

    /// True when the passage may be found.
    pub(crate) fn has(&self, doc: DocId) -> bool {
        let ord = self.ords.first(doc).and_then(|ord| usize::try_from(ord).ok());
        ord.and_then(|ord| self.admitted.get(ord)).copied().unwrap_or(false)
    }
}

fn open(segment: &SegmentReader) -> Result<Columns> {
    let fast = segment.fast_fields();
    let [a, b, c, d, e, f] = COLUMNS;
    let rows = [fast.u64(a)?, fast.u64(b)?, fast.u64(c)?, fast.u64(d)?, fast.u64(e)?, fast.u64(f)?];
    let facts = fast.bytes(FACTS)?.unwrap_or_else(|| BytesColumn::empty(segment.max_doc()));
    Ok(Columns { facts, rows })
}
