//! A member's row with its teams and territories: finding, listing, and who may be put in which role by whom.

use base::{Page, Personal, Result, Time};
use db::{Query, Row, Tx};
use uuid::Uuid;

use super::{BEYOND_YOUR_RIGHTS, LAST_OWNER, OWNERS_ONLY};
use crate::access::{Role, TicketScope, Who};
use crate::house::Cx;
use crate::nouns::{AccountId, MemberId, TeamId, TerritoryId};
use crate::paging::{PageQuery, id_cursor};

base::words! {
    /// Whether a member takes work now, as the member says.
    pub enum Availability {
        /// Takes work.
        Online = "online",
        /// Away for a while.
        Away = "away",
        /// Not at work.
        Offline = "offline",
    }
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member.
    pub id: MemberId,
    /// The account that signs in.
    pub account: AccountId,
    /// The name colleagues and customers see.
    pub name: Personal<String>,
    /// The account's address.
    pub email: Personal<String>,
    /// The role.
    pub role: Role,
    /// Which tickets the member's work is about.
    pub ticket_scope: TicketScope,
    /// Whether the member takes work now.
    pub availability: Availability,
    /// What the member says while not at work.
    pub away_message: Option<String>,
    /// Whether the member may sign in; invited members are not active yet.
    pub is_active: bool,
    /// When the member was invited.
    pub created_at: Time,
    /// The row's version.
    pub version: i64,
    /// The teams, sorted by id.
    pub teams: Vec<TeamId>,
    /// The territories, sorted by id; empty means everywhere.
    pub territories: Vec<TerritoryId>,
}

const SELECT: &str = "SELECT m.id, m.account_id, m.name, a.email, m.role, m.ticket_scope, m.availability, \
    m.is_active, m.created_at, m.version, m.away_message FROM member m JOIN account a ON a.id = m.account_id WHERE m.workspace_id = $1";

impl Member {
    /// A member of the actor's workspace.
    pub fn find(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<Member> {
        let sql = format!("{SELECT} AND m.id = $2");
        let found = tx.first(&sql, &[&cx.workspace(), &id], Member::read)?;
        let mut found = [found.ok_or_else(|| web::NOT_FOUND.error())?];
        add_belongings(tx, cx, &mut found)?;
        let [found] = found;
        Ok(found)
    }

    /// A member whose row is locked until the commit.
    pub fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: MemberId) -> Result<Member> {
        tx.first_locked(
            "SELECT version FROM member WHERE workspace_id = $1 AND id = $2",
            &[&cx.workspace(), &id],
            |_| Ok(()),
        )?;
        Member::find(tx, cx, id)
    }

    /// The members of the workspace in the order they were invited.
    pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Member>> {
        let limit = page.limit()?;
        let sql = format!("{SELECT} AND m.id > $2 ORDER BY m.id LIMIT $3");
        let more = i64::try_from(limit + 1).unwrap_or(1);
        let after = page.after_id()?;
        let mut found = tx.all(&sql, &[&cx.workspace(), &after, &more], Member::read)?;
        add_belongings(tx, cx, &mut found)?;
        Ok(Page::cut(found, limit, |member| id_cursor(member.id)))
    }

    fn read(row: &Row<'_>) -> Result<Member> {
        Ok(Member {
            id: row.get(0)?,
            account: row.get(1)?,
            name: row.get(2)?,
            email: row.get(3)?,
            role: row.get(4)?,
            ticket_scope: row.get(5)?,
            availability: row.get(6)?,
            is_active: row.get(7)?,
            created_at: row.get(8)?,
            version: row.get(9)?,
            away_message: row.get(10)?,
            teams: Vec::new(),
            territories: Vec::new(),
        })
    }

    /// Whether the member owns the workspace now.
    pub fn is_acting_owner(&self) -> bool {
        self.is_active && self.role == Role::Owner
    }
}

fn add_belongings(tx: &mut Tx<'_>, cx: &Cx, members: &mut [Member]) -> Result<()> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let mut teams = Query::new("SELECT member_id, team_id FROM team_member WHERE workspace_id = ");
    teams.bind(cx.workspace()).push(" AND member_id IN (");
    teams.bind_list(&ids).push(") ORDER BY team_id");
    for (member, team) in tx.all_of(&teams, pair)? {
        let own = members.iter_mut().find(|one| one.id.uuid() == member);
        own.into_iter().for_each(|one| one.teams.push(TeamId::from_uuid(team)));
    }
    let mut territories = Query::new("SELECT member_id, territory_id FROM territory_member WHERE workspace_id = ");
    territories.bind(cx.workspace()).push(" AND member_id IN (");
    territories.bind_list(&ids).push(") ORDER BY territory_id");
    for (member, territory) in tx.all_of(&territories, pair)? {
        let own = members.iter_mut().find(|one| one.id.uuid() == member);
        own.into_iter().for_each(|one| one.territories.push(TerritoryId::from_uuid(territory)));
    }
    Ok(())
}

fn pair(row: &Row<'_>) -> Result<(Uuid, Uuid)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// Refuses when the actor may not put somebody into a role, or touch somebody who has it.
pub(super) fn check_rank(cx: &Cx, role: Role) -> Result<()> {
    let beyond = cx.house().policy.rights(role).without(cx.actor.rights);
    if beyond != crate::access::Rights::NONE {
        cx.note_denied("members.rank");
        return Err(BEYOND_YOUR_RIGHTS.error().with("beyond", beyond.words().into()));
    }
    let is_owner = match &cx.actor.who {
        Who::Member(member) => member.role == Role::Owner,
        Who::House => true,
        _ => false,
    };
    if role == Role::Owner && !is_owner {
        cx.note_denied("members.rank");
        return Err(OWNERS_ONLY.error());
    }
    Ok(())
}

/// Refuses when nobody but this member owns the workspace; the workspace's row must be locked.
pub(super) fn check_other_owner(tx: &mut Tx<'_>, cx: &Cx, leaving: MemberId) -> Result<()> {
    let other = tx.first(
        "SELECT id FROM member WHERE workspace_id = $1 AND role = 'owner' AND is_active = 1 AND id <> $2 LIMIT 1",
        &[&cx.workspace(), &leaving],
        |row| row.get::<MemberId>(0),
    )?;
    other.map(|_| ()).ok_or_else(|| LAST_OWNER.error())
}

/// Puts a member into these teams and territories, and out of all others.
pub(super) fn write_belongings(tx: &mut Tx<'_>, cx: &Cx, member: &Member) -> Result<()> {
    let workspace = cx.workspace();
    tx.exec("DELETE FROM team_member WHERE workspace_id = $1 AND member_id = $2", &[&workspace, &member.id])?;
    for team in &member.teams {
        tx.exec(
            "INSERT INTO team_member (workspace_id, team_id, member_id) VALUES ($1, $2, $3)",
            &[&workspace, team, &member.id],
        )?;
    }
    tx.exec("DELETE FROM territory_member WHERE workspace_id = $1 AND member_id = $2", &[&workspace, &member.id])?;
    for territory in &member.territories {
        tx.exec(
            "INSERT INTO territory_member (workspace_id, member_id, territory_id) VALUES ($1, $2, $3)",
            &[&workspace, &member.id, territory],
        )?;
    }
    Ok(())
}
