//! The cast: Ada owns Acme, Ben answers there, Gus owns Globex next door.

use std::sync::{Arc, OnceLock};

use base::Id;
use base::text::{Email, Line};
use db::Tx;
use trust::House;
use trust::access::{Role, TicketScope};
use trust::accounts::session::new_secret;
use trust::accounts::{Founded, found_workspace, hash_password};
use trust::nouns::{AccountId, MemberId, TokenId, WorkspaceId};
use uuid::Uuid;

use super::cluster::on_a_thread;
use super::world::PASSWORD;

/// Somebody of the staff.
#[derive(Clone, Debug)]
pub struct Person {
    /// The workspace they belong to.
    pub workspace: WorkspaceId,
    /// The member.
    pub member: MemberId,
    /// The address they sign in with.
    pub email: String,
    /// A token with all their rights.
    pub token: String,
}

/// Who is there when a story starts.
pub struct Founders {
    pub ada: Person,
    pub ben: Person,
    pub gus: Person,
}

/// Founds both workspaces.
pub fn found(house: &Arc<House>) -> Founders {
    let ada = owner(house, "Acme", "ada@acme.test");
    let gus = owner(house, "Globex", "gus@globex.test");
    let ben = member(house, ada.workspace, "ben@acme.test", Role::Agent);
    Founders { ada, ben, gus }
}

fn owner(house: &Arc<House>, name: &str, address: &str) -> Person {
    let (name, email) = (Line::new(name).unwrap(), Email::new(address).unwrap());
    let (env, cell, hash) = (house.env.clone(), house.cell, password_hash(house));
    let Founded { workspace, owner, api_token } =
        house.db.write_now(Uuid::nil(), move |tx| found_workspace(tx, &env, cell, &name, &email, &hash)).unwrap();
    Person { workspace, member: owner, email: address.to_owned(), token: api_token }
}

/// A hash costs time, and everybody has the same password.
fn password_hash(house: &House) -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_password(&house.env, PASSWORD).unwrap()).clone()
}

/// A member of a workspace with a token, as an accepted invitation leaves them.
pub fn member(house: &Arc<House>, workspace: WorkspaceId, address: &str, role: Role) -> Person {
    let (home, address_of, hash) = (house.clone(), address.to_owned(), password_hash(house));
    let write =
        move || house.db.write_now(workspace.uuid(), move |tx| insert(tx, &home, workspace, &address_of, role, &hash));
    let (member, token) = on_a_thread(write).unwrap();
    Person { workspace, member, email: address.to_owned(), token }
}

fn insert(
    tx: &mut Tx<'_>,
    house: &House,
    workspace: WorkspaceId,
    address: &str,
    role: Role,
    hash: &str,
) -> base::Result<(MemberId, String)> {
    let (env, cell, now) = (&house.env, house.cell, house.env.now());
    let (account, member): (AccountId, MemberId) = (Id::new(env, cell), Id::new(env, cell));
    tx.exec(
        "INSERT INTO account (id, email, email_folded, password_hash, created_at, version) VALUES ($1, $2, $3, $4, $5, 1)",
        &[&account, &address, &address, &hash, &now],
    )?;
    let name = address.split('@').next().unwrap();
    tx.exec(
        "INSERT INTO member (workspace_id, id, account_id, name, role, ticket_scope, availability, is_active, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 'offline', 1, $7, 1)",
        &[&workspace, &member, &account, &name, &role, &TicketScope::All, &now],
    )?;
    let (token, token_hash) = new_secret(env, "ms_");
    let id: TokenId = Id::new(env, cell);
    let rights = trust::access::Rights::all().words().join(" ");
    tx.exec(
        "INSERT INTO api_token (workspace_id, id, token_hash, member_id, kind, name, rights, created_at) \
         VALUES ($1, $2, $3, $4, 'personal', 'Test', $5, $6)",
        &[&workspace, &id, &token_hash, &member, &rights, &now],
    )?;
    Ok((member, token))
}
