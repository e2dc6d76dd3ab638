//! Founding a workspace with its owner and a first token.

use base::text::{Email, Line};
use base::{CellNumber, Env, Id, Result};
use db::Tx;

use super::session::new_secret;
use crate::access::{Role, TicketScope};
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
    tx.exec(
        "INSERT INTO workspace (id, name, created_at, version) VALUES ($1, $2, $3, 1)",
        &[&workspace, name, &now],
    )?;
    let account = account_of(tx, env, cell, owner, Some(password_hash))?;
    let member: MemberId = Id::new(env, cell);
    let display = owner
        .typed()
        .split('@')
        .next()
        .unwrap_or("Owner")
        .to_owned();
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
    Ok(Founded {
        workspace,
        owner: member,
        api_token,
    })
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
        &[
            &id,
            &email.typed(),
            &email.folded(),
            &password_hash,
            &env.now(),
        ],
    )?;
    let found = tx.first(
        "SELECT id FROM account WHERE email_folded = $1",
        &[&email.folded()],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or(id))
}

/// The name of a workspace.
pub fn workspace_name(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Option<String>> {
    tx.first(
        "SELECT name FROM workspace WHERE id = $1",
        &[&workspace],
        |row| row.get(0),
    )
}
