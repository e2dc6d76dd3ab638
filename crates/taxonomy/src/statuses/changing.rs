//! Naming statuses: making names, changing them, choosing the default, archiving them.

use base::Result;
use base::text::{Line, fold};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use web::IfMatch;

use super::name::{COLUMNS, StatusColour, StatusName, load, read};
use super::status::Status;
use super::{STATUS_NAME_IS_DEFAULT, STATUS_NAME_TAKEN, TOO_MANY_STATUS_NAMES};
use crate::nouns::StatusNameId;

/// Names a workspace may have.
const MOST: usize = 100;

/// What is said of a name; absent stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Option<Line<60>>,
    /// Where it stands among the names of its status.
    pub place: Option<i64>,
    /// Its colour.
    pub colour: Option<StatusColour>,
    /// Whether it is the default of its status.
    pub is_default: Option<bool>,
    /// Whether it is given to no more tickets.
    pub is_archived: Option<bool>,
}

/// Makes a name of a status.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, status: Status, name: &Line<60>, said: &Changes) -> Result<StatusName> {
    cx.require(Right::SettingsWrite)?;
    trust::accounts::lock_workspace(tx, cx)?;
    let known = load(tx, cx)?;
    if known.all().len() >= MOST {
        return Err(TOO_MANY_STATUS_NAMES.error());
    }
    let last = known.all().iter().filter(|other| other.status == status).map(|other| other.place).max();
    let made = StatusName {
        id: cx.new_id(),
        status,
        name: name.to_string(),
        place: said.place.unwrap_or_else(|| last.unwrap_or(0) + 1),
        colour: said.colour.unwrap_or(StatusColour::Neutral),
        is_default: said.is_default.unwrap_or(false),
        is_archived: false,
        version: 1,
    };
    make_room(tx, cx, &made)?;
    let inserted = tx.exec(
        "INSERT INTO status_name (workspace_id, id, status, name, name_folded, place, colour, is_default, is_archived, \
         created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 1) ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(),
            &made.id,
            &made.status,
            name,
            &fold(name),
            &made.place,
            &made.colour,
            &made.is_default,
            &cx.env().now(),
        ],
    )?;
    cx.forget_settings(tx);
    if inserted == 1 { Ok(made) } else { Err(taken()) }
}

/// Changes a name; its status stays.
pub fn change(tx: &mut Tx<'_>, cx: &Cx, id: StatusNameId, seen: IfMatch, said: &Changes) -> Result<StatusName> {
    cx.require(Right::SettingsWrite)?;
    trust::accounts::lock_workspace(tx, cx)?;
    let sql = format!("SELECT {COLUMNS} FROM status_name WHERE workspace_id = $1 AND id = $2");
    let found = tx.first_locked(&sql, &[&cx.workspace(), &id], read)?;
    let mut name = found.ok_or_else(|| web::NOT_FOUND.error())?;
    seen.check(name.version)?;
    name.name = said.name.as_ref().map_or(name.name, |name| name.to_string());
    name.place = said.place.unwrap_or(name.place);
    name.colour = said.colour.unwrap_or(name.colour);
    name.is_default = said.is_default.unwrap_or(name.is_default);
    name.is_archived = said.is_archived.unwrap_or(name.is_archived);
    if name.is_archived && name.is_default {
        return Err(STATUS_NAME_IS_DEFAULT.error().field("/archived", "is_default", "cannot be set for a default"));
    }
    name.version += 1;
    make_room(tx, cx, &name)?;
    let changed = tx.exec(
        "UPDATE status_name SET name = $1, name_folded = $2, place = $3, colour = $4, is_default = $5, is_archived = $6, \
         version = $7 WHERE workspace_id = $8 AND id = $9",
        &[
            &name.name, &fold(&name.name), &name.place, &name.colour, &name.is_default, &name.is_archived, &name.version,
            &cx.workspace(), &id,
        ],
    );
    changed.map_err(|error| if db::is_duplicate(&error) { taken() } else { error })?;
    cx.forget_settings(tx);
    Ok(name)
}

/// Takes the default from the name that was it, for a name that is to be it.
fn make_room(tx: &mut Tx<'_>, cx: &Cx, name: &StatusName) -> Result<()> {
    if name.is_default {
        tx.exec(
            "UPDATE status_name SET is_default = 0, version = version + 1 \
             WHERE workspace_id = $1 AND status = $2 AND is_default = 1 AND id <> $3",
            &[&cx.workspace(), &name.status, &name.id],
        )?;
    }
    Ok(())
}

fn taken() -> base::Error {
    STATUS_NAME_TAKEN.error().field("/name", "taken", "is the name of another status")
}
