//! The ticket row, and finding it within a reach.

use base::{Code, Kind, Personal, Result, Time};
use db::{Query, Row, Tx};
use people::nouns::CompanyId;
use taxonomy::nouns::CategoryId;
use trust::access::{Audience, Reach};
use trust::nouns::{CustomerId, MemberId, TeamId, TerritoryId, TicketId};

use super::place::Place;
use super::words::{Channel, HeldBy, MessageId, Priority, Status, TicketType, WaitingOn};

/// The ticket is not there, or out of reach.
pub static TICKET_NOT_FOUND: Code =
    Code::new(Kind::NotFound, "not_found", "There is nothing at this address.", "Check the address and the id.");
/// The ticket is closed for good.
pub static TICKET_CLOSED: Code = Code::new(
    Kind::Conflict,
    "ticket_closed",
    "A closed ticket does not change any more.",
    "Open a follow-up ticket instead.",
);

/// A ticket.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub(crate) id: TicketId,
    pub(crate) number: i64,
    pub(crate) external_id: Option<String>,
    pub(crate) subject: Personal<String>,
    pub(crate) status: Status,
    pub(crate) waiting_on: Option<WaitingOn>,
    pub(crate) priority: Priority,
    pub(crate) kind: Option<TicketType>,
    pub(crate) category: Option<CategoryId>,
    pub(crate) channel: Channel,
    pub(crate) language: Option<String>,
    pub(crate) held_by: HeldBy,
    pub(crate) is_restricted: bool,
    pub(crate) customer: CustomerId,
    pub(crate) company: Option<CompanyId>,
    pub(crate) territory: Option<TerritoryId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) assignee: Option<MemberId>,
    pub(crate) follows: Option<TicketId>,
    pub(crate) opened_at: Time,
    pub(crate) first_response_at: Option<Time>,
    pub(crate) resolved_at: Option<Time>,
    pub(crate) closed_at: Option<Time>,
    pub(crate) deleted_at: Option<Time>,
    pub(crate) last_message_at: Time,
    pub(crate) last_message: MessageId,
    pub(crate) last_customer_message: Option<MessageId>,
    pub(crate) preview: Personal<String>,
    pub(crate) version: i64,
    /// Which of the company's brands it came to, as its opener named it.
    pub(crate) brand: Option<String>,
}

pub(crate) const COLUMNS: &str = "t.id, t.number, t.external_id, t.subject, t.status, t.waiting_on, t.priority, t.kind, \
    t.category_id, t.channel, t.language, t.held_by, t.restricted, t.customer_id, t.company_id, t.territory_id, \
    t.team_id, t.assignee_id, t.follows_id, t.opened_at, t.first_response_at, t.resolved_at, t.closed_at, t.deleted_at, \
    t.last_message_at, t.last_message_id, t.last_customer_message_id, t.preview, t.version, \
    t.brand";

impl Ticket {
    pub(crate) fn read(row: &Row<'_>) -> Result<Ticket> {
        Ok(Ticket {
            id: row.get(0)?,
            number: row.get(1)?,
            external_id: row.get(2)?,
            subject: row.get(3)?,
            status: row.get(4)?,
            waiting_on: row.get(5)?,
            priority: row.get(6)?,
            kind: row.get(7)?,
            category: row.get(8)?,
            channel: row.get(9)?,
            language: row.get(10)?,
            held_by: row.get(11)?,
            is_restricted: row.get(12)?,
            customer: row.get(13)?,
            company: row.get(14)?,
            territory: row.get(15)?,
            team: row.get(16)?,
            assignee: row.get(17)?,
            follows: row.get(18)?,
            opened_at: row.get(19)?,
            first_response_at: row.get(20)?,
            resolved_at: row.get(21)?,
            closed_at: row.get(22)?,
            deleted_at: row.get(23)?,
            last_message_at: row.get(24)?,
            last_message: row.get(25)?,
            last_customer_message: row.get(26)?,
            preview: row.get(27)?,
            version: row.get(28)?,
            brand: row.get(29)?,
        })
    }

    /// Finds a ticket within a reach; deleted ones are not there.
    pub fn find(tx: &mut Tx<'_>, reach: &Reach, id: TicketId) -> Result<Ticket> {
        let query = by_id(reach, id);
        tx.all_of(&query, Ticket::read)?.pop().filter(|ticket| ticket.deleted_at.is_none()).ok_or_else(gone)
    }

    /// Finds a ticket within a reach and locks its row until the commit.
    pub fn find_locked(tx: &mut Tx<'_>, reach: &Reach, id: TicketId) -> Result<Ticket> {
        Ticket::find_any_locked(tx, reach, id)?.filter(|ticket| ticket.deleted_at.is_none()).ok_or_else(gone)
    }

    /// Like `find_locked`, deleted tickets included.
    pub(crate) fn find_any_locked(tx: &mut Tx<'_>, reach: &Reach, id: TicketId) -> Result<Option<Ticket>> {
        let query = by_id(reach, id);
        tx.first_of_locked(&query, Ticket::read)
    }

    /// Finds tickets within a reach, in the order of `ids`; what is out of reach is left out.
    pub(crate) fn find_many(tx: &mut Tx<'_>, reach: &Reach, ids: &[TicketId]) -> Result<Vec<Ticket>> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM ticket t WHERE t.workspace_id = "));
        query.bind(reach.workspace()).push(" AND t.deleted_at IS NULL AND t.id IN (").bind_list(ids.iter()).push(")");
        reach.limit(&mut query, "t");
        let mut found = tx.all_of(&query, Ticket::read)?;
        found.sort_by_key(|ticket| ids.iter().position(|id| *id == ticket.id));
        Ok(found)
    }

    /// Its id.
    pub fn id(&self) -> TicketId {
        self.id
    }

    /// Whether work is left.
    pub fn is_open(&self) -> bool {
        self.status.is_open()
    }

    /// The number people say.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Its subject, for those who may read it.
    pub fn subject(&self) -> &str {
        self.subject.reveal()
    }

    /// Where it counts.
    pub(crate) fn place(&self) -> Place {
        Place {
            status: self.status,
            team: self.team,
            assignee: self.assignee,
            territory: self.territory,
            is_restricted: self.is_restricted,
        }
    }

    /// Who may see events about it; notes are internal.
    pub(crate) fn audience(&self, is_internal: bool) -> Audience {
        Audience {
            team: self.team,
            assignee: self.assignee,
            customer: Some(self.customer),
            territory: self.territory,
            is_restricted: self.is_restricted,
            is_internal,
        }
    }

    /// Refuses when the ticket is closed for good.
    pub(crate) fn check_not_closed(&self) -> Result<()> {
        if self.status == Status::Closed { Err(TICKET_CLOSED.error()) } else { Ok(()) }
    }
}

fn by_id(reach: &Reach, id: TicketId) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM ticket t WHERE t.workspace_id = "));
    query.bind(reach.workspace()).push(" AND t.id = ").bind(id);
    reach.limit(&mut query, "t");
    query
}

fn gone() -> base::Error {
    TICKET_NOT_FOUND.error()
}
