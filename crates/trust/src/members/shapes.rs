//! The shapes of members, invitations, resets, teams and territories.

use base::Time;
use base::text::{Email, Line};
use serde::{Deserialize, Serialize};

use super::group::Group;
use super::link::Link;
use super::member::{Availability, Member};
use crate::access::{Role, TicketScope};
use crate::nouns::{MemberId, Team, TeamId, Territory, TerritoryId};

/// A member, for colleagues.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MemberOut {
    /// The id.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The address the member signs in with.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The teams.
    pub teams: Vec<TeamId>,
    /// The territories; empty means everywhere.
    pub territories: Vec<TerritoryId>,
    /// Which tickets the member's work is about.
    pub ticket_scope: TicketScope,
    /// Whether the member takes work now.
    pub availability: Availability,
    /// What the member says while not at work.
    pub away_message: Option<String>,
    /// Whether the member may sign in; false until an invitation is accepted.
    pub active: bool,
    /// When the member was invited.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> MemberOut {
        MemberOut {
            id: member.id,
            name: member.name.into_inner(),
            email: member.email.into_inner(),
            role: member.role,
            teams: member.teams,
            territories: member.territories,
            ticket_scope: member.ticket_scope,
            availability: member.availability,
            away_message: member.away_message,
            active: member.is_active,
            created_at: member.created_at,
            version: member.version,
        }
    }
}

/// A change of a member; what is absent stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// The name.
    pub name: Option<Line<120>>,
    /// The role; only owners make owners.
    pub role: Option<Role>,
    /// All teams the member is to be in.
    pub teams: Option<Vec<TeamId>>,
    /// All territories of the member; an empty list means everywhere.
    pub territories: Option<Vec<TerritoryId>>,
    /// Which tickets the member's work is about.
    pub ticket_scope: Option<TicketScope>,
    /// Whether the member may sign in; false ends sessions, personal tokens and open links.
    pub active: Option<bool>,
}

/// Whether one takes work now.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityIn {
    /// Online, away or offline.
    pub availability: Availability,
    /// What colleagues read meanwhile; gone once online.
    pub message: Option<Line<140>>,
}

/// An invitation.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The address to sign in with.
    pub email: Email,
    /// The name.
    pub name: Line<120>,
    /// The role.
    pub role: Role,
    /// The teams.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// The territories; none means everywhere.
    #[serde(default)]
    pub territories: Vec<TerritoryId>,
    /// Which tickets the member's work is about; all when absent.
    pub ticket_scope: Option<TicketScope>,
}

/// An invitation that was just made; the link is shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationOut {
    /// The member to be.
    pub id: MemberId,
    /// The link to hand over.
    pub link: String,
    /// When it ends.
    pub expires_at: Time,
}

/// Joining by a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// What stands after `#` in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The new password, or the one the account has already.
    #[schema(max_length = 1000)]
    pub password: String,
    /// The name, when it should be another one.
    pub name: Option<Line<120>>,
}

/// A reset link that was just made; it is shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ResetLinkOut {
    /// The link to hand over.
    pub link: String,
    /// When it ends.
    pub expires_at: Time,
}

impl From<Link> for ResetLinkOut {
    fn from(link: Link) -> ResetLinkOut {
        ResetLinkOut { link: link.address, expires_at: link.expires_at }
    }
}

/// Setting a new password by a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// What stands after `#` in the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// The new password.
    #[schema(min_length = 10, max_length = 1000)]
    pub password: String,
}

/// A name for a team or a territory.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupName {
    /// The name.
    pub name: Line<80>,
}

/// A team.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TeamOut {
    /// The id.
    pub id: TeamId,
    /// The name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Group<Team>> for TeamOut {
    fn from(team: Group<Team>) -> TeamOut {
        TeamOut { id: team.id, name: team.name, created_at: team.created_at, version: team.version }
    }
}

/// A territory.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TerritoryOut {
    /// The id.
    pub id: TerritoryId,
    /// The name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<Group<Territory>> for TerritoryOut {
    fn from(group: Group<Territory>) -> TerritoryOut {
        TerritoryOut { id: group.id, name: group.name, created_at: group.created_at, version: group.version }
    }
}
