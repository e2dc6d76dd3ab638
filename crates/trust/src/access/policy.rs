//! The Cedar policies of the house, and what they grant.
//! Rule: roles become rights here once at start; an error in a policy counts as a refusal.

use std::collections::{HashMap, HashSet};

use base::{Code, Error, Kind, Result};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use super::{Audience, MemberActor, Right, Rights, Role};

/// The policies cannot be read.
pub(super) static BROKEN_POLICY: Code = Code::new(
    Kind::Internal,
    "broken_policy",
    "The access policies cannot be read.",
    "Install a release that is whole.",
);

/// The policies, ready to be asked.
pub struct Policy {
    set: PolicySet,
    authorizer: Authorizer,
    rights: HashMap<Role, Rights>,
}

/// What the policies look at of a ticket.
pub type TicketFacts = Audience;

impl Policy {
    /// Reads the policies and works out the rights of each role.
    pub fn load() -> Result<Policy> {
        let set: PolicySet = include_str!("house.cedar").parse().map_err(broken)?;
        let mut policy = Policy { set, authorizer: Authorizer::new(), rights: HashMap::new() };
        for role in Role::ALL {
            let granted = policy.grants(*role)?;
            policy.rights.insert(*role, granted);
        }
        Ok(policy)
    }

    /// The rights of a role.
    pub fn rights(&self, role: Role) -> Rights {
        self.rights.get(&role).copied().unwrap_or(Rights::NONE)
    }

    fn grants(&self, role: Role) -> Result<Rights> {
        let attributes = HashMap::from([text("role", role.word())]);
        let mut granted = Vec::new();
        for right in Right::ALL {
            let member = entity("Member", "somebody", attributes.clone())?;
            if self.allows(member, right.word(), entity("Workspace", "here", HashMap::new())?)? {
                granted.push(*right);
            }
        }
        Ok(granted.into_iter().collect())
    }

    /// Whether the policies let a member see a ticket with these facts.
    pub fn may_see(&self, member: &MemberActor, ticket: &TicketFacts) -> Result<bool> {
        let names =
            |ids: Vec<String>| RestrictedExpression::new_set(ids.into_iter().map(RestrictedExpression::new_string));
        let principal = HashMap::from([
            text("role", member.role.word()),
            text("scope", member.scope.word()),
            text("name", &member.id.to_string()),
            ("anywhere".to_owned(), RestrictedExpression::new_bool(member.territories.is_empty())),
            ("teams".to_owned(), names(member.teams.iter().map(ToString::to_string).collect())),
            ("territories".to_owned(), names(member.territories.iter().map(ToString::to_string).collect())),
        ]);
        let mut resource =
            HashMap::from([("restricted".to_owned(), RestrictedExpression::new_bool(ticket.is_restricted))]);
        resource.extend(ticket.team.map(|team| text("team", &team.to_string())));
        resource.extend(ticket.assignee.map(|assignee| text("assignee", &assignee.to_string())));
        resource.extend(ticket.territory.map(|territory| text("territory", &territory.to_string())));
        self.allows(entity("Member", "somebody", principal)?, "see", entity("Ticket", "this", resource)?)
    }

    fn allows(&self, principal: Entity, action: &str, resource: Entity) -> Result<bool> {
        let action = uid("Action", action)?;
        let request = Request::new(principal.uid(), action, resource.uid(), Context::empty(), None).map_err(broken)?;
        let entities = Entities::from_entities([principal, resource], None).map_err(broken)?;
        let answer = self.authorizer.is_authorized(&request, &self.set, &entities);
        let is_clean = answer.diagnostics().errors().next().is_none();
        Ok(answer.decision() == Decision::Allow && is_clean)
    }
}

fn text(name: &str, value: &str) -> (String, RestrictedExpression) {
    (name.to_owned(), RestrictedExpression::new_string(value.to_owned()))
}

fn uid(kind: &str, name: &str) -> Result<EntityUid> {
    let kind: EntityTypeName = kind.parse().map_err(broken)?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(name)))
}

fn entity(kind: &str, name: &str, attributes: HashMap<String, RestrictedExpression>) -> Result<Entity> {
    Entity::new(uid(kind, name)?, attributes, HashSet::new()).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Error {
    BROKEN_POLICY.error().caused_by(error)
}
