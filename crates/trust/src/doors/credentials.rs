//! From a token or a session to a member or token actor, in one read.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Result, Time};
use db::{Row, Tx};
use parking_lot::Mutex;

use crate::access::{Actor, MemberActor, Policy, Rights, Role, TicketScope, Via, Who};
use crate::accounts::session::Session;
use crate::house::House;
use crate::nouns::{MemberId, TeamId, TerritoryId, TokenId, WorkspaceId};

/// Teams and territories of members by member version: a change of either makes a new version.
#[derive(Default)]
pub(super) struct Belongings(Mutex<HashMap<MemberId, Belonging>>);

#[derive(Clone)]
struct Belonging {
    version: i64,
    teams: Arc<[TeamId]>,
    territories: Arc<[TerritoryId]>,
}

impl Belongings {
    fn of(&self, tx: &mut Tx<'_>, workspace: WorkspaceId, member: MemberId, version: i64) -> Result<Belonging> {
        if let Some(known) = self.0.lock().get(&member).filter(|known| known.version == version) {
            return Ok(known.clone());
        }
        let teams: Vec<TeamId> = tx.all(
            "SELECT team_id FROM team_member WHERE workspace_id = $1 AND member_id = $2 ORDER BY team_id",
            &[&workspace, &member],
            |row| row.get(0),
        )?;
        let territories: Vec<TerritoryId> = tx.all(
            "SELECT territory_id FROM territory_member WHERE workspace_id = $1 AND member_id = $2 ORDER BY territory_id",
            &[&workspace, &member],
            |row| row.get(0),
        )?;
        let found = Belonging { version, teams: teams.into(), territories: territories.into() };
        let mut known = self.0.lock();
        if known.len() > 10_000 {
            known.clear();
        }
        known.insert(member, found.clone());
        Ok(found)
    }
}

/// A token that holds, and who acts with it.
#[derive(Clone)]
pub(super) struct TokenFound {
    pub(super) actor: Actor,
    pub(super) token: TokenId,
    pub(super) expires_at: Option<Time>,
}

/// The columns of a member as `actor_of` reads them.
const MEMBER: &str = "m.id, m.role, m.ticket_scope, m.is_active, m.version";

/// A member's row as the actor is made of it.
struct MemberRow {
    id: MemberId,
    role: Role,
    scope: TicketScope,
    is_active: bool,
    version: i64,
}

/// The actor behind an API token, if it holds.
pub(super) fn by_token(
    tx: &mut Tx<'_>,
    belongings: &Belongings,
    policy: &Policy,
    hash: &[u8; 32],
    now: Time,
) -> Result<Option<TokenFound>> {
    struct Found {
        workspace: WorkspaceId,
        token: TokenId,
        rights: String,
        expires_at: Option<Time>,
        holds: bool,
        is_personal: bool,
        member: Option<MemberRow>,
    }
    let sql = format!(
        "SELECT t.workspace_id, t.id, t.rights, t.expires_at, t.revoked_at, t.member_id, {MEMBER} FROM api_token t \
         LEFT JOIN member m ON m.workspace_id = t.workspace_id AND m.id = t.member_id WHERE t.token_hash = $1"
    );
    let found = tx.first(&sql, &[hash], |row| {
        let expires: Option<Time> = row.get(3)?;
        let revoked: Option<Time> = row.get(4)?;
        let is_personal = row.get::<Option<MemberId>>(5)?.is_some();
        Ok(Found {
            workspace: row.get(0)?,
            token: row.get(1)?,
            rights: row.get(2)?,
            expires_at: expires,
            holds: revoked.is_none() && expires.is_none_or(|expires| now < expires),
            is_personal,
            member: member_of(row, 6)?,
        })
    })?;
    let Some(found) = found.filter(|found| found.holds) else {
        return Ok(None);
    };
    let granted = Rights::from_words(&found.rights);
    let (who, rights) = match (found.is_personal, found.member) {
        (false, _) => (Who::Token(found.token), granted),
        (true, Some(member)) if member.is_active => {
            let rights = policy.rights(member.role).and(granted);
            (Who::Member(actor_of(tx, belongings, found.workspace, member)?), rights)
        }
        (true, _) => return Ok(None),
    };
    let actor = Actor { workspace: found.workspace, who, rights, via: Via::Api };
    Ok(Some(TokenFound { actor, token: found.token, expires_at: found.expires_at }))
}

/// The session of a secret's hash and the member behind it, if both hold.
pub(super) fn by_session(
    tx: &mut Tx<'_>,
    belongings: &Belongings,
    house: &House,
    hash: &[u8; 32],
) -> Result<Option<(Actor, Session)>> {
    let Some(session) = Session::find(tx, house, hash)? else {
        return Ok(None);
    };
    let actor = by_member(tx, belongings, &house.policy, session.workspace, session.member)?;
    Ok(actor.map(|actor| (actor, session)))
}

/// The actor of an active member, outside the gate: right after signing in or accepting an invitation.
pub(crate) fn actor_of_member(
    tx: &mut Tx<'_>,
    house: &House,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<Option<Actor>> {
    by_member(tx, &Belongings::default(), &house.policy, workspace, member)
}

/// The actor behind a session's member, if still active.
pub(super) fn by_member(
    tx: &mut Tx<'_>,
    belongings: &Belongings,
    policy: &Policy,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<Option<Actor>> {
    let sql = format!("SELECT {MEMBER} FROM member m WHERE m.workspace_id = $1 AND m.id = $2");
    let found = tx.first(&sql, &[&workspace, &member], |row| member_of(row, 0))?.flatten();
    let Some(found) = found.filter(|found| found.is_active) else {
        return Ok(None);
    };
    let rights = policy.rights(found.role);
    let who = Who::Member(actor_of(tx, belongings, workspace, found)?);
    Ok(Some(Actor { workspace, who, rights, via: Via::Console }))
}

fn member_of(row: &Row<'_>, first: usize) -> Result<Option<MemberRow>> {
    let Some(id) = row.get::<Option<MemberId>>(first)? else {
        return Ok(None);
    };
    Ok(Some(MemberRow {
        id,
        role: row.get(first + 1)?,
        scope: row.get(first + 2)?,
        is_active: row.get(first + 3)?,
        version: row.get(first + 4)?,
    }))
}

fn actor_of(
    tx: &mut Tx<'_>,
    belongings: &Belongings,
    workspace: WorkspaceId,
    MemberRow { id, role, scope, version, .. }: MemberRow,
) -> Result<MemberActor> {
    let belonging = belongings.of(tx, workspace, id, version)?;
    Ok(MemberActor { id, role, scope, teams: belonging.teams, territories: belonging.territories })
}
