//! The tags of articles, from the same taxonomy as those of tickets.

use std::collections::HashMap;

use base::Result;
use base::text::Line;
use db::{Query, Tx};
use taxonomy::nouns::TagId;
use trust::Cx;

use crate::nouns::ArticleId;

/// Adds tags by name; new names become tags of the workspace.
pub(crate) fn tag(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, names: &[Line<60>]) -> Result<()> {
    for tag in taxonomy::tag_ids(tx, cx, names)? {
        tx.exec(
            "INSERT INTO article_tag (workspace_id, article_id, tag_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&cx.workspace(), &article, &tag],
        )?;
    }
    Ok(())
}

/// Replaces the tags.
pub(crate) fn retag(tx: &mut Tx<'_>, cx: &Cx, article: ArticleId, names: &[Line<60>]) -> Result<()> {
    tx.exec("DELETE FROM article_tag WHERE workspace_id = $1 AND article_id = $2", &[&cx.workspace(), &article])?;
    tag(tx, cx, article, names)
}

/// The tags of articles by name, in two queries.
pub(crate) fn tags_of(tx: &mut Tx<'_>, cx: &Cx, articles: &[ArticleId]) -> Result<HashMap<ArticleId, Vec<String>>> {
    let mut query = Query::new("SELECT article_id, tag_id FROM article_tag WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND article_id IN (").bind_list(articles.iter()).push(")");
    let rows: Vec<(ArticleId, TagId)> = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let ids: Vec<TagId> = rows.iter().map(|(_, tag)| *tag).collect();
    let names = taxonomy::tag_names(tx, cx.workspace(), &ids)?;
    let mut tags: HashMap<ArticleId, Vec<String>> = HashMap::new();
    for (article, tag) in rows {
        tags.entry(article).or_default().extend(names.get(&tag).cloned());
    }
    tags.values_mut().for_each(|names| names.sort_unstable());
    Ok(tags)
}
