//! The doors of categories.

use base::Page;
use base::text::Line;
use serde::{Deserialize, Serialize};
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::category::{self, Category};
use crate::nouns::{self, CategoryId};

const CATEGORIES: &str = "/api/v1/categories";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, CATEGORIES, "listCategories", Access::Member("tickets:read"), list)
            .about("The categories of the workspace, archived ones too.")
            .query::<PageQuery>()
            .gives::<Page<CategoryOut>>(200),
        Op::new(Method::Post, CATEGORIES, "createCategory", Access::Member("settings:write"), create)
            .about("Makes a category, at most three levels deep.")
            .takes::<NewCategory>()
            .gives::<CategoryOut>(201),
        Op::new(Method::Patch, "/api/v1/categories/{id}", "updateCategory", Access::Member("settings:write"), update)
            .about("Renames a category, archives it or brings it back.")
            .takes::<CategoryPatch>()
            .versioned()
            .gives::<CategoryOut>(200),
    ]
}

/// A category to make.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// The name.
    pub name: Line<120>,
    /// The category above it.
    pub parent_id: Option<CategoryId>,
}

/// A change of a category; what is absent stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// The name.
    pub name: Option<Line<120>>,
    /// Whether it takes no more tickets.
    pub archived: Option<bool>,
}

/// A category.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CategoryOut {
    /// The id.
    pub id: CategoryId,
    /// The name.
    pub name: String,
    /// The category above it.
    pub parent_id: Option<CategoryId>,
    /// Whether it takes no more tickets.
    pub archived: bool,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Category> for CategoryOut {
    fn from(category: Category) -> CategoryOut {
        CategoryOut {
            id: category.id,
            name: category.name,
            parent_id: category.parent,
            archived: category.is_archived,
            version: category.version,
        }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<CategoryOut>>> {
    let found = cx.read(move |tx, cx| category::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(CategoryOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewCategory>) -> web::Result<Created<CategoryOut>> {
    let made = cx.write(move |tx, cx| category::create(tx, cx, &new.name, new.parent_id)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Category>,
    version: IfMatch,
    Json { value: patch, .. }: Json<CategoryPatch>,
) -> web::Result<Reply<CategoryOut>> {
    let changed =
        cx.write(move |tx, cx| category::change(tx, cx, id, version, patch.name.as_ref(), patch.archived)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed.into(), version))
}
