//! What messages say and nothing else of them: for asking rules about many tickets of the past.

use base::{Personal, Result};
use db::{Query, Row, Tx};
use trust::nouns::{TicketId, WorkspaceId};
use uuid::Uuid;

use super::message::words;
use super::words::{BodyFormat, Direction, MessageId};

/// Messages of one query: each is a branch of its own.
const AT_ONCE: usize = 200;

/// The body of a message.
pub(crate) struct Written {
    ticket: TicketId,
    id: MessageId,
    direction: Direction,
    format: BodyFormat,
    body: Personal<String>,
}

impl Written {
    fn read(row: &Row<'_>) -> Result<Written> {
        Ok(Written {
            ticket: row.get(0)?,
            id: row.get(1)?,
            direction: row.get(2)?,
            format: row.get(3)?,
            body: row.get(4)?,
        })
    }

    /// Finds bodies by ticket and message; those that are gone are left out.
    pub(crate) fn find_many(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ids: &[(TicketId, MessageId)],
    ) -> Result<Vec<Written>> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            // Each branch is a whole key, so that the engines look up every one by itself.
            let mut query =
                Query::new("SELECT m.ticket_id, m.id, m.direction, m.body_format, m.body FROM message m WHERE ");
            for (place, (ticket, id)) in some.iter().enumerate() {
                query.push(if place == 0 { "(m.workspace_id = " } else { " OR (m.workspace_id = " }).bind(workspace);
                query.push(" AND m.ticket_id = ").bind(*ticket).push(" AND m.id = ").bind(*id).push(")");
            }
            found.extend(tx.all_of(&query, Written::read)?);
        }
        Ok(found)
    }

    /// Which ticket and message it is of.
    pub(crate) fn place(&self) -> (Uuid, Uuid) {
        (self.ticket.uuid(), self.id.uuid())
    }

    /// Whether the customer wrote it.
    pub(crate) fn is_of_customer(&self) -> bool {
        self.direction == Direction::In
    }

    /// The text without its markup; nothing of a sealed one.
    pub(crate) fn words(&self) -> String {
        words(self.format, self.body.reveal())
    }

    /// The text as it was sent; nothing of a sealed one.
    pub(crate) fn source(&self) -> String {
        if self.format == BodyFormat::Sealed { String::new() } else { self.body.reveal().clone() }
    }
}
