//! How much of the taxonomy is used: tickets without a category, and those in a category for what fits nowhere else.

use std::collections::HashMap;

use base::{Result, Time};
use db::Tx;
use taxonomy::CategoryId;
use trust::Cx;

/// Days that one question may span.
const DAYS: i64 = 92;

/// The figures of a span.
#[derive(Debug)]
pub(super) struct Coverage {
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) tickets: i64,
    pub(super) without_category: i64,
    pub(super) other: i64,
    pub(super) categories: Vec<(CategoryId, i64)>,
}

/// The span that is asked about; the last 30 days when nothing is said.
pub(super) fn span(now: Time, from: Option<Time>, to: Option<Time>) -> Result<(Time, Time)> {
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| to.plus_days(-30));
    if from >= to {
        return Err(web::INVALID_QUERY.because("`from` comes before `to`."));
    }
    if to > from.plus_days(DAYS) {
        return Err(web::INVALID_QUERY.because(format!("`from` and `to` are at most {DAYS} days apart.")));
    }
    Ok((from, to))
}

/// Counts the tickets opened in a span, by category.
pub(super) fn coverage(tx: &mut Tx<'_>, cx: &Cx, (from, to): (Time, Time)) -> Result<Coverage> {
    let counted: Vec<(Option<CategoryId>, i64)> = tx.all(
        "SELECT category_id, COUNT(*) FROM ticket WHERE workspace_id = $1 AND deleted_at IS NULL AND opened_at >= $2 \
         AND opened_at < $3 GROUP BY category_id",
        &[&cx.workspace(), &from, &to],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let tickets = counted.iter().map(|(_, n)| n).sum();
    let without_category = counted.iter().filter(|(category, _)| category.is_none()).map(|(_, n)| n).sum();
    // What is not moved yet counts for what took its place.
    let mut by_category: HashMap<CategoryId, i64> = HashMap::new();
    for (category, n) in counted {
        if let Some(category) = category {
            *by_category.entry(taxonomy::categories::category_leads_to(tx, cx, category)?).or_default() += n;
        }
    }
    let others = taxonomy::categories::category_others(tx, cx.workspace())?;
    let other = others.iter().filter_map(|category| by_category.get(category)).sum();
    let mut categories: Vec<_> = by_category.into_iter().collect();
    categories.sort_by_key(|(category, n)| (std::cmp::Reverse(*n), *category));
    Ok(Coverage { from, to, tickets, without_category, other, categories })
}
