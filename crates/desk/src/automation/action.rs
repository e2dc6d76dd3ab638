//! What a rule can do: the same things people do, by the same verbs.

use base::text::{Block, Line};
use serde::{Deserialize, Serialize};
use taxonomy::nouns::CategoryId;
use trust::nouns::{MemberId, TeamId};
use utoipa::ToSchema;

use crate::macros::MacroId;
use crate::tickets::{Priority, Status, TicketType, WaitingOn};

base::words! {
    /// Whom a rule tells.
    pub enum Listener {
        /// Whoever has the ticket.
        Assignee = "assignee",
        /// Every active member of the ticket's team.
        Team = "team",
    }
}

/// One action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleAction)]
pub(crate) enum Action {
    /// Sets the priority.
    SetPriority {
        /// The priority.
        priority: Priority,
    },
    /// Sets the status.
    SetStatus {
        /// The status.
        status: Status,
        /// Whom it waits for, with `pending`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting_on: Option<WaitingOn>,
    },
    /// Sets the type.
    SetType {
        /// The type.
        #[serde(rename = "type")]
        kind: TicketType,
    },
    /// Sets the category.
    SetCategory {
        /// The category.
        category_id: CategoryId,
    },
    /// Sets a custom field; null empties it.
    SetField {
        /// The field's key.
        #[schema(value_type = String, max_length = 60)]
        key: Line<60>,
        /// Its value.
        #[schema(value_type = Object)]
        value: serde_json::Value,
    },
    /// Adds tags.
    AddTags {
        /// The tags by name.
        #[schema(value_type = Vec<String>)]
        tags: Vec<Line<60>>,
    },
    /// Takes tags away.
    RemoveTags {
        /// The tags by name.
        #[schema(value_type = Vec<String>)]
        tags: Vec<Line<60>>,
    },
    /// Gives the ticket to a team, a member, or both.
    Assign {
        /// The team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team_id: Option<TeamId>,
        /// The member.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee_id: Option<MemberId>,
    },
    /// Takes the ticket from its assignee.
    Unassign {},
    /// Writes to the customer; `{{customer.name}}` and the like are filled in.
    Reply {
        /// What it says.
        #[schema(value_type = String, max_length = 20_000)]
        body: Block<20_000>,
    },
    /// Adds a note.
    Note {
        /// What it says.
        #[schema(value_type = String, max_length = 20_000)]
        body: Block<20_000>,
    },
    /// Tells members inside the console.
    Notify {
        /// Whom, by what they are to the ticket.
        #[serde(default)]
        to: Vec<Listener>,
        /// Whom, by name.
        #[serde(default)]
        member_ids: Vec<MemberId>,
        /// What they read.
        #[schema(value_type = String, max_length = 300)]
        text: Line<300>,
    },
    /// Lets the ticket sleep.
    Snooze {
        /// How long, in minutes.
        minutes: i64,
    },
    /// Raises the ticket to a tier, with the whole context.
    Escalate {
        /// The tier; the next one when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<i64>,
        /// Why.
        #[schema(value_type = String, max_length = 300)]
        reason: Line<300>,
    },
    /// Runs a macro, whole or not at all, right after the rule.
    RunMacro {
        /// The macro: one that is not personal.
        macro_id: MacroId,
    },
    /// Calls an address of another system.
    Webhook {
        /// An https or http URL.
        #[schema(value_type = String, max_length = 2_000)]
        url: Line<2_000>,
    },
}

impl Action {
    /// Its word on the wire.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Action::SetPriority { .. } => "set_priority",
            Action::SetStatus { .. } => "set_status",
            Action::SetType { .. } => "set_type",
            Action::SetCategory { .. } => "set_category",
            Action::SetField { .. } => "set_field",
            Action::AddTags { .. } => "add_tags",
            Action::RemoveTags { .. } => "remove_tags",
            Action::Assign { .. } => "assign",
            Action::Unassign {} => "unassign",
            Action::Reply { .. } => "reply",
            Action::Note { .. } => "note",
            Action::Notify { .. } => "notify",
            Action::Snooze { .. } => "snooze",
            Action::Escalate { .. } => "escalate",
            Action::RunMacro { .. } => "run_macro",
            Action::Webhook { .. } => "webhook",
        }
    }
}
