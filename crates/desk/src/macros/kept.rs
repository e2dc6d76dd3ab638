//! The row of a macro, who sees it, and its versions.

use base::text::Line;
use base::{Cursor, Page, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::access::Who;
use trust::nouns::{MemberId, TeamId};
use uuid::Uuid;

use super::MacroId;
use super::action::Action;

base::words! {
    /// What a macro is for.
    pub enum MacroKind {
        /// Steps on a ticket.
        Macro = "macro",
        /// A reply and nothing else.
        Reply = "reply",
    }
}

base::words! {
    /// Who sees a macro.
    pub enum MacroVisibility {
        /// Everybody of the workspace.
        All = "all",
        /// The members of a team.
        Team = "team",
        /// The member who made it.
        Personal = "personal",
    }
}

/// A macro.
#[derive(Clone, Debug)]
pub struct Macro {
    pub(super) id: MacroId,
    pub(super) kind: MacroKind,
    pub(super) name: String,
    pub(super) shortcut: Option<String>,
    pub(super) visibility: MacroVisibility,
    pub(super) team: Option<TeamId>,
    /// Whose it is; nil when it is no one member's.
    pub(super) owner: MemberId,
    pub(super) actions: Vec<Action>,
    pub(super) is_archived: bool,
    pub(super) runs: i64,
    pub(super) reopened: i64,
    pub(super) last_run_at: Option<Time>,
    pub(super) version: i64,
}

/// What a macro is made of.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) kind: MacroKind,
    pub(super) name: Line<120>,
    pub(super) shortcut: Option<String>,
    pub(super) visibility: MacroVisibility,
    pub(super) team: Option<TeamId>,
    pub(super) actions: Vec<Action>,
}

/// Nobody's.
pub(super) fn nobody() -> MemberId {
    base::Id::from_uuid(Uuid::nil())
}

const COLUMNS: &str = "id, kind, name, shortcut, visibility, team_id, owner_id, actions, is_archived, runs, reopened, \
    last_run_at, version";

fn read(row: &Row<'_>) -> Result<Macro> {
    let actions: String = row.get(7)?;
    Ok(Macro {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        shortcut: row.get(3)?,
        visibility: row.get(4)?,
        team: row.get(5)?,
        owner: row.get(6)?,
        actions: serde_json::from_str(&actions).map_err(|error| db::CORRUPT_ROW.error().caused_by(error))?,
        is_archived: row.get(8)?,
        runs: row.get(9)?,
        reopened: row.get(10)?,
        last_run_at: row.get(11)?,
        version: row.get(12)?,
    })
}

/// Macros the actor sees: those for all, of their teams, their own. The house and tokens of the workspace see what is shared.
fn visible(cx: &Cx) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM macro WHERE workspace_id = "));
    query.bind(cx.workspace());
    match &cx.actor.who {
        Who::Member(member) => {
            query.push(" AND (visibility = 'all' OR (visibility = 'personal' AND owner_id = ").bind(member.id);
            query.push(") OR (visibility = 'team'");
            if !cx.actor.rights.has(trust::access::Right::SettingsWrite) {
                query.push(" AND team_id IN (").bind_list(member.teams.iter()).push(")");
            }
            query.push("))");
        }
        _ => drop(query.push(" AND visibility <> 'personal'")),
    }
    query
}

/// A page of the macros the actor sees, in the order they were made.
pub(super) fn list(
    tx: &mut Tx<'_>,
    cx: &Cx,
    kind: Option<MacroKind>,
    with_archived: bool,
    after: Uuid,
    limit: usize,
) -> Result<Page<Macro>> {
    let mut query = visible(cx);
    if let Some(kind) = kind {
        query.push(" AND kind = ").bind(kind);
    }
    if !with_archived {
        query.push(" AND is_archived = 0");
    }
    query.push(" AND id > ").bind(after).push(" ORDER BY id LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(1));
    let found = tx.all_of(&query, read)?;
    Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
}

/// A macro the actor sees.
pub(super) fn find(tx: &mut Tx<'_>, cx: &Cx, id: MacroId) -> Result<Macro> {
    let mut query = visible(cx);
    query.push(" AND id = ").bind(id);
    tx.all_of(&query, read)?.pop().ok_or_else(|| web::NOT_FOUND.error())
}

/// The same, locked until the commit.
pub(super) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: MacroId) -> Result<Macro> {
    let mut query = visible(cx);
    query.push(" AND id = ").bind(id);
    tx.first_of_locked(&query, read)?.ok_or_else(|| web::NOT_FOUND.error())
}

/// What a macro did in one of its versions.
pub(super) struct Version {
    pub(super) number: i64,
    pub(super) name: String,
    pub(super) actions: Vec<Action>,
    pub(super) created_at: Time,
}

/// The newest versions of a macro.
pub(super) fn versions(tx: &mut Tx<'_>, cx: &Cx, id: MacroId) -> Result<Vec<Version>> {
    tx.all(
        "SELECT number, name, actions, created_at FROM macro_version WHERE workspace_id = $1 AND macro_id = $2 \
         ORDER BY number DESC LIMIT 100",
        &[&cx.workspace(), &id],
        |row| {
            let actions: String = row.get(2)?;
            let actions = serde_json::from_str(&actions).map_err(|error| db::CORRUPT_ROW.error().caused_by(error))?;
            Ok(Version { number: row.get(0)?, name: row.get(1)?, actions, created_at: row.get(3)? })
        },
    )
}
