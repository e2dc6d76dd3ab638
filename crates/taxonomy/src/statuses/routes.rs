//! The doors of names of statuses.

use base::Page;
use base::text::Line;
use serde::{Deserialize, Serialize};
use trust::Cx;
use utoipa::ToSchema;
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Reply};

use super::changing::{self, Changes};
use super::name::{StatusColour, StatusName, load};
use super::status::Status;
use crate::nouns::{self, StatusNameId};

const STATUSES: &str = "/api/v1/statuses";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, STATUSES, "listStatuses", Access::Member("tickets:read"), list)
            .about("The workspace's own names of statuses, all of them, in the order of statuses and places.")
            .gives::<Page<StatusNameOut>>(200),
        Op::new(Method::Post, STATUSES, "createStatus", Access::Member("settings:write"), create)
            .about("Makes a name of a status.")
            .takes::<NewStatusName>()
            .gives::<StatusNameOut>(201),
        Op::new(Method::Patch, "/api/v1/statuses/{id}", "updateStatus", Access::Member("settings:write"), update)
            .about("Changes a name of a status, makes it the default, archives it or brings it back.")
            .takes::<StatusNamePatch>()
            .versioned()
            .gives::<StatusNameOut>(200),
    ]
}

/// A name to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStatusName {
    /// The status it names; it stays that one.
    status: Status,
    /// The name, unique in the workspace.
    name: Line<60>,
    /// Where it stands among the names of its status; behind them when absent.
    place: Option<i64>,
    /// Its colour; `neutral` when absent.
    colour: Option<StatusColour>,
    /// Whether tickets of the status show it unless they were given another one.
    default: Option<bool>,
}

/// A change of a name; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusNamePatch {
    /// The name, unique in the workspace.
    name: Option<Line<60>>,
    /// Where it stands among the names of its status.
    place: Option<i64>,
    /// Its colour.
    colour: Option<StatusColour>,
    /// Whether tickets of the status show it unless they were given another one.
    default: Option<bool>,
    /// Whether it is given to no more tickets; those that have it keep it.
    archived: Option<bool>,
}

/// A name of a status.
#[derive(Serialize, ToSchema)]
struct StatusNameOut {
    /// The id.
    id: StatusNameId,
    /// The status it names.
    status: Status,
    /// The name.
    name: String,
    /// Where it stands among the names of its status.
    place: i64,
    /// Its colour.
    colour: StatusColour,
    /// Whether tickets of the status show it unless they were given another one.
    default: bool,
    /// Whether it is given to no more tickets.
    archived: bool,
    /// The version, for `If-Match`.
    version: i64,
}

impl From<StatusName> for StatusNameOut {
    fn from(name: StatusName) -> StatusNameOut {
        StatusNameOut {
            id: name.id,
            status: name.status,
            name: name.name,
            place: name.place,
            colour: name.colour,
            default: name.is_default,
            archived: name.is_archived,
            version: name.version,
        }
    }
}

async fn list(cx: Cx) -> web::Result<Reply<Page<StatusNameOut>>> {
    let found = cx.read(load).await?;
    Ok(Reply::new(Page { items: found.all().iter().cloned().map(StatusNameOut::from).collect(), next: None }))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewStatusName>) -> web::Result<Created<StatusNameOut>> {
    let said = Changes { place: new.place, colour: new.colour, is_default: new.default, ..Changes::default() };
    let made = cx.write(move |tx, cx| changing::create(tx, cx, new.status, &new.name, &said)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn update(
    cx: Cx,
    PathId(id): PathId<nouns::StatusName>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<StatusNamePatch>,
) -> web::Result<Reply<StatusNameOut>> {
    let StatusNamePatch { name, place, colour, default, archived } = patch;
    let said = Changes { name, place, colour, is_default: default, is_archived: archived };
    let changed = cx.write(move |tx, cx| changing::change(tx, cx, id, seen, &said)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed.into(), version))
}
