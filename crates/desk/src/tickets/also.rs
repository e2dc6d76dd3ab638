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
}

impl Also {
    /// Something that stays among ourselves, as `ticket.routed`.
    pub fn internal(kind: &'static str, data: &impl serde::Serialize) -> Also {
        let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
        Also { kind, data, is_internal: true }
    }

    /// The event about a ticket at its version `seq`.
    pub(crate) fn event(&self, ticket: &Ticket, seq: i64, at: Time) -> NewEvent {
        let mut event = NewEvent::new(self.kind, ticket.id.uuid(), seq, at, ticket.audience(self.is_internal), &());
        event.data.clone_from(&self.data);
        event
    }
}
