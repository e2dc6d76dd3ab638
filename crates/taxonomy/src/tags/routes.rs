//! The doors of tags.

use base::Page;
use base::text::Line;
use serde::{Deserialize, Serialize};
use trust::{Cx, PageQuery};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::tag::{self, Tag};
use crate::nouns::{self, TagId};

const TAGS: &str = "/api/v1/tags";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, TAGS, "listTags", Access::Member("tickets:read"), list)
            .about("The tags of the workspace.")
            .query::<PageQuery>()
            .gives::<Page<TagOut>>(200),
        Op::new(Method::Post, TAGS, "createTag", Access::Member("settings:write"), create)
            .about("Makes a tag.")
            .takes::<TagName>()
            .gives::<TagOut>(201),
        Op::new(Method::Patch, "/api/v1/tags/{id}", "renameTag", Access::Member("settings:write"), rename)
            .about("Renames a tag.")
            .takes::<TagName>()
            .versioned()
            .gives::<TagOut>(200),
    ]
}

/// A name for a tag.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagName {
    /// The name.
    pub name: Line<60>,
}

/// A tag.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TagOut {
    /// The id.
    pub id: TagId,
    /// The name.
    pub name: String,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Tag> for TagOut {
    fn from(tag: Tag) -> TagOut {
        TagOut { id: tag.id, name: tag.name, version: tag.version }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<TagOut>>> {
    let found = cx.read(move |tx, cx| tag::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(TagOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<TagName>) -> web::Result<Created<TagOut>> {
    let made = cx.write(move |tx, cx| tag::create(tx, cx, &new.name)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn rename(
    cx: Cx,
    PathId(id): PathId<nouns::Tag>,
    version: IfMatch,
    Json { value: new, .. }: Json<TagName>,
) -> web::Result<Reply<TagOut>> {
    let renamed = cx.write(move |tx, cx| tag::rename(tx, cx, id, version, &new.name)).await?;
    let version = renamed.version;
    Ok(Reply::versioned(renamed.into(), version))
}
