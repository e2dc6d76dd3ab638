//! Articles: what we tell people before they ask.
//! An article is written in one language and translated into others; each text has versions that never change, a head
//! and a live one. It goes from draft through review to published, and is archived. Invariants: `version` grows by one
//! with every event; readers see live versions only; nothing is read but through a `Sight`.

mod article;
mod body;
mod deleting;
pub mod diff;
mod events;
pub mod front;
pub mod images;
mod importing;
pub mod linking;
mod listing;
mod live_locales;
mod locales;
mod packing;
mod publishing;
mod reading;
mod relating;
mod routes;
mod shapes;
mod sight;
mod slugs;
mod tagging;
mod tags;
mod text;
mod text_routes;
mod titles;
mod translating;
mod versions;
mod words;
mod writing;

pub use article::Article;
pub use body::{BODY_LIMIT, BodyText, Excerpt, Prepared, Title};
pub use deleting::{ARTICLE_PUBLISHED, delete};
pub use importing::{BAD_ARTICLE, ImportedArticle, ImportedImage, PASSES, import_lines, pass_of};
pub use listing::query as list_query;
pub use listing::{Filter, list};
pub use locales::{Locale, closest, direction, language};
pub use packing::{Packed, pack};
pub use publishing::{SCHEDULE_IN_PAST, schedule, set_status, unschedule};
pub use reading::{Live, Shelf, is_shelved, shelf_query};
pub use relating::{UNKNOWN_RELATED, context_names, place, relate};
pub use sight::Sight;
pub use slugs::{SLUG_TAKEN, slug_of};
pub use text::{ArticleText, Version};
pub use translating::{SOURCE_TEXT, Translating, translate, untranslate};
pub use versions::query as version_query;
pub use versions::roll_back;
pub use words::{ArticleStatus, Audience, OpenTo, Visibility};
pub use writing::{
    ARTICLE_EXTERNAL_ID_TAKEN, Changes, UNKNOWN_ARTICLE_CATEGORY, UNKNOWN_OWNER, Writing, create, patch,
};

pub(crate) use article::gone;
pub(crate) use body::{Pictures, with_addresses};
pub(crate) use live_locales::has_locale;
pub(crate) use publishing::PUBLISH;
pub(crate) use reading::{by_old_slug, live_all, resolve};
pub(crate) use relating::{in_context, related_to};
pub(crate) use routes::operations;
pub(crate) use shapes::{ArticleOut, article_outs};
pub(crate) use tagging::tags_of;
pub(crate) use titles::{Titled, titled_many};
pub(crate) use writing::mark_reviewed;

/// The codes of this slice.
pub static CODES: &[&base::Code] = &[
    &ARTICLE_EXTERNAL_ID_TAKEN,
    &UNKNOWN_ARTICLE_CATEGORY,
    &UNKNOWN_OWNER,
    &SLUG_TAKEN,
    &SOURCE_TEXT,
    &SCHEDULE_IN_PAST,
    &ARTICLE_PUBLISHED,
    &UNKNOWN_RELATED,
    &BAD_ARTICLE,
    &images::NOT_A_PICTURE,
];

/// The language an article was written in; it was checked when it was stored.
pub(crate) fn locale_of(article: &Article) -> Locale {
    Locale::stored(&article.source_locale)
}
