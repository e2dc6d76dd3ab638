//! Preparing a body before its transaction: safe HTML and a preview, derived from the source that is kept.
//! Rule: plain text costs nothing but a preview; markup is cleaned off the database threads.

use base::text::Block;
use base::{Code, Kind, Result};

use super::words::BodyFormat;

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;
/// A body as it comes in.
pub type BodyText = Block<BODY_LIMIT>;

/// The body could not be prepared.
static BODY_NOT_PREPARED: Code =
    Code::new(Kind::Unavailable, "body_not_prepared", "The text could not be prepared.", "Try again in a moment.");

/// A body that is ready to be stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) source: String,
    pub(crate) format: BodyFormat,
    pub(crate) html: Option<String>,
    pub(crate) preview: String,
}

impl Prepared {
    /// Prepares a plain text, which needs no cleaning.
    pub fn text(source: String) -> Prepared {
        let preview = redact::preview(&source, 140);
        Prepared { source, format: BodyFormat::Text, html: None, preview }
    }

    /// Prepares a body; markup is cleaned on a thread that may block.
    pub async fn new(source: String, format: BodyFormat) -> Result<Prepared> {
        if format == BodyFormat::Text {
            return Ok(Prepared::text(source));
        }
        tokio::task::spawn_blocking(move || Prepared::markup(source, format))
            .await
            .map_err(|error| BODY_NOT_PREPARED.error().caused_by(error))
    }

    /// The text as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text as it was written; nothing of a sealed one.
    pub fn open_text(&self) -> &str {
        if self.format == BodyFormat::Sealed { "" } else { &self.source }
    }

    /// Prepares markup on this thread.
    pub fn markup(source: String, format: BodyFormat) -> Prepared {
        let Some(kind) = kind(format) else {
            return Prepared { source, format, html: None, preview: "🔒".to_owned() };
        };
        let safe = redact::derive(&source, kind);
        let preview = redact::preview(&safe.text, 140);
        Prepared { source, format, html: Some(safe.html), preview }
    }
}

/// The safe HTML of a stored body: plain text is derived when read, markup as stored unless the sanitiser moved on.
pub(crate) fn html(source: &str, format: BodyFormat, stored: Option<String>, sanitiser: i64) -> String {
    match (kind(format), stored) {
        (None, _) => String::new(),
        (Some(_), Some(html)) if sanitiser == redact::SANITISER_VERSION => html,
        (Some(kind), _) => redact::derive(source, kind).html,
    }
}

fn kind(format: BodyFormat) -> Option<redact::Format> {
    match format {
        BodyFormat::Text => Some(redact::Format::Text),
        BodyFormat::Markdown => Some(redact::Format::Markdown),
        BodyFormat::Html => Some(redact::Format::Html),
        BodyFormat::Sealed => None,
    }
}
