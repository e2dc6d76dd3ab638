//! Turns what a person sent into something safe to show.
//! The source is always kept; what is derived here carries a version and can be derived
//! again at any time. No input may run script, fetch anything by itself, or cost more than
//! its size allows.

mod article;
mod finish;
mod html;
mod line;
mod markdown;
mod plain;
mod rehearsal;
mod tag;
mod text;

pub use line::{BadText, check_text, clean_line, preview};

/// Version of the rules below. Raise it with every change of what they let through, so that
/// stored renderings are recognised as old and derived again.
pub const SANITISER_VERSION: i64 = 1;

/// The most of a source that is rendered, in bytes; the rest stays in the source only.
pub const MAX_RENDERED: usize = 2 * 1024 * 1024;

/// How the source of a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text: paragraphs, line breaks and bare links.
    Text,
    /// CommonMark with tables, strikethrough and task lists; HTML in it is shown, not used.
    Markdown,
    /// HTML as mail programs send it.
    Html,
    /// Markdown of an article by our own staff: HTML in it counts, pictures are shown, headings have anchors.
    Article,
}

/// What may be shown of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Safe {
    /// An HTML fragment that is safe to insert into a page.
    pub html: String,
    /// The same as plain text, for search, previews and notifications.
    pub text: String,
}

/// Derives the safe rendering of `source`. Never fails: what cannot be rendered within the
/// limits is shown as escaped text.
pub fn derive(source: &str, format: Format) -> Safe {
    let source = text::cut(source, MAX_RENDERED);
    match format {
        Format::Text => text::derive(source),
        Format::Markdown => markdown::derive(source),
        Format::Html => html::derive(source),
        Format::Article => article::derive(source),
    }
}
