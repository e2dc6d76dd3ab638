//! Making macros and changing them; every change is a version.

use base::text::Line;
use base::{Patch, Result};
use db::Tx;
use trust::Cx;
use trust::access::Right;
use trust::nouns::TeamId;
use web::IfMatch;

use super::action::Action;
use super::checking::check;
use super::kept::{Content, Macro, MacroVisibility, find_locked, nobody};
use super::{SHORTCUT_TAKEN, kept};

/// What a patch says of a macro; its kind stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    pub(super) name: Option<Line<120>>,
    pub(super) shortcut: Patch<String>,
    pub(super) visibility: Option<MacroVisibility>,
    pub(super) team: Patch<TeamId>,
    pub(super) actions: Option<Vec<Action>>,
    pub(super) is_archived: Option<bool>,
}

/// Makes a macro.
pub(super) fn create(tx: &mut Tx<'_>, cx: &Cx, content: &Content) -> Result<Macro> {
    cx.require(Right::TicketsWrite)?;
    check(tx, cx, content)?;
    let made = Macro {
        id: cx.new_id(),
        kind: content.kind,
        name: content.name.to_string(),
        shortcut: content.shortcut.clone(),
        visibility: content.visibility,
        team: content.team,
        owner: owner(cx, content.visibility),
        actions: content.actions.clone(),
        is_archived: false,
        runs: 0,
        reopened: 0,
        last_run_at: None,
        version: 1,
    };
    let inserted = tx.exec(
        "INSERT INTO macro (workspace_id, id, kind, name, shortcut, visibility, team_id, owner_id, actions, is_archived, \
         runs, reopened, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, $10, 1) \
         ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(), &made.id, &made.kind, &made.name, &made.shortcut, &made.visibility, &made.team, &made.owner,
            &written(&made.actions), &cx.env().now(),
        ],
    )?;
    if inserted != 1 {
        return Err(taken());
    }
    keep_version(tx, cx, &made)?;
    Ok(made)
}

/// Changes a macro.
pub(super) fn change(tx: &mut Tx<'_>, cx: &Cx, id: super::MacroId, seen: IfMatch, changes: &Changes) -> Result<Macro> {
    cx.require(Right::TicketsWrite)?;
    let mut found = find_locked(tx, cx, id)?;
    // Whoever may not make a shared macro may not take one over either.
    if found.visibility != MacroVisibility::Personal {
        cx.require(Right::SettingsWrite)?;
    }
    seen.check(found.version)?;
    let Changes { name, shortcut, visibility, team, actions, is_archived } = changes.clone();
    found.name = name.map_or(found.name, String::from);
    found.shortcut = shortcut.over(found.shortcut);
    found.visibility = visibility.unwrap_or(found.visibility);
    found.team = team.over(found.team).filter(|_| found.visibility == MacroVisibility::Team);
    found.owner = if found.owner == nobody() { owner(cx, found.visibility) } else { found.owner };
    if found.visibility != MacroVisibility::Personal {
        found.owner = nobody();
    }
    found.actions = actions.unwrap_or(found.actions);
    found.is_archived = is_archived.unwrap_or(found.is_archived);
    if !found.is_archived {
        check(tx, cx, &content(&found)?)?;
    }
    found.version += 1;
    store(tx, cx, &found)?;
    keep_version(tx, cx, &found)?;
    Ok(found)
}

fn content(found: &Macro) -> Result<Content> {
    Ok(Content {
        kind: found.kind,
        name: Line::new(&found.name).map_err(|why| web::INVALID_FIELD.error().field("/name", "invalid", why))?,
        shortcut: found.shortcut.clone(),
        visibility: found.visibility,
        team: found.team,
        actions: found.actions.clone(),
    })
}

fn store(tx: &mut Tx<'_>, cx: &Cx, found: &Macro) -> Result<()> {
    let changed = tx.exec(
        "UPDATE macro SET name = $1, shortcut = $2, visibility = $3, team_id = $4, owner_id = $5, actions = $6, \
         is_archived = $7, version = $8 WHERE workspace_id = $9 AND id = $10",
        &[
            &found.name,
            &found.shortcut,
            &found.visibility,
            &found.team,
            &found.owner,
            &written(&found.actions),
            &found.is_archived,
            &found.version,
            &cx.workspace(),
            &found.id,
        ],
    );
    changed.map(drop).map_err(|error| if db::is_duplicate(&error) { taken() } else { error })
}

fn keep_version(tx: &mut Tx<'_>, cx: &Cx, found: &kept::Macro) -> Result<()> {
    let (author_kind, author) = cx.actor.named();
    tx.exec(
        "INSERT INTO macro_version (workspace_id, macro_id, number, name, actions, author_kind, author_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &cx.workspace(),
            &found.id,
            &found.version,
            &found.name,
            &written(&found.actions),
            &author_kind,
            &author,
            &cx.env().now(),
        ],
    )
    .map(drop)
}

fn owner(cx: &Cx, visibility: MacroVisibility) -> trust::nouns::MemberId {
    let own = cx.actor.member().map(|member| member.id).filter(|_| visibility == MacroVisibility::Personal);
    own.unwrap_or_else(nobody)
}

fn written(actions: &[Action]) -> String {
    serde_json::to_string(actions).unwrap_or_else(|_| "[]".to_owned())
}

fn taken() -> base::Error {
    SHORTCUT_TAKEN.error().field("/shortcut", "taken", "belongs to another macro")
}
