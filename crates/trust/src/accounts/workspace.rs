//! A workspace: founding it with its owner and a first token, and its name.

use base::text::{Email, Line};
use base::{CellNumber, Env, Id, Result, Time};
use db::Tx;
use web::IfMatch;

use super::session::new_secret;
use crate::access::{Audience, Role, TicketScope};
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::{AccountId, MemberId, TokenId, WorkspaceId};

/// A new workspace.
pub struct Founded {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its owner.
    pub owner: MemberId,
    /// A token with the owner's rights; shown once.
    pub api_token: String,
}

/// Founds a workspace; an account with the owner's address is used again, with its own password.
pub fn found_workspace(
    tx: &mut Tx<'_>,
    env: &Env,
    cell: CellNumber,
    name: &Line<120>,
    owner: &Email,
    password_hash: &str,
) -> Result<Founded> {
    let now = env.now();
    let workspace: WorkspaceId = Id::new(env, cell);
    tx.exec("INSERT INTO workspace (id, name, created_at, version) VALUES ($1, $2, $3, 1)", &[&workspace, name, &now])?;
    let account = account_of(tx, env, cell, owner, Some(password_hash))?;
    let member: MemberId = Id::new(env, cell);
    let display = owner.typed().split('@').next().unwrap_or("Owner").to_owned();
    tx.exec(
        "INSERT INTO member (workspace_id, id, account_id, name, role, ticket_scope, availability, is_active, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 'offline', 1, $7, 1)",
        &[&workspace, &member, &account, &display, &Role::Owner, &TicketScope::All, &now],
    )?;
    let (api_token, hash) = new_secret(env, "ms_");
    let token: TokenId = Id::new(env, cell);
    let rights = crate::access::Rights::all().words().join(" ");
    tx.exec(
        "INSERT INTO api_token (workspace_id, id, token_hash, member_id, kind, name, rights, created_at) \
         VALUES ($1, $2, $3, $4, 'personal', 'First token', $5, $6)",
        &[&workspace, &token, &hash, &member, &rights, &now],
    )?;
    Ok(Founded { workspace, owner: member, api_token })
}

/// The account of an address, made when there is none.
pub fn account_of(
    tx: &mut Tx<'_>,
    env: &Env,
    cell: CellNumber,
    email: &Email,
    password_hash: Option<&str>,
) -> Result<AccountId> {
    let id: AccountId = Id::new(env, cell);
    tx.exec(
        "INSERT INTO account (id, email, email_folded, password_hash, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (email_folded) DO NOTHING",
        &[&id, &email.typed(), &email.folded(), &password_hash, &env.now()],
    )?;
    let found = tx.first("SELECT id FROM account WHERE email_folded = $1", &[&email.folded()], |row| row.get(0))?;
    Ok(found.unwrap_or(id))
}

/// A workspace.
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: Line<120>,
    /// When it was founded.
    pub created_at: Time,
    /// Its version.
    pub version: i64,
}

/// The workspace of the actor.
pub fn find(tx: &mut Tx<'_>, cx: &Cx) -> Result<Workspace> {
    let found =
        tx.first("SELECT id, name, created_at, version FROM workspace WHERE id = $1", &[&cx.workspace()], |row| {
            Ok(Workspace { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)?, version: row.get(3)? })
        })?;
    found.ok_or_else(|| web::NOT_FOUND.error())
}

/// Locks the workspace's row: what must hold over several members is checked behind it.
pub fn lock(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    tx.first_locked("SELECT version FROM workspace WHERE id = $1", &[&cx.workspace()], |_| Ok(()))?;
    Ok(())
}

/// Renames the workspace.
pub fn rename(tx: &mut Tx<'_>, cx: &Cx, read: IfMatch, name: &Line<120>) -> Result<Workspace> {
    lock(tx, cx)?;
    let before = find(tx, cx)?;
    read.check(before.version)?;
    if before.name == *name {
        return Ok(before);
    }
    let version = before.version + 1;
    tx.exec("UPDATE workspace SET name = $1, version = $2 WHERE id = $3", &[name, &version, &before.id])?;
    let data = serde_json::json!({});
    let event = NewEvent::new("workspace.renamed", before.id.uuid(), version, cx.env().now(), Audience::staff(), &data)
        .details(&serde_json::json!({"name": name}));
    record(tx, cx, &[event])?;
    Ok(Workspace { name: name.clone(), version, ..before })
}

/// The name of a workspace.
pub fn workspace_name(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Option<String>> {
    tx.first("SELECT name FROM workspace WHERE id = $1", &[&workspace], |row| row.get(0))
}
