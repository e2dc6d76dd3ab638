//! Examples of categories, given by hand, so that a new workspace is sorted from its first day.

use base::text::Block;
use base::{Page, Result, Time};
use db::{Row, Tx};
use knowledge::nouns::ArticleId;
use taxonomy::nouns::CategoryId;
use trust::access::Right;
use trust::{Cx, PageQuery};

use super::ExampleId;
use super::codes::TOO_MANY_EXAMPLES;
use crate::tickets::UNKNOWN_CATEGORY;

/// Characters of an example at most.
pub(crate) const LONGEST: usize = 8_000;
/// Examples of a category at most.
const MOST: i64 = 200;

/// An example.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub id: ExampleId,
    pub category: CategoryId,
    pub text: String,
    pub created_at: Time,
}

fn read(row: &Row<'_>) -> Result<Example> {
    Ok(Example { id: row.get(0)?, category: row.get(1)?, text: row.get(2)?, created_at: row.get(3)? })
}

/// The examples in the order they were given.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Example>> {
    let limit = page.limit()?;
    let after = page.cursor()?.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let found = tx.all(
        "SELECT id, category_id, text, created_at FROM triage_example WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[&cx.workspace(), &after, &i64::try_from(limit + 1).unwrap_or(1)],
        read,
    )?;
    Ok(Page::cut(found, limit, |last| base::Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// Adds one.
pub(crate) fn add(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId, text: &Block<LONGEST>) -> Result<Example> {
    cx.require(Right::SettingsWrite)?;
    check_category(tx, cx, category)?;
    let there: i64 = tx
        .first(
            "SELECT COUNT(*) FROM triage_example WHERE workspace_id = $1 AND category_id = $2",
            &[&cx.workspace(), &category],
            |row| row.get(0),
        )?
        .unwrap_or(0);
    if there >= MOST {
        return Err(TOO_MANY_EXAMPLES.error());
    }
    let text: String = text.clone().into();
    let example = Example { id: cx.new_id(), category, text, created_at: cx.env().now() };
    tx.exec(
        "INSERT INTO triage_example (workspace_id, id, category_id, text, created_at) VALUES ($1, $2, $3, $4, $5)",
        &[&cx.workspace(), &example.id, &category, &example.text, &example.created_at],
    )?;
    Ok(example)
}

fn check_category(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<()> {
    if taxonomy::category_exists(tx, cx.workspace(), category)? {
        return Ok(());
    }
    Err(UNKNOWN_CATEGORY.error().field("/category_id", "unknown", "is no category of this workspace"))
}

/// Takes one away.
pub(crate) fn delete(tx: &mut Tx<'_>, cx: &Cx, id: ExampleId) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let gone = tx.exec("DELETE FROM triage_example WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &id])?;
    if gone == 0 { Err(web::NOT_FOUND.error()) } else { Ok(()) }
}

/// Says which article answers a category, or that none does.
pub(crate) fn set_answer(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId, article: Option<ArticleId>) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    if !taxonomy::category_exists(tx, cx.workspace(), category)? {
        return Err(web::NOT_FOUND.error());
    }
    tx.exec("DELETE FROM triage_answer WHERE workspace_id = $1 AND category_id = $2", &[&cx.workspace(), &category])?;
    if let Some(article) = article {
        let sight = knowledge::articles::Sight::Customers;
        if knowledge::articles::Live::find(tx, cx, sight, article, None)?.is_none() {
            let why = "is no published article that customers may read";
            return Err(web::INVALID_FIELD.error().field("/article_id", "unknown", why));
        }
        tx.exec(
            "INSERT INTO triage_answer (workspace_id, category_id, article_id) VALUES ($1, $2, $3)",
            &[&cx.workspace(), &category, &article],
        )?;
    }
    cx.forget_settings(tx);
    Ok(())
}

/// How many examples were given.
pub(super) fn count(tx: &mut Tx<'_>, cx: &Cx) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM triage_example WHERE workspace_id = $1";
    Ok(tx.first(sql, &[&cx.workspace()], |row| row.get::<i64>(0))?.unwrap_or(0))
}
