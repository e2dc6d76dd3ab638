//! The schema: which readings of a text are kept, and the ids beside them.

use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use crate::document::{Document, Id, Kind};
use crate::words;

/// Raise it when the schema or the readings change: older indexes are thrown away and filled again.
pub(crate) const VERSION: &str = "2";

/// What of a body is indexed, in bytes.
const LONGEST_BODY: usize = 256 * 1024;

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Workspace, and workspace with kind: the filters.
    pub workspace: Field,
    pub scope: Field,
    /// Workspace with owner or part: what changes aim at.
    pub owner_key: Field,
    pub part_key: Field,
    /// Readings of the text.
    pub stems: Field,
    pub words: Field,
    pub codes: Field,
    pub pairs: Field,
    columns: [Field; 6],
}

/// Columns that lead from a match back to its row.
pub(crate) const COLUMNS: [&str; 6] = ["owner_high", "owner_low", "part_high", "part_low", "kind", "stamp"];

impl Fields {
    /// The schema and its fields.
    pub(crate) fn build() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let key = || BytesOptions::default().set_indexed();
        let text = |reading: &str, option: IndexRecordOption| {
            let indexing = TextFieldIndexing::default().set_tokenizer(reading).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = Fields {
            workspace: schema.add_bytes_field("workspace", key()),
            scope: schema.add_bytes_field("scope", key()),
            owner_key: schema.add_bytes_field("owner_key", key()),
            part_key: schema.add_bytes_field("part_key", key()),
            stems: schema.add_text_field("stems_en", text(words::STEMS, IndexRecordOption::WithFreqs)),
            words: schema.add_text_field("words", text(words::WORDS, IndexRecordOption::WithFreqsAndPositions)),
            codes: schema.add_text_field("codes", text(words::CODES, IndexRecordOption::Basic)),
            pairs: schema.add_text_field("pairs", text(words::PAIRS, IndexRecordOption::WithFreqsAndPositions)),
            columns: COLUMNS.map(|name| schema.add_u64_field(name, NumericOptions::from(FAST))),
        };
        (schema.build(), fields)
    }

    /// The index's form of a document.
    pub(crate) fn write(&self, document: &Document) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_bytes(self.workspace, &document.workspace);
        out.add_bytes(self.scope, &scope(&document.workspace, document.kind));
        out.add_bytes(self.owner_key, &joined_key(&document.workspace, &document.owner));
        out.add_bytes(self.part_key, &joined_key(&document.workspace, &document.part));
        // The title stands twice among the stems: that is its weight.
        self.text(&mut out, &document.title, &[self.stems, self.stems, self.words, self.codes]);
        self.text(&mut out, words::cut(&document.body, LONGEST_BODY), &[self.stems, self.words, self.codes]);
        let (owner, part) = (halves(&document.owner), halves(&document.part));
        let stamp = u64::try_from(document.stamp).unwrap_or(0);
        let values = [owner.0, owner.1, part.0, part.1, u64::from(document.kind.code()), stamp];
        for (field, value) in self.columns.into_iter().zip(values) {
            out.add_u64(field, value);
        }
        out
    }

    fn text(&self, out: &mut TantivyDocument, text: &str, fields: &[Field]) {
        if text.is_empty() {
            return;
        }
        for field in fields {
            out.add_text(*field, text);
        }
        if words::has_unspaced(text) {
            out.add_text(self.pairs, text);
        }
    }

    /// The term that every part of an owner carries.
    pub(crate) fn owner_term(&self, workspace: &Id, owner: &Id) -> Term {
        Term::from_field_bytes(self.owner_key, &joined_key(workspace, owner))
    }

    /// The term of one part.
    pub(crate) fn part_term(&self, workspace: &Id, part: &Id) -> Term {
        Term::from_field_bytes(self.part_key, &joined_key(workspace, part))
    }

    /// The term of everything in a workspace.
    pub(crate) fn workspace_term(&self, workspace: &Id) -> Term {
        Term::from_field_bytes(self.workspace, workspace)
    }

    /// The term of one kind in a workspace.
    pub(crate) fn scope_term(&self, workspace: &Id, kind: Kind) -> Term {
        Term::from_field_bytes(self.scope, &scope(workspace, kind))
    }
}

/// An id behind its workspace.
pub(crate) fn joined_key(workspace: &Id, id: &Id) -> Vec<u8> {
    [workspace.as_slice(), id.as_slice()].concat()
}

fn scope(workspace: &Id, kind: Kind) -> Vec<u8> {
    [workspace.as_slice(), &[kind.code()]].concat()
}

/// An id as two numbers.
pub(crate) fn halves(id: &Id) -> (u64, u64) {
    let whole = u128::from_be_bytes(*id);
    ((whole >> 64) as u64, whole as u64)
}

/// The id that two halves came from.
pub(crate) fn joined(high: u64, low: u64) -> Id {
    ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
}
