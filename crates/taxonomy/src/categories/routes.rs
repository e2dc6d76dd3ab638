//! The doors of categories.

use base::Page;
use db::Tx;
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::category::{self, Category};
use super::changing;
use super::required_fields;
use super::shapes::{CategoryOut, CategoryPatch, NewCategory, category_outs};
use crate::nouns;

const CATEGORIES: &str = "/api/v1/categories";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, CATEGORIES, "listCategories", Access::Member("tickets:read"), list)
            .about("The categories of the workspace in its order, archived ones too.")
            .query::<PageQuery>()
            .gives::<Page<CategoryOut>>(200),
        Op::new(Method::Post, CATEGORIES, "createCategory", Access::Member("settings:write"), create)
            .about("Makes a category, at most three levels deep.")
            .takes::<NewCategory>()
            .gives::<CategoryOut>(201),
        Op::new(Method::Patch, "/api/v1/categories/{id}", "updateCategory", Access::Member("settings:write"), update)
            .about("Changes or moves a category, archives it or brings it back.")
            .takes::<CategoryPatch>()
            .versioned()
            .gives::<CategoryOut>(200),
    ]
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<CategoryOut>>> {
    let found = cx.read(move |tx, cx| {
        let page = category::list(tx, cx, &page)?;
        Ok(Page { items: category_outs(tx, cx, page.items)?, next: page.next })
    });
    Ok(Reply::new(found.await?))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewCategory>) -> web::Result<Created<CategoryOut>> {
    let made = cx.write(move |tx, cx| {
        let category = category::create(tx, cx, &new.growth())?;
        required_fields::set(tx, cx, category.id, &new.required_field_ids)?;
        drawn(tx, cx, category)
    });
    let made = made.await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made, version)))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Category>,
    version: IfMatch,
    Json { value: patch, .. }: Json<CategoryPatch>,
) -> web::Result<Reply<CategoryOut>> {
    let changed = cx.write(move |tx, cx| {
        let category = changing::change(tx, cx, id, version, &patch.changes())?;
        if let Some(fields) = &patch.required_field_ids {
            required_fields::set(tx, cx, id, fields)?;
        }
        drawn(tx, cx, category)
    });
    let changed = changed.await?;
    let version = changed.version;
    Ok(Reply::versioned(changed, version))
}

fn drawn(tx: &mut Tx<'_>, cx: &Cx, category: Category) -> base::Result<CategoryOut> {
    category_outs(tx, cx, vec![category])?.pop().ok_or_else(|| web::NOT_FOUND.error())
}
