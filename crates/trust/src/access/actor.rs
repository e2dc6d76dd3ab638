//! Who is acting: a member, a token, a customer or visitor, or the house itself.

use std::sync::Arc;

use base::text::Email;

use super::{Reach, Rights};
use crate::nouns::{CustomerId, MemberId, TeamId, TerritoryId, TokenId, WorkspaceId};

base::words! {
    /// What somebody is in a workspace.
    pub enum Role {
        /// Owns it.
        Owner = "owner",
        /// Runs it.
        Admin = "admin",
        /// Leads teams.
        Lead = "lead",
        /// Answers customers.
        Agent = "agent",
        /// Looks after accounts.
        Csm = "csm",
        /// Reads.
        Viewer = "viewer",
    }
}

base::words! {
    /// Which tickets a member's work is about.
    pub enum TicketScope {
        /// Every ticket of the member's territories.
        All = "all",
        /// Tickets of the member's teams, and those without a team.
        Teams = "teams",
        /// Tickets assigned to the member.
        Own = "own",
    }
}

base::words! {
    /// Which door an action came through.
    pub enum Via {
        /// The console.
        Console = "console",
        /// The API with a token.
        Api = "api",
        /// The widget.
        Widget = "widget",
        /// A command on the machine.
        Command = "command",
        /// A job.
        Job = "job",
    }
}

/// A member with the attributes that decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberActor {
    /// The member.
    pub id: MemberId,
    /// The role.
    pub role: Role,
    /// Which tickets the member's work is about.
    pub scope: TicketScope,
    /// The member's teams, sorted.
    pub teams: Arc<[TeamId]>,
    /// The member's territories, sorted; empty means everywhere.
    pub territories: Arc<[TerritoryId]>,
}

/// What a host app says of a customer, under its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The customer's id in the host app.
    pub subject: String,
    /// The address, verified by the host app.
    pub email: Option<Email>,
    /// The name.
    pub name: Option<String>,
}

/// Somebody at the widget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guest {
    /// Known by the host app's signature.
    Identified(Identity),
    /// Known by a device token, by its hash.
    Device([u8; 32]),
    /// Not known yet.
    Nobody,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member in the console, or through a personal token.
    Member(MemberActor),
    /// A token of the workspace.
    Token(TokenId),
    /// Somebody at the widget, before the customer was found.
    Guest(Guest),
    /// A customer.
    Customer(CustomerId),
    /// The house: commands, jobs, imports.
    House,
}

/// An actor in one workspace.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who acts.
    pub who: Who,
    /// What they may do.
    pub rights: Rights,
    /// Which door they came through.
    pub via: Via,
}

impl Actor {
    /// The house acting in a workspace, through a command or a job.
    pub fn house(workspace: WorkspaceId, via: Via) -> Actor {
        Actor { workspace, who: Who::House, rights: Rights::all(), via }
    }

    /// The member, if it is one.
    pub fn member(&self) -> Option<&MemberActor> {
        match &self.who {
            Who::Member(member) => Some(member),
            _ => None,
        }
    }

    /// What the actor may see; only actors make one.
    pub fn reach(&self) -> Reach {
        match &self.who {
            Who::Member(member) => Reach::of_member(self.workspace, member),
            Who::Token(_) | Who::House => Reach::everything(self.workspace),
            Who::Customer(customer) => Reach::of_customer(self.workspace, [*customer]),
            Who::Guest(_) => Reach::nothing(self.workspace),
        }
    }

    /// The kind and id that events name.
    pub fn named(&self) -> (&'static str, Option<uuid::Uuid>) {
        match &self.who {
            Who::Member(member) => ("member", Some(member.id.uuid())),
            Who::Token(token) => ("token", Some(token.uuid())),
            Who::Customer(customer) => ("customer", Some(customer.uuid())),
            Who::Guest(_) => ("customer", None),
            Who::House => ("house", None),
        }
    }
}
