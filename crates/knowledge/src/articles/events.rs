//! What happens to articles, as events: ids, enums, numbers and times; the words stay in the versions.

use base::Result;
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::access::Audience;
use trust::log::{NewEvent, record};

use super::article::Article;

/// The facts of a change of an article.
#[derive(Default, Serialize)]
pub(crate) struct Facts<'f> {
    /// The names of the fields that changed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub changed: &'f [&'static str],
    /// The status before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<super::words::ArticleStatus>,
    /// The status after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<super::words::ArticleStatus>,
    /// The language of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<&'f str>,
    /// The number of the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// When it is to be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<base::Time>,
}

/// Records an event about an article whose version is already the one after it. Staff see it.
pub(crate) fn tell(tx: &mut Tx<'_>, cx: &Cx, article: &Article, kind: &'static str, facts: &Facts<'_>) -> Result<()> {
    let at = cx.env().now();
    record(tx, cx, &[NewEvent::new(kind, article.id.uuid(), article.version, at, Audience::staff(), facts)])
}
