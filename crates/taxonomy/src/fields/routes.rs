//! The doors of custom fields.

use base::Page;
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::defining;
use super::shapes::{FieldOut, FieldPatch, NewField};
use crate::nouns;

const FIELDS: &str = "/api/v1/fields";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, FIELDS, "listFields", Access::Member("tickets:read"), list)
            .about("The custom fields of the workspace, archived ones too.")
            .query::<PageQuery>()
            .gives::<Page<FieldOut>>(200),
        Op::new(Method::Post, FIELDS, "createField", Access::Member("settings:write"), create)
            .about("Defines a custom field.")
            .takes::<NewField>()
            .gives::<FieldOut>(201),
        Op::new(Method::Patch, "/api/v1/fields/{id}", "updateField", Access::Member("settings:write"), update)
            .about("Changes label and options of a field, archives it or brings it back.")
            .takes::<FieldPatch>()
            .versioned()
            .gives::<FieldOut>(200),
    ]
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<FieldOut>>> {
    Ok(Reply::new(cx.read(move |tx, cx| defining::list(tx, cx, &page)).await?))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewField>) -> web::Result<Created<FieldOut>> {
    let made = cx.write(move |tx, cx| defining::create(tx, cx, &new)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made, version)))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::Field>,
    version: IfMatch,
    Json { value: patch, .. }: Json<FieldPatch>,
) -> web::Result<Reply<FieldOut>> {
    let changed = cx.write(move |tx, cx| defining::change(tx, cx, id, version, &patch)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed, version))
}
