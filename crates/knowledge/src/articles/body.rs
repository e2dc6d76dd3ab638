//! What an author writes, prepared before its transaction: safe HTML and an excerpt, derived from the source that is kept.
//! Rule: rendering happens off the database threads, and what is too large is refused before it.

use base::text::{Block, Line};
use base::{Code, Kind, Result};

use crate::nouns::ArticleId;

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// A body as it comes in.
pub type BodyText = Block<BODY_LIMIT>;
/// A title as it comes in.
pub type Title = Line<200>;
/// An excerpt as it comes in.
pub type Excerpt = Line<300>;

/// The text could not be prepared.
static ARTICLE_NOT_PREPARED: Code =
    Code::new(Kind::Unavailable, "article_not_prepared", "The text could not be prepared.", "Try again in a moment.");

/// A text of an article that is ready to be stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) html: String,
    pub(crate) excerpt: String,
}

impl Prepared {
    /// Prepares a text on a thread that may block.
    pub async fn new(title: Title, body: BodyText, excerpt: Option<Excerpt>) -> Result<Prepared> {
        tokio::task::spawn_blocking(move || Prepared::now(title.into(), body.into(), excerpt.map(String::from)))
            .await
            .map_err(|error| ARTICLE_NOT_PREPARED.error().caused_by(error))
    }

    /// Prepares a text on this thread.
    pub fn now(title: String, body: String, excerpt: Option<String>) -> Prepared {
        let safe = redact::derive(&body, redact::Format::Article);
        let excerpt = excerpt.unwrap_or_else(|| redact::preview(&safe.text, 180));
        Prepared { title, body, html: safe.html, excerpt }
    }
}

/// The safe HTML of a stored body, derived again when the sanitiser moved on.
pub(crate) fn html(body: &str, stored: String, sanitiser: i64) -> String {
    if sanitiser == redact::SANITISER_VERSION { stored } else { redact::derive(body, redact::Format::Article).html }
}

/// Where the pictures of an article are shown: readers see those of live articles, staff those of drafts too.
#[derive(Clone, Copy)]
pub(crate) enum Pictures {
    /// At the help centre.
    OfReaders(ArticleId),
    /// At the door of staff, on the page's own origin, because a picture brings no token.
    OfStaff(ArticleId),
}

impl Pictures {
    fn place(self, origin: &str) -> String {
        match self {
            Pictures::OfReaders(article) => format!("{origin}/help/images/{article}/"),
            Pictures::OfStaff(article) => format!("/api/v1/articles/{article}/images/"),
        }
    }
}

/// The same with the addresses that readers of this origin and language use; an empty origin is the page's own.
pub(crate) fn with_addresses(html: &str, origin: &str, locale: &str, pictures: Pictures) -> String {
    if !html.contains("href=\"article:") && !html.contains("src=\"cid:") {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len() + 256);
    let mut rest = html;
    while let Some(at) = rest.find("=\"") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        rest = if let Some(key) = after.strip_prefix("article:").filter(|_| before.ends_with("href=\"")) {
            let (key, tail) = key.split_at(key.find(['"', '#', '?']).unwrap_or(key.len()));
            let key = key.trim_start_matches('/').replace('/', "%2F");
            out.push_str(&format!("{origin}/help/{locale}/to/{key}"));
            tail
        } else if let Some(image) = after.strip_prefix("cid:").filter(|_| before.ends_with("src=\"")) {
            out.push_str(&pictures.place(origin));
            image
        } else {
            after
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_filled_in_and_text_stays() {
        let id = ArticleId::from_uuid(uuid::Uuid::nil());
        let html =
            redact::derive("[a](article:docs/x.md#y) ![b](cid:abc) `=\"article:z`", redact::Format::Article).html;
        let shown = with_addresses(&html, "", "en", Pictures::OfReaders(id));
        assert!(shown.contains("href=\"/help/en/to/docs%2Fx.md#y\""), "{shown}");
        assert!(shown.contains(&format!("src=\"/help/images/{id}/abc\"")), "{shown}");
        assert!(shown.contains("article:z</code>"), "{shown}");
    }
}
