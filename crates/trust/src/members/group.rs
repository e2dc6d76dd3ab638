//! Teams and territories: named groups of members; a name is taken once per workspace, whatever its case.

use base::text::{Line, fold};
use base::{Code, Id, Noun, Page, Result, Time};
use db::{Query, Tx};
use serde_json::json;
use web::IfMatch;

use super::{TEAM_NAME_TAKEN, TERRITORY_NAME_TAKEN};
use crate::access::{Audience, Right};
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::{Team, Territory};
use crate::paging::{PageQuery, id_cursor};

/// Groups a member may be put in at once.
const MOST: usize = 100;

/// A noun that members are grouped by.
pub trait Grouping: Noun {
    /// What it is called, which is also its table.
    const NAME: &'static str;
    /// The event of making one.
    const CREATED: &'static str;
    /// The event of renaming one.
    const RENAMED: &'static str;
    /// The refusal of a name that is taken.
    const TAKEN: &'static Code;
}

impl Grouping for Team {
    const NAME: &'static str = "team";
    const CREATED: &'static str = "team.created";
    const RENAMED: &'static str = "team.renamed";
    const TAKEN: &'static Code = &TEAM_NAME_TAKEN;
}

impl Grouping for Territory {
    const NAME: &'static str = "territory";
    const CREATED: &'static str = "territory.created";
    const RENAMED: &'static str = "territory.renamed";
    const TAKEN: &'static Code = &TERRITORY_NAME_TAKEN;
}

/// A team or a territory.
pub struct Group<N> {
    /// Its id.
    pub id: Id<N>,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// Its version.
    pub version: i64,
}

fn read<N>(row: &db::Row<'_>) -> Result<Group<N>> {
    Ok(Group { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)?, version: row.get(3)? })
}

/// The groups of the workspace in the order they were made.
pub fn list<N: Grouping>(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Group<N>>> {
    let limit = page.limit()?;
    let sql = format!(
        "SELECT id, name, created_at, version FROM {} WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        N::NAME
    );
    let more = i64::try_from(limit + 1).unwrap_or(1);
    let found = tx.all(&sql, &[&cx.workspace(), &page.after_id()?, &more], read::<N>)?;
    Ok(Page::cut(found, limit, |group| id_cursor(group.id)))
}

/// Makes a group.
pub fn create<N: Grouping>(tx: &mut Tx<'_>, cx: &Cx, name: &Line<80>) -> Result<Group<N>> {
    cx.require(Right::MembersWrite)?;
    let group = Group { id: cx.new_id(), name: name.to_string(), created_at: cx.env().now(), version: 1 };
    let sql = format!(
        "INSERT INTO {} (workspace_id, id, name, name_folded, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)",
        N::NAME
    );
    tx.exec(&sql, &[&cx.workspace(), &group.id, name, &fold(name), &group.created_at]).map_err(taken::<N>)?;
    tell(tx, cx, N::CREATED, &group)?;
    Ok(group)
}

/// Renames a group.
pub fn rename<N: Grouping>(tx: &mut Tx<'_>, cx: &Cx, id: Id<N>, version: IfMatch, name: &Line<80>) -> Result<Group<N>> {
    cx.require(Right::MembersWrite)?;
    let sql = format!("SELECT id, name, created_at, version FROM {} WHERE workspace_id = $1 AND id = $2", N::NAME);
    let found = tx.first_locked(&sql, &[&cx.workspace(), &id], read::<N>)?;
    let mut group = found.ok_or_else(|| web::NOT_FOUND.error())?;
    version.check(group.version)?;
    if group.name == **name {
        return Ok(group);
    }
    group.name = name.to_string();
    group.version += 1;
    let sql =
        format!("UPDATE {} SET name = $1, name_folded = $2, version = $3 WHERE workspace_id = $4 AND id = $5", N::NAME);
    tx.exec(&sql, &[name, &fold(name), &group.version, &cx.workspace(), &id]).map_err(taken::<N>)?;
    tell(tx, cx, N::RENAMED, &group)?;
    Ok(group)
}

fn taken<N: Grouping>(error: base::Error) -> base::Error {
    if db::is_duplicate(&error) { N::TAKEN.error() } else { error }
}

fn tell<N: Grouping>(tx: &mut Tx<'_>, cx: &Cx, kind: &'static str, group: &Group<N>) -> Result<()> {
    let now = cx.env().now();
    let event = NewEvent::new(kind, group.id.uuid(), group.version, now, Audience::staff(), &json!({}))
        .details(&json!({"name": group.name}));
    record(tx, cx, &[event])
}

/// The ids of a request's field, sorted and each once; refuses those that are no groups of this workspace.
pub(super) fn known<N: Grouping>(tx: &mut Tx<'_>, cx: &Cx, asked: &[Id<N>], pointer: &str) -> Result<Vec<Id<N>>> {
    let mut ids = asked.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST {
        let words = format!("takes at most {MOST}");
        return Err(web::INVALID_FIELD.error().field(pointer, "too_many", words));
    }
    let mut query = Query::new("SELECT id FROM ");
    query.push(N::NAME).push(" WHERE workspace_id = ").bind(cx.workspace());
    query.push(" AND id IN (").bind_list(&ids).push(")");
    let found: Vec<Id<N>> = tx.all_of(&query, |row| row.get(0))?;
    match asked.iter().position(|id| !found.contains(id)) {
        None => Ok(ids),
        Some(place) => {
            let words = format!("is no {} of this workspace", N::NAME);
            Err(web::INVALID_FIELD.error().field(format!("{pointer}/{place}"), "unknown", words))
        }
    }
}
