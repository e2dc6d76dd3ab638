//! What a macro does, step by step.

use base::text::{Block, Line};
use people::customers::Locale;
use serde::{Deserialize, Serialize};
use taxonomy::{CategoryId, StatusNameId};
use trust::nouns::{MemberId, TeamId};
use utoipa::ToSchema;

use crate::tickets::{Priority, Status, WaitingOn};

/// A text of a macro; the limit is in bytes.
pub type MacroText = Block<32_768>;

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocaleText {
    /// The language, as `de` or `de-CH`.
    pub locale: Locale,
    /// The text; variables stand in double braces, as `{{customer.name}}` or `{{customer.name|there}}`.
    #[schema(value_type = String, min_length = 1, max_length = 32_768)]
    pub text: MacroText,
}

/// One step of a macro; `do` says which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Replies to the customer, in the ticket's language when there is a text in it.
    Reply {
        /// The texts; the first is taken when no other fits.
        texts: Vec<LocaleText>,
    },
    /// Writes a note.
    Note {
        /// The text, with variables.
        #[schema(value_type = String, min_length = 1, max_length = 32_768)]
        text: MacroText,
    },
    /// Sets the status.
    SetStatus {
        /// The status.
        status: Status,
        /// Whom it waits for.
        waiting_on: Option<WaitingOn>,
        /// The workspace's own name of the status.
        status_id: Option<StatusNameId>,
    },
    /// Sets the priority.
    SetPriority {
        /// The priority.
        priority: Priority,
    },
    /// Sets the category.
    SetCategory {
        /// The category.
        category_id: CategoryId,
    },
    /// Sets custom fields.
    SetFields {
        /// Values by key; null empties one.
        fields: serde_json::Map<String, serde_json::Value>,
    },
    /// Adds tags.
    AddTags {
        /// Their names; at most 20.
        tags: Vec<Line<60>>,
    },
    /// Takes tags away.
    RemoveTags {
        /// Their names; at most 20.
        tags: Vec<Line<60>>,
    },
    /// Gives the ticket to a team, a member, or whoever runs the macro.
    Assign {
        /// The team.
        team_id: Option<TeamId>,
        /// The member.
        assignee_id: Option<MemberId>,
        /// Whether it goes to whoever runs the macro.
        #[serde(default)]
        to_me: bool,
    },
    /// Takes the ticket from its assignee.
    Unassign {},
}

impl Action {
    /// The word of the step, for events.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Reply { .. } => "reply",
            Action::Note { .. } => "note",
            Action::SetStatus { .. } => "set_status",
            Action::SetPriority { .. } => "set_priority",
            Action::SetCategory { .. } => "set_category",
            Action::SetFields { .. } => "set_fields",
            Action::AddTags { .. } => "add_tags",
            Action::RemoveTags { .. } => "remove_tags",
            Action::Assign { .. } => "assign",
            Action::Unassign {} => "unassign",
        }
    }
}
