//! What is told of a ticket together with what a verb itself tells, in the same statement.

use base::Time;
use trust::log::NewEvent;

use super::ticket::Ticket;

/// Something that happened to a ticket beside what a verb itself tells.
#[derive(Clone, Debug)]
pub struct Also {
    kind: &'static str,
    data: String,
    is_internal: bool,
    details: Option<String>,
    occurred_at: Option<Time>,
}

impl Also {
    /// Something that stays among ourselves, as `ticket.routed`.
    pub fn internal(kind: &'static str, data: &impl serde::Serialize) -> Also {
        let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
        Also { kind, data, is_internal: true, details: None, occurred_at: None }
    }

    /// Adds what a person typed, which can be erased.
    #[must_use]
    pub fn details(mut self, details: &impl serde::Serialize) -> Also {
        self.details = serde_json::to_string(details).ok();
        self
    }

    /// Says that it happened at another moment than now.
    #[must_use]
    pub fn occurred_at(mut self, at: Time) -> Also {
        self.occurred_at = Some(at);
        self
    }

    /// The event about a ticket at its version `seq`.
    pub(crate) fn event(&self, ticket: &Ticket, seq: i64, at: Time) -> NewEvent {
        let at = self.occurred_at.unwrap_or(at);
        let mut event = NewEvent::new(self.kind, ticket.id.uuid(), seq, at, ticket.audience(self.is_internal), &());
        event.data.clone_from(&self.data);
        event.details.clone_from(&self.details);
        event
    }
}
