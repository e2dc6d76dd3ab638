//! One committed state of the index as searches see it, with the columns that lead from a
//! match to its row opened once per segment.

use tantivy::columnar::Column;
use tantivy::{DocAddress, IndexReader, Searcher, SegmentReader};

use crate::Result;
use crate::document::{Id, Kind};
use crate::fields::{COLUMNS, joined};
use crate::store::Viewed;

/// A searcher and its columns.
pub(crate) struct View {
    pub searcher: Searcher,
    columns: Vec<[Column<u64>; 6]>,
}

/// Where a match leads.
pub(crate) struct Place {
    pub owner: Id,
    pub part: Id,
    pub kind: Kind,
    pub stamp: i64,
}

impl Viewed for View {
    fn load(reader: &IndexReader) -> Result<View> {
        reader.reload()?;
        let searcher = reader.searcher();
        let columns = searcher.segment_readers().iter().map(open).collect::<Result<Vec<_>>>()?;
        Ok(View { searcher, columns })
    }

    fn searcher(&self) -> &Searcher {
        &self.searcher
    }
}

impl View {
    /// The row behind a match.
    pub(crate) fn place(&self, address: DocAddress) -> Option<Place> {
        let columns = self.columns.get(address.segment_ord as usize)?;
        let [owner_high, owner_low, part_high, part_low, kind, stamp] =
            columns.each_ref().map(|column| column.first(address.doc_id));
        Some(Place {
            owner: joined(owner_high?, owner_low?),
            part: joined(part_high?, part_low?),
            kind: Kind::from_code(kind?)?,
            stamp: i64::try_from(stamp?).ok()?,
        })
    }
}

fn open(segment: &SegmentReader) -> Result<[Column<u64>; 6]> {
    let fast = segment.fast_fields();
    let [a, b, c, d, e, f] = COLUMNS;
    Ok([fast.u64(a)?, fast.u64(b)?, fast.u64(c)?, fast.u64(d)?, fast.u64(e)?, fast.u64(f)?])
}
