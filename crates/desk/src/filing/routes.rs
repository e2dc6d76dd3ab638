//! The doors of what the taxonomy does to tickets.

use base::Time;
use serde::{Deserialize, Serialize};
use taxonomy::CategoryId;
use taxonomy::categories::{CategoryOut, category_outs};
use taxonomy::nouns;
use trust::Cx;
use utoipa::{IntoParams, ToSchema};
use web::{Access, IfMatch, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::coverage::{Coverage, coverage, span};
use super::removing;

const SETTINGS: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Delete, "/api/v1/categories/{id}", "deleteCategory", SETTINGS, remove)
            .about("Deletes a category that no ticket, article or category below it uses.")
            .versioned(),
        Op::new(Method::Put, "/api/v1/categories/{id}/replacement", "replaceCategory", SETTINGS, replace)
            .about("Puts another category in the place of one, and moves its tickets.")
            .takes::<Replacement>()
            .versioned()
            .gives::<CategoryOut>(200),
        Op::new(
            Method::Get,
            "/api/v1/category-coverage",
            "getCategoryCoverage",
            Access::Member("settings:read"),
            cover,
        )
        .about("How many tickets have a category, and how many fit nowhere.")
        .query::<CoverageQuery>()
        .gives::<CoverageOut>(200),
    ]
}

/// What takes a category's place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Replacement {
    /// A category that takes tickets.
    category_id: CategoryId,
}

/// Which tickets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CoverageQuery {
    /// Opened from then on; 30 days before `to` when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Time>,
    /// Opened before then; now when absent. At most 92 days after `from`.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Time>,
}

/// How much of the taxonomy is used.
#[derive(Serialize, ToSchema)]
struct CoverageOut {
    from: Time,
    to: Time,
    /// Tickets opened in the span.
    tickets: i64,
    /// Those without a category.
    without_category: i64,
    /// Their share, 0 to 1.
    without_share: f64,
    /// Those in a category for what fits nowhere else.
    other: i64,
    /// Their share, 0 to 1; above 0.1 the taxonomy lacks something.
    other_share: f64,
    /// Tickets by category, the most first.
    categories: Vec<CategoryCount>,
}

/// Tickets of a category.
#[derive(Serialize, ToSchema)]
struct CategoryCount {
    category_id: CategoryId,
    tickets: i64,
}

async fn remove(cx: Cx, PathId(id): PathId<nouns::Category>, seen: IfMatch) -> web::Result<NoContent> {
    cx.write(move |tx, cx| removing::remove(tx, cx, id, seen)).await?;
    Ok(NoContent)
}

async fn replace(
    cx: Cx,
    PathId(id): PathId<nouns::Category>,
    seen: IfMatch,
    Json { value: by, .. }: Json<Replacement>,
) -> web::Result<Reply<CategoryOut>> {
    let replaced = cx.write(move |tx, cx| {
        let category = removing::replace(tx, cx, id, seen, by.category_id)?;
        category_outs(tx, cx, vec![category])?.pop().ok_or_else(|| web::NOT_FOUND.error())
    });
    let replaced = replaced.await?;
    let version = replaced.version;
    Ok(Reply::versioned(replaced, version))
}

async fn cover(cx: Cx, Query(asked): Query<CoverageQuery>) -> web::Result<Reply<CoverageOut>> {
    let span = span(cx.env().now(), asked.from, asked.to)?;
    let Coverage { from, to, tickets, without_category, other, categories } =
        cx.house().clone().db.read_long(cx.workspace().uuid(), move |tx| coverage(tx, &cx, span)).await?;
    let share = |part: i64| if tickets == 0 { 0.0 } else { part as f64 / tickets as f64 };
    let categories =
        categories.into_iter().map(|(category_id, tickets)| CategoryCount { category_id, tickets }).collect();
    let (without_share, other_share) = (share(without_category), share(other));
    Ok(Reply::new(CoverageOut { from, to, tickets, without_category, without_share, other, other_share, categories }))
}
