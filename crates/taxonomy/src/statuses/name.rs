//! Names of statuses, read once and kept for a moment.

use std::sync::Arc;

use base::Result;
use db::{Row, Tx};
use trust::Cx;

use super::UNKNOWN_STATUS_NAME;
use super::status::Status;
use crate::nouns::StatusNameId;

base::words! {
    /// The colour of a name, by its meaning.
    pub enum StatusColour {
        /// Like text.
        Neutral = "neutral",
        /// Like what can be pressed.
        Accent = "accent",
        /// All is well.
        Good = "good",
        /// Look here.
        Warning = "warning",
        /// Something is wrong.
        Danger = "danger",
    }
}

/// A name of a status.
#[derive(Clone, Debug)]
pub struct StatusName {
    /// Its id.
    pub id: StatusNameId,
    /// The status it names.
    pub status: Status,
    /// The name.
    pub name: String,
    /// Where it stands among the names of its status.
    pub place: i64,
    /// Its colour.
    pub colour: StatusColour,
    /// Whether tickets of the status show it unless they have another one.
    pub is_default: bool,
    /// Whether it is given to no more tickets.
    pub is_archived: bool,
    /// Its version.
    pub version: i64,
}

/// The names of a workspace, in the order of statuses and places.
#[derive(Debug, Default)]
pub struct StatusNames(Vec<StatusName>);

impl StatusNames {
    /// Whether the workspace has no names of its own.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of an id.
    pub fn find(&self, id: StatusNameId) -> Option<&StatusName> {
        self.0.iter().find(|name| name.id == id)
    }

    /// What a ticket shows: the name it was given, when it is one of its status, else the default of its status.
    pub fn shown(&self, status: Status, given: Option<StatusNameId>) -> Option<&StatusName> {
        let own = given.and_then(|id| self.find(id)).filter(|name| name.status == status);
        own.or_else(|| self.0.iter().find(|name| name.status == status && name.is_default))
    }

    /// All names.
    pub fn all(&self) -> &[StatusName] {
        &self.0
    }
}

pub(super) const COLUMNS: &str = "id, status, name, place, colour, is_default, is_archived, version";

pub(super) fn read(row: &Row<'_>) -> Result<StatusName> {
    Ok(StatusName {
        id: row.get(0)?,
        status: row.get(1)?,
        name: row.get(2)?,
        place: row.get(3)?,
        colour: row.get(4)?,
        is_default: row.get(5)?,
        is_archived: row.get(6)?,
        version: row.get(7)?,
    })
}

/// The names of the workspace as they were a moment ago.
pub fn status_names(tx: &mut Tx<'_>, cx: &Cx) -> Result<Arc<StatusNames>> {
    cx.remembered(tx, |tx| load(tx, cx))
}

/// The names of the workspace as they are.
pub(super) fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<StatusNames> {
    let sql = format!("SELECT {COLUMNS} FROM status_name WHERE workspace_id = $1 ORDER BY place, id");
    let mut names = tx.all(&sql, &[&cx.workspace()], read)?;
    names.sort_by_key(|name| name.status);
    Ok(StatusNames(names))
}

/// The name of an id, when it can be given to tickets of a status.
pub fn settable(tx: &mut Tx<'_>, cx: &Cx, id: StatusNameId, status: Status) -> Result<StatusName> {
    let sql = format!("SELECT {COLUMNS} FROM status_name WHERE workspace_id = $1 AND id = $2");
    let found = tx.first(&sql, &[&cx.workspace(), &id], read)?;
    let wrong = |why: &str| UNKNOWN_STATUS_NAME.error().field("/status_id", "unknown", why);
    match found {
        None => Err(wrong("is no status of this workspace")),
        Some(name) if name.status != status => Err(wrong("is a name of another status")),
        Some(name) if name.is_archived => Err(wrong("is archived")),
        Some(name) => Ok(name),
    }
}
