//! Password resets: an administrator copies a link, the member sets a new password with it.
//! Rule: no workspace resets the password of somebody who also signs in elsewhere; using a link ends every session.

use std::sync::Arc;

use base::Result;
use db::Tx;
use serde_json::json;

use super::changing::event;
use super::link::{self, Bearer, Link, LinkKind};
use super::member::{Member, check_rank};
use super::{ACCOUNT_ELSEWHERE, LINK_INVALID, MEMBER_INACTIVE, inviting};
use crate::access::Right;
use crate::accounts::sign_in::forget_failures;
use crate::accounts::{hash_new, sign_out_everywhere};
use crate::doors::actor_of_member;
use crate::house::{Cx, House};
use crate::log::record;
use crate::nouns::{AccountId, MemberId, WorkspaceId};

/// Makes a link that sets a new password for a member.
pub async fn issue_reset(cx: &Cx, id: MemberId) -> Result<Link> {
    cx.require(Right::MembersWrite)?;
    let account = cx.read(move |tx, cx| Ok(resettable(tx, cx, id)?.account));
    if signs_in_elsewhere(cx.house(), account.await?, cx.workspace()).await? {
        return Err(ACCOUNT_ELSEWHERE.error());
    }
    cx.write(move |tx, cx| issue(tx, cx, id)).await
}

fn resettable(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<Member> {
    let member = Member::find(tx, cx, id)?;
    check_rank(cx, member.role)?;
    if member.is_active { Ok(member) } else { Err(MEMBER_INACTIVE.error()) }
}

fn issue(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<Link> {
    Member::find_locked(tx, cx, id)?;
    let member = resettable(tx, cx, id)?;
    let link = link::make(tx, cx, &member, LinkKind::Reset)?;
    let member = bump(tx, cx, member)?;
    let event = event("member.reset_issued", cx, &member, &json!({"member_id": id}));
    record(tx, cx, &[event])?;
    Ok(link)
}

/// Whether an account is an active member of another workspace; asked across workspaces, so by the house itself.
async fn signs_in_elsewhere(house: &Arc<House>, account: AccountId, here: WorkspaceId) -> Result<bool> {
    let look = move |tx: &mut Tx<'_>| {
        tx.first(
            "SELECT id FROM member WHERE account_id = $1 AND workspace_id <> $2 AND is_active = 1 LIMIT 1",
            &[&account, &here],
            |row| row.get::<MemberId>(0),
        )
    };
    Ok(house.db.read(uuid::Uuid::nil(), look).await?.is_some())
}

/// The member's next version, for an event that changes nothing else of the row.
fn bump(tx: &mut Tx<'_>, cx: &Cx, mut member: Member) -> Result<Member> {
    member.version += 1;
    tx.exec(
        "UPDATE member SET version = $1 WHERE workspace_id = $2 AND id = $3",
        &[&member.version, &cx.workspace(), &member.id],
    )?;
    Ok(member)
}

/// Sets a new password by a link and ends every session of the account.
pub async fn use_reset(house: &Arc<House>, secret: String, password: String) -> Result<()> {
    let reader = house.clone();
    let find = move |tx: &mut Tx<'_>| link::find(tx, &secret, LinkKind::Reset, reader.env.now());
    let bearer = house.db.read(uuid::Uuid::nil(), find).await?;
    // The person may have joined another workspace since the link was made.
    if signs_in_elsewhere(house, bearer.account, bearer.workspace).await? {
        return Err(LINK_INVALID.error());
    }
    let hash = hash_new(&house.env, password).await?;
    let (writer, workspace) = (house.clone(), bearer.workspace.uuid());
    let reset = move |tx: &mut Tx<'_>| reset(tx, &writer, &bearer, &hash);
    house.db.write(workspace, reset).await
}

fn reset(tx: &mut Tx<'_>, house: &Arc<House>, bearer: &Bearer, hash: &str) -> Result<()> {
    link::spend(tx, bearer, house.env.now())?;
    let actor = actor_of_member(tx, house, bearer.workspace, bearer.member)?;
    let actor = actor.ok_or_else(|| LINK_INVALID.error())?;
    tx.exec("UPDATE account SET password_hash = $1, version = version + 1 WHERE id = $2", &[&hash, &bearer.account])?;
    // The account signs in nowhere else, so these are all its sessions.
    sign_out_everywhere(tx, bearer.workspace, bearer.member)?;
    forget_failures(tx, &inviting::subject(bearer))?;
    let cx = Cx::new(house.clone(), actor);
    let member = Member::find_locked(tx, &cx, bearer.member)?;
    let member = bump(tx, &cx, member)?;
    let event = event("member.password_changed", &cx, &member, &json!({"member_id": member.id}));
    record(tx, &cx, &[event])
}
