//! Inviting somebody and joining: the invitation makes a member who is not active until the link was used.
//! Rule: an account that has a password keeps it; who joins with it must know it, so that an invitation takes no account over.

use std::sync::Arc;

use base::text::Line;
use base::{Personal, Result};
use db::Tx;
use serde_json::json;

use super::changing::{event, store};
use super::link::{self, Bearer, Link, LinkKind};
use super::member::{Availability, Member, check_rank, write_belongings};
use super::shapes::NewInvitation;
use super::{ACCOUNT_PASSWORD, ALREADY_MEMBER, LINK_INVALID, group};
use crate::access::{Actor, Right, TicketScope, Via};
use crate::accounts::session::hash_secret;
use crate::accounts::sign_in::{check_failures, count_attempt, forget_failures, not_counted};
use crate::accounts::workspace::account_of;
use crate::accounts::{Session, SignedIn, hash_new, verify_password};
use crate::doors::actor_of_member;
use crate::house::{Cx, House};
use crate::log::record;
use crate::nouns::{AccountId, MemberId, Team, Territory};

/// An invitation that was just made.
pub struct Invited {
    /// The member to be.
    pub member: MemberId,
    /// The link to hand over.
    pub link: Link,
}

/// Invites somebody; an invitation that is still open, or a member who left, gets a new link.
pub fn invite(tx: &mut Tx<'_>, cx: &Cx, new: &NewInvitation) -> Result<Invited> {
    cx.require(Right::MembersWrite)?;
    check_rank(cx, new.role)?;
    let account = account_of(tx, cx.env(), cx.cell(), &new.email, None)?;
    let member = match of_account(tx, cx, account)? {
        Some(member) if member.is_active => return Err(ALREADY_MEMBER.error()),
        Some(member) => {
            check_rank(cx, member.role)?;
            let again = filled(tx, cx, member, new)?;
            store(tx, cx, again)?
        }
        None => insert(tx, cx, account, new)?,
    };
    let link = link::make(tx, cx, &member, LinkKind::Invite)?;
    let data =
        json!({"member_id": member.id, "role": member.role, "teams": member.teams, "territories": member.territories});
    let event =
        event("member.invited", cx, &member, &data).details(&json!({"name": member.name.reveal(), "email": new.email}));
    record(tx, cx, &[event])?;
    Ok(Invited { member: member.id, link })
}

fn of_account(tx: &mut Tx<'_>, cx: &Cx, account: AccountId) -> Result<Option<Member>> {
    let found = tx.first_locked(
        "SELECT id FROM member WHERE account_id = $1 AND workspace_id = $2",
        &[&account, &cx.workspace()],
        |row| row.get::<MemberId>(0),
    )?;
    found.map(|id| Member::find(tx, cx, id)).transpose()
}

fn filled(tx: &mut Tx<'_>, cx: &Cx, mut member: Member, new: &NewInvitation) -> Result<Member> {
    member.name = Personal::new(new.name.to_string());
    member.role = new.role;
    member.ticket_scope = new.ticket_scope.unwrap_or(TicketScope::All);
    member.teams = group::known::<Team>(tx, cx, &new.teams, "/teams")?;
    member.territories = group::known::<Territory>(tx, cx, &new.territories, "/territories")?;
    Ok(member)
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, account: AccountId, new: &NewInvitation) -> Result<Member> {
    let blank = Member {
        id: cx.new_id(),
        account,
        name: Personal::default(),
        email: Personal::new(new.email.typed().to_owned()),
        role: new.role,
        ticket_scope: TicketScope::All,
        availability: Availability::Offline,
        away_message: None,
        is_active: false,
        created_at: cx.env().now(),
        version: 1,
        teams: Vec::new(),
        territories: Vec::new(),
    };
    let member = filled(tx, cx, blank, new)?;
    tx.exec(
        "INSERT INTO member (workspace_id, id, account_id, name, role, ticket_scope, availability, is_active, created_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 1)",
        &[
            &cx.workspace(),
            &member.id,
            &account,
            &member.name,
            &member.role,
            &member.ticket_scope,
            &member.availability,
            &member.created_at,
        ],
    )
    .map_err(|error| if db::is_duplicate(&error) { ALREADY_MEMBER.error() } else { error })?;
    write_belongings(tx, cx, &member)?;
    Ok(member)
}

/// Joins by a link: sets the account's password, or checks it when there is one, and opens a session.
pub async fn accept(house: &Arc<House>, secret: String, password: String, name: Option<Line<120>>) -> Result<SignedIn> {
    let reader = house.clone();
    let bearer = house.db.read(uuid::Uuid::nil(), move |tx| {
        let bearer = link::find(tx, &secret, LinkKind::Invite, reader.env.now())?;
        check_failures(tx, &reader, &subject(&bearer))?;
        Ok(bearer)
    });
    let bearer = bearer.await?;
    let new_hash = match bearer.password_hash.clone() {
        None => Some(hash_new(&house.env, password).await?),
        Some(stored) => {
            check_password(house, &bearer, password, stored).await?;
            None
        }
    };
    let (writer, workspace) = (house.clone(), bearer.workspace.uuid());
    let join = move |tx: &mut Tx<'_>| join(tx, &writer, &bearer, new_hash.as_deref(), name.as_ref());
    house.db.write(workspace, join).await
}

async fn check_password(house: &Arc<House>, bearer: &Bearer, password: String, stored: String) -> Result<()> {
    count_attempt(house, subject(bearer)).await?;
    match verify_password(password, Some(stored)).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ACCOUNT_PASSWORD.error()),
        Err(error) => Err(not_counted(house, subject(bearer), error).await),
    }
}

/// What failed attempts on the account are counted under.
pub(super) fn subject(bearer: &Bearer) -> [u8; 32] {
    hash_secret(bearer.email_folded.reveal())
}

fn join(
    tx: &mut Tx<'_>,
    house: &Arc<House>,
    bearer: &Bearer,
    new_hash: Option<&str>,
    name: Option<&Line<120>>,
) -> Result<SignedIn> {
    link::spend(tx, bearer, house.env.now())?;
    if let Some(hash) = new_hash {
        set_first_password(tx, bearer.account, hash)?;
    }
    forget_failures(tx, &subject(bearer))?;
    // The house activates the member; from here on the member acts.
    let of_house = Cx::new(house.clone(), Actor::house(bearer.workspace, Via::Console));
    let mut member = Member::find_locked(tx, &of_house, bearer.member)?;
    member.is_active = true;
    if let Some(name) = name {
        member.name = Personal::new(name.to_string());
    }
    let member = store(tx, &of_house, member)?;
    let actor = actor_of_member(tx, house, bearer.workspace, bearer.member)?;
    let cx = Cx::new(house.clone(), actor.ok_or_else(|| LINK_INVALID.error())?);
    let event = event("member.joined", &cx, &member, &json!({"member_id": member.id}))
        .details(&json!({"name": member.name.reveal()}));
    record(tx, &cx, &[event])?;
    let (secret, session) = Session::open(tx, house, bearer.account, bearer.workspace, bearer.member)?;
    Ok(SignedIn { secret, session })
}

fn set_first_password(tx: &mut Tx<'_>, account: AccountId, hash: &str) -> Result<()> {
    let set = tx.exec(
        "UPDATE account SET password_hash = $1, version = version + 1 WHERE id = $2 AND password_hash IS NULL",
        &[&hash, &account],
    )?;
    // Another invitation of the same account was accepted meanwhile.
    if set == 1 { Ok(()) } else { Err(ACCOUNT_PASSWORD.error()) }
}
