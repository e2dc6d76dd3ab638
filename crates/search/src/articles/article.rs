//! What goes into the index of articles: one translation with its facts; its body is split into passages here.

use crate::document::Id;

/// One translation of an article as it is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The workspace it belongs to; no search of another one finds it.
    pub workspace: Id,
    /// What a hit leads to; hits are grouped by it.
    pub article: Id,
    /// The row behind it; unique in the workspace, may be the article's own id.
    pub translation: Id,
    /// What filters look at.
    pub facts: Facts,
    /// The title, which weighs more than the body.
    pub title: String,
    /// Tags, names and old titles that should lead here; may be empty.
    pub keywords: String,
    /// The Markdown source; what exceeds 5 MB or 400 passages is not indexed.
    pub body: String,
    /// When it was written, microseconds since 1970 UTC.
    pub stamp: i64,
}

/// What filters look at. The codes, each below 32, are the owner's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Facts {
    /// For whom it is written.
    pub audience: u8,
    /// Who may open it.
    pub visibility: u8,
    /// Draft, published, archived …
    pub status: u8,
    /// BCP 47, such as `en` or `pt-BR`; decides how words are reduced to stems.
    pub locale: String,
    /// Its category.
    pub category: Option<Id>,
}

/// A change of the index. Applying the same change twice leaves the same index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArticleChange {
    /// Adds the translation or replaces what stood there.
    Put(Box<Article>),
    /// Takes out one translation.
    RemoveTranslation {
        /// Its workspace.
        workspace: Id,
        /// The translation.
        translation: Id,
    },
    /// Takes out every translation of an article.
    RemoveArticle {
        /// Its workspace.
        workspace: Id,
        /// The article.
        article: Id,
    },
    /// Takes out everything of a workspace.
    RemoveWorkspace {
        /// The workspace.
        workspace: Id,
    },
}

/// A set of codes below 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Codes(u32);

impl Codes {
    /// Every code.
    pub const ALL: Codes = Codes(u32::MAX);
    /// No code at all.
    pub const NONE: Codes = Codes(0);

    /// These codes; those of 32 and more are left out.
    pub fn of(codes: &[u8]) -> Codes {
        Codes(codes.iter().filter_map(|code| 1_u32.checked_shl(u32::from(*code))).fold(0, |all, bit| all | bit))
    }

    /// True when the code is one of them.
    pub fn has(self, code: u8) -> bool {
        1_u32.checked_shl(u32::from(code)).is_some_and(|bit| self.0 & bit != 0)
    }
}

/// What a reader may see and wants to see. Both legs look at it before anything counts as found.
#[derive(Debug, Clone)]
pub struct Filter<'a> {
    /// Audiences.
    pub audiences: Codes,
    /// Visibilities.
    pub visibilities: Codes,
    /// Statuses.
    pub statuses: Codes,
    /// Locales; empty means any.
    pub locales: &'a [String],
    /// Categories; `None` means any, and an article without one.
    pub categories: Option<&'a [Id]>,
}

impl Filter<'_> {
    /// True when an article of these facts may be found.
    pub fn admits(&self, facts: &Facts) -> bool {
        let in_category = |wanted: &[Id]| facts.category.is_some_and(|category| wanted.contains(&category));
        self.audiences.has(facts.audience)
            && self.visibilities.has(facts.visibility)
            && self.statuses.has(facts.status)
            && (self.locales.is_empty() || self.locales.contains(&facts.locale))
            && self.categories.is_none_or(in_category)
    }
}
