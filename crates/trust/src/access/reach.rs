//! What a reader may see, as one predicate: SQL over the audience columns, and a check on one row's audience.
//! Rule: it says exactly what the Cedar policies say; a property test holds both to it.

use std::sync::Arc;

use base::FromValue;
use base::Result;
use db::{Query, Row};

use super::{MemberActor, Role, TicketScope};
use crate::nouns::{CustomerId, MemberId, TeamId, TerritoryId, WorkspaceId};

/// The columns that decide who may see a ticket or an event about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Audience {
    /// The team it is with.
    pub team: Option<TeamId>,
    /// The member it is assigned to.
    pub assignee: Option<MemberId>,
    /// The customer it is about.
    pub customer: Option<CustomerId>,
    /// The territory it belongs to.
    pub territory: Option<TerritoryId>,
    /// Whether it is restricted.
    pub is_restricted: bool,
    /// Whether it is for staff only.
    pub is_internal: bool,
}

/// What one reader may see in one workspace.
#[derive(Clone, Debug)]
pub struct Reach {
    workspace: WorkspaceId,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Everything,
    Member(MemberReach),
    Customer(Arc<[CustomerId]>),
    Nothing,
}

/// What a member's attributes leave visible.
#[derive(Clone, Debug)]
pub struct MemberReach {
    member: MemberId,
    scope: TicketScope,
    leads: bool,
    teams: Arc<[TeamId]>,
    territories: Arc<[TerritoryId]>,
}

impl Reach {
    pub(super) fn of_member(workspace: WorkspaceId, member: &MemberActor) -> Reach {
        let kind = match member.role {
            Role::Owner | Role::Admin => Kind::Everything,
            role => Kind::Member(MemberReach {
                member: member.id,
                scope: member.scope,
                leads: role == Role::Lead,
                teams: member.teams.clone(),
                territories: member.territories.clone(),
            }),
        };
        Reach { workspace, kind }
    }

    pub(super) fn everything(workspace: WorkspaceId) -> Reach {
        Reach { workspace, kind: Kind::Everything }
    }

    pub(super) fn nothing(workspace: WorkspaceId) -> Reach {
        Reach { workspace, kind: Kind::Nothing }
    }

    /// What a person sees: what is about them, under any of the customers they are, and not internal.
    pub fn of_customer(workspace: WorkspaceId, person: impl IntoIterator<Item = CustomerId>) -> Reach {
        Reach { workspace, kind: Kind::Customer(person.into_iter().collect()) }
    }

    /// The customers of a reach that is one person's; empty for everybody else's.
    pub fn person(&self) -> &[CustomerId] {
        match &self.kind {
            Kind::Customer(person) => person,
            _ => &[],
        }
    }

    /// The member and the teams of a reach that ends at the teams' tickets.
    pub fn teams(&self) -> Option<(MemberId, &[TeamId])> {
        match &self.kind {
            Kind::Member(member) if member.scope == TicketScope::Teams => Some((member.member, &member.teams)),
            _ => None,
        }
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Whether everything in the workspace is visible.
    pub fn is_everything(&self) -> bool {
        matches!(self.kind, Kind::Everything)
    }

    /// Adds ` AND …` for the columns `team_id, assignee_id, customer_id, territory_id, restricted` of `table`.
    pub fn limit(&self, query: &mut Query, table: &str) {
        match &self.kind {
            Kind::Everything => {}
            Kind::Nothing => drop(query.push(" AND 1 = 0")),
            Kind::Customer(person) => {
                query.push(&format!(" AND {table}.customer_id IN (")).bind_list(person.iter()).push(")");
            }
            Kind::Member(member) => member.limit(query, table),
        }
    }

    /// Adds ` AND …` for a territory column of a customer or company: a member with territories sees those, and none's.
    pub fn limit_territory(&self, query: &mut Query, column: &str) {
        match &self.kind {
            Kind::Everything => {}
            Kind::Nothing | Kind::Customer(_) => drop(query.push(" AND 1 = 0")),
            Kind::Member(member) => member.limit_territory(query, column),
        }
    }

    /// Whether a customer or company of this territory is visible.
    pub fn in_territory(&self, territory: Option<TerritoryId>) -> bool {
        match &self.kind {
            Kind::Everything => true,
            Kind::Nothing | Kind::Customer(_) => false,
            Kind::Member(member) => member.in_territory(territory),
        }
    }

    /// Whether a row with this audience is visible.
    pub fn sees(&self, audience: &Audience) -> bool {
        match &self.kind {
            Kind::Everything => true,
            Kind::Nothing => false,
            Kind::Customer(person) => {
                !audience.is_internal && audience.customer.is_some_and(|customer| person.contains(&customer))
            }
            Kind::Member(member) => member.sees(audience),
        }
    }
}

impl MemberReach {
    fn limit_territory(&self, query: &mut Query, column: &str) {
        if !self.territories.is_empty() {
            query.push(&format!(" AND ({column} IS NULL OR {column} IN ("));
            query.bind_list(self.territories.iter()).push("))");
        }
    }

    fn in_territory(&self, territory: Option<TerritoryId>) -> bool {
        self.territories.is_empty() || territory.is_none_or(|territory| self.territories.contains(&territory))
    }

    fn limit(&self, query: &mut Query, table: &str) {
        self.limit_territory(query, &format!("{table}.territory_id"));
        query.push(&format!(" AND ({table}.restricted = 0 OR {table}.assignee_id = ")).bind(self.member);
        if self.leads && !self.teams.is_empty() {
            query.push(&format!(" OR {table}.team_id IN (")).bind_list(self.teams.iter()).push(")");
        }
        query.push(")");
        match self.scope {
            TicketScope::All => {}
            TicketScope::Own => drop(query.push(&format!(" AND {table}.assignee_id = ")).bind(self.member)),
            TicketScope::Teams => {
                query.push(&format!(" AND ({table}.team_id IS NULL OR {table}.assignee_id = ")).bind(self.member);
                if !self.teams.is_empty() {
                    query.push(&format!(" OR {table}.team_id IN (")).bind_list(self.teams.iter()).push(")");
                }
                query.push(")");
            }
        }
    }

    fn sees(&self, audience: &Audience) -> bool {
        let is_mine = audience.assignee == Some(self.member);
        let in_my_teams = audience.team.is_some_and(|team| self.teams.contains(&team));
        let in_territory = self.in_territory(audience.territory);
        let in_scope = match self.scope {
            TicketScope::All => true,
            TicketScope::Own => is_mine,
            TicketScope::Teams => is_mine || in_my_teams || audience.team.is_none(),
        };
        let restriction_lifted = !audience.is_restricted || is_mine || (self.leads && in_my_teams);
        in_territory && in_scope && restriction_lifted
    }
}

impl Audience {
    /// Staff, wherever they work: what happens to the workspace itself.
    pub fn staff() -> Audience {
        Audience { is_internal: true, ..Audience::default() }
    }

    /// Reads the audience from consecutive columns: team, assignee, customer, territory, restricted, internal.
    pub fn read(row: &Row<'_>, first: usize) -> Result<Audience> {
        fn id<N>(row: &Row<'_>, index: usize) -> Result<Option<base::Id<N>>>
        where
            base::Id<N>: FromValue,
        {
            row.get(index)
        }
        Ok(Audience {
            team: id(row, first)?,
            assignee: id(row, first + 1)?,
            customer: id(row, first + 2)?,
            territory: id(row, first + 3)?,
            is_restricted: row.get(first + 4)?,
            is_internal: row.get(first + 5)?,
        })
    }
}
