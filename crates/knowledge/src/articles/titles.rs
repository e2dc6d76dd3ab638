//! Articles as a line of a list shows them: title, excerpt and address of the live text in the wanted language, or in the
//! one it was written in. Rule: a list reads no body.

use std::collections::HashMap;

use base::Result;
use db::{Query, Row, Tx};
use trust::Cx;

use super::locales::{Locale, language};
use super::sight::Sight;
use crate::nouns::ArticleId;

/// Articles read in one query.
const HANDFUL: usize = 200;

/// What a list shows of a live article.
#[derive(Clone, Debug)]
pub(crate) struct Titled {
    /// The article.
    pub id: ArticleId,
    /// Its id in another system.
    pub external_id: Option<String>,
    /// The language of the text.
    pub locale: Locale,
    /// Its address in that language.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// A sentence of it.
    pub excerpt: String,
    source_locale: String,
}

fn read(row: &Row<'_>) -> Result<Titled> {
    Ok(Titled {
        id: row.get(0)?,
        external_id: row.get(1)?,
        source_locale: row.get(2)?,
        locale: row.get(3)?,
        slug: row.get(4)?,
        title: row.get(5)?,
        excerpt: row.get(6)?,
    })
}

/// Live articles in the order of `ids`, each once: in the wanted language, else a close one, else its own.
pub(crate) fn titled_many(
    tx: &mut Tx<'_>,
    cx: &Cx,
    sight: Sight,
    ids: &[ArticleId],
    locale: Option<&str>,
) -> Result<Vec<Titled>> {
    let mut found: Vec<Titled> = Vec::new();
    for some in ids.chunks(HANDFUL) {
        let mut query = Query::new(
            "SELECT a.id, a.external_id, a.source_locale, t.locale, t.slug, v.title, v.excerpt FROM article a \
             JOIN article_text t ON t.workspace_id = a.workspace_id AND t.article_id = a.id \
             JOIN article_version v ON v.workspace_id = t.workspace_id AND v.article_id = t.article_id \
             AND v.locale = t.locale AND v.number = t.live WHERE a.workspace_id = ",
        );
        query.bind(cx.workspace()).push(" AND t.workspace_id = ").bind(cx.workspace());
        query.push(" AND v.workspace_id = ").bind(cx.workspace()).push(" AND a.status = 'published' AND a.id IN (");
        query.bind_list(some.iter()).push(")");
        sight.limit(&mut query, "a");
        found.extend(tx.all_of(&query, read)?);
    }
    let places: HashMap<ArticleId, usize> =
        ids.iter().rev().zip((0..ids.len()).rev()).map(|(id, at)| (*id, at)).collect();
    found.sort_by_key(|titled| (places.get(&titled.id).copied(), distance(titled, locale)));
    found.dedup_by_key(|titled| titled.id);
    Ok(found)
}

/// How far a text is from what a reader wants; 0 is the very language.
fn distance(titled: &Titled, wanted: Option<&str>) -> u8 {
    let own = titled.locale.as_str();
    match wanted {
        Some(wanted) if own == wanted => 0,
        Some(wanted) if language(own) == language(wanted) => 1,
        _ if own == titled.source_locale => 2,
        _ => 3,
    }
}
