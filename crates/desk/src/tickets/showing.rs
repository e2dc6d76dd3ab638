//! What a ticket shows to the slices that stand above it.

use base::{Result, Time};
use db::Tx;
use people::nouns::CompanyId;
use taxonomy::nouns::CategoryId;
use trust::nouns::{CustomerId, MemberId, TeamId, WorkspaceId};

use super::message::Message;
use super::ticket::Ticket;
use super::words::{Channel, Priority, Status, TicketType, WaitingOn};

impl Ticket {
    /// Where it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whom it waits for.
    pub fn waiting_on(&self) -> Option<WaitingOn> {
        self.waiting_on
    }

    /// How much it presses.
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// What sort of request it is.
    pub fn kind(&self) -> Option<TicketType> {
        self.kind
    }

    /// Its category.
    pub fn category(&self) -> Option<CategoryId> {
        self.category
    }

    /// How it came in.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Its language.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Its team.
    pub fn team(&self) -> Option<TeamId> {
        self.team
    }

    /// Its assignee.
    pub fn assignee(&self) -> Option<MemberId> {
        self.assignee
    }

    /// Whose it is.
    pub fn customer(&self) -> CustomerId {
        self.customer
    }

    /// The company it is for.
    pub fn company(&self) -> Option<CompanyId> {
        self.company
    }

    /// Whether few may see it.
    pub fn is_restricted(&self) -> bool {
        self.is_restricted
    }

    /// Whether the newest public message is ours.
    pub fn is_answered(&self) -> bool {
        self.last_customer_message.is_none_or(|theirs| theirs < self.last_message)
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Time {
        self.opened_at
    }

    /// When the newest public message was written.
    pub fn last_message_at(&self) -> Time {
        self.last_message_at
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Its version.
    pub fn version(&self) -> i64 {
        self.version
    }
}

/// The text of the customer's newest message, without its markup.
pub(crate) fn newest_customer_text(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: &Ticket) -> Result<Option<String>> {
    let Some(newest) = ticket.last_customer_message else { return Ok(None) };
    Ok(Message::find(tx, workspace, ticket.id, newest)?.map(|message| message.words()))
}
