//! The ids of knowledge.

base::noun! {
    /// An article.
    Article, ArticleId, "art"
}
base::noun! {
    /// A task to look at an article again.
    Review, ReviewId, "rev"
}
base::noun! {
    /// A settled search.
    SearchQuery, QueryId, "qry"
}
base::noun! {
    /// Something people look for and do not find.
    Gap, GapId, "gap"
}
base::noun! {
    /// A group of words that mean the same.
    Synonym, SynonymId, "syn"
}
