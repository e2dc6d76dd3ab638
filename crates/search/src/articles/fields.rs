//! The schema of articles: which readings of a passage are kept, and what leads from a match back to its row.
//! One document is one passage; its title stands in each, so that words of both may answer together.

use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::PreTokenizedString;
use tantivy::{TantivyDocument, Term};

use crate::articles::article::{Article, Facts};
use crate::articles::language;
use crate::articles::passage::{Passage, passages};
use crate::document::Id;
use crate::fields::{halves, joined_key};
use crate::words;

/// Raise it when the schema, the readings or the cutting of passages change.
pub(crate) const VERSION: &str = "articles-1";

/// Columns that lead from a match back to its row.
pub(crate) const COLUMNS: [&str; 6] =
    ["article_high", "article_low", "translation_high", "translation_low", "passage", "stamp"];
/// The column of facts.
pub(crate) const FACTS: &str = "facts";

/// Bytes of a title and of keywords that are indexed.
const LONGEST_TITLE: usize = 2_000;

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArticleFields {
    pub workspace: Field,
    pub article_key: Field,
    pub translation_key: Field,
    facts: Field,
    /// Stems of title and keywords.
    pub title: Field,
    /// Stems of everything: title, keywords, headings, text.
    pub body: Field,
    /// The same folded only, in order.
    pub words: Field,
    pub codes: Field,
    pub pairs: Field,
    columns: [Field; 6],
}

impl ArticleFields {
    /// The schema and its fields.
    pub(crate) fn build() -> (Schema, ArticleFields) {
        let mut schema = Schema::builder();
        let key = || BytesOptions::default().set_indexed();
        let text = |reading: &str, option: IndexRecordOption| {
            let indexing = TextFieldIndexing::default().set_tokenizer(reading).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = ArticleFields {
            workspace: schema.add_bytes_field("workspace", key()),
            article_key: schema.add_bytes_field("article_key", key()),
            translation_key: schema.add_bytes_field("translation_key", key()),
            facts: schema.add_bytes_field(FACTS, BytesOptions::default().set_fast()),
            title: schema.add_text_field("title", text(words::STEMS, IndexRecordOption::WithFreqs)),
            body: schema.add_text_field("body", text(words::STEMS, IndexRecordOption::WithFreqs)),
            words: schema.add_text_field("words", text(words::WORDS, IndexRecordOption::WithFreqsAndPositions)),
            codes: schema.add_text_field("codes", text(words::CODES, IndexRecordOption::Basic)),
            pairs: schema.add_text_field("pairs", text(words::PAIRS, IndexRecordOption::WithFreqsAndPositions)),
            columns: COLUMNS.map(|name| schema.add_u64_field(name, NumericOptions::from(FAST))),
        };
        (schema.build(), fields)
    }

    /// The index's form of an article: a document per passage, and one for a title without a body.
    pub(crate) fn write(&self, article: &Article) -> Vec<TantivyDocument> {
        let mut found = passages(&article.body);
        if found.is_empty() {
            found.push(Passage::default());
        }
        let title = words::cut(&article.title, LONGEST_TITLE);
        let keywords = words::cut(&article.keywords, LONGEST_TITLE);
        let title = if keywords.is_empty() { title.to_owned() } else { format!("{title}\n{keywords}") };
        let beginning = found.first().map(|passage| passage.text.as_str()).unwrap_or_default();
        let language = language::of_article(&article.facts.locale, beginning);
        (0..).zip(&found).map(|(at, passage)| self.document(article, language, &title, at, passage)).collect()
    }

    fn document(&self, article: &Article, language: &str, title: &str, at: u64, passage: &Passage) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        let workspace = &article.workspace;
        out.add_bytes(self.workspace, workspace);
        out.add_bytes(self.article_key, &joined_key(workspace, &article.article));
        out.add_bytes(self.translation_key, &joined_key(workspace, &article.translation));
        out.add_bytes(self.facts, &packed(workspace, &article.facts));
        out.add_pre_tokenized_text(self.title, stemmed(language, title));
        for text in [title, &passage.heading, &passage.text] {
            self.text(&mut out, language, text);
        }
        let (owner, part) = (halves(&article.article), halves(&article.translation));
        let stamp = u64::try_from(article.stamp).unwrap_or(0);
        for (field, value) in self.columns.into_iter().zip([owner.0, owner.1, part.0, part.1, at, stamp]) {
            out.add_u64(field, value);
        }
        out
    }

    fn text(&self, out: &mut TantivyDocument, language: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        out.add_pre_tokenized_text(self.body, stemmed(language, text));
        out.add_text(self.words, text);
        out.add_text(self.codes, text);
        if words::has_unspaced(text) {
            out.add_text(self.pairs, text);
        }
    }

    /// The term that every passage of an article carries.
    pub(crate) fn article_term(&self, workspace: &Id, article: &Id) -> Term {
        Term::from_field_bytes(self.article_key, &joined_key(workspace, article))
    }

    /// The term that every passage of a translation carries.
    pub(crate) fn translation_term(&self, workspace: &Id, translation: &Id) -> Term {
        Term::from_field_bytes(self.translation_key, &joined_key(workspace, translation))
    }

    /// The term of everything in a workspace.
    pub(crate) fn workspace_term(&self, workspace: &Id) -> Term {
        Term::from_field_bytes(self.workspace, workspace)
    }
}

fn stemmed(language: &str, text: &str) -> PreTokenizedString {
    // The text itself is not stored, so only its terms are handed over.
    PreTokenizedString { text: String::new(), tokens: language::stems(language, text) }
}

/// Facts behind their workspace, as the column holds them.
pub(crate) fn packed(workspace: &Id, facts: &Facts) -> Vec<u8> {
    let mut out = workspace.to_vec();
    out.extend([facts.audience, facts.visibility, facts.status, u8::from(facts.category.is_some())]);
    out.extend(facts.category.unwrap_or_default());
    out.extend(facts.locale.as_bytes());
    out
}

/// The facts that `packed` wrote, without their workspace.
pub(crate) fn unpacked(bytes: &[u8]) -> Option<Facts> {
    let (_, rest) = bytes.split_first_chunk::<16>()?;
    let ([audience, visibility, status, has_category], rest) = rest.split_first_chunk::<4>()?;
    let (category, locale) = rest.split_first_chunk::<16>()?;
    Some(Facts {
        audience: *audience,
        visibility: *visibility,
        status: *status,
        locale: std::str::from_utf8(locale).ok()?.to_owned(),
        category: (*has_category == 1).then_some(*category),
    })
}
