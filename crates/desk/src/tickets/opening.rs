//! Opening a ticket: the customer is found or made, the ticket and its first message are written, and the event
//! carries the facts of that moment.

use base::text::Line;
use base::{Code, Error, Kind, Personal, Result, Time};
use db::{Tx, Unless};
use people::customers::{Account, CustomerRef, Requester};
use taxonomy::FieldValue;
use taxonomy::nouns::{CategoryId, TagId};
use trust::Cx;
use trust::log::{NewEvent, Origin, record};
use trust::nouns::{MemberId, TeamId, TicketId};

use super::also::Also;
use super::assigning;
use super::body::Prepared;
use super::events::Opened;
use super::fields;
use super::message::{Message, NewMessage};
use super::ticket::Ticket;
use super::words::{Channel, Direction, HeldBy, MessageId, MessageKind, Priority, Status, TicketType};
use crate::uploads::{UploadId, attach};

/// The external id is taken.
pub static EXTERNAL_ID_TAKEN: Code = Code::new(
    Kind::Conflict,
    "external_id_taken",
    "A ticket with this `external_id` exists.",
    "Read that ticket, or choose another id.",
);
/// The category does not exist.
pub static UNKNOWN_CATEGORY: Code = Code::new(
    Kind::Unprocessable,
    "unknown_category",
    "There is no such category.",
    "List them at `/api/v1/categories`.",
);

/// Everything a new ticket is made of.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its number, handed out before the transaction.
    pub number: i64,
    /// Its subject.
    pub subject: String,
    /// Its first message.
    pub body: Prepared,
    /// How it came in.
    pub channel: Channel,
    /// How much it presses.
    pub priority: Priority,
    /// What sort of request it is.
    pub kind: Option<TicketType>,
    /// Its category.
    pub category: Option<CategoryId>,
    /// Its tags by name.
    pub tags: Vec<Line<60>>,
    /// Its custom fields.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Its team.
    pub team: Option<TeamId>,
    /// Its assignee.
    pub assignee: Option<MemberId>,
    /// Its id in another system.
    pub external_id: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Which of the company's brands it came to.
    pub brand: Option<String>,
    /// Uploads of the first message.
    pub attachments: Vec<UploadId>,
    /// The sender's own id for the first message.
    pub client_id: Option<String>,
    /// The closed ticket it goes on from.
    pub follows: Option<TicketId>,
    /// When it was opened, for imports.
    pub opened_at: Option<Time>,
    /// What it was before it was held back.
    pub again: Option<Again>,
}

/// The ids of a ticket that was held back, and what hangs on them.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    /// The ticket.
    pub ticket: TicketId,
    /// Its first message.
    pub message: MessageId,
    /// The files that hang on it.
    pub attachments: i64,
}

impl Opening {
    /// An opening with nothing but a subject and a body.
    pub fn plain(number: i64, subject: String, body: Prepared, channel: Channel) -> Opening {
        Opening {
            number,
            subject,
            body,
            channel,
            priority: Priority::Normal,
            kind: None,
            category: None,
            tags: Vec::new(),
            fields: serde_json::Map::new(),
            team: None,
            assignee: None,
            external_id: None,
            language: None,
            brand: None,
            attachments: Vec::new(),
            client_id: None,
            follows: None,
            opened_at: None,
            again: None,
        }
    }
}

/// What is recorded together with the opening, in the same statement.
#[derive(Debug, Default)]
pub struct Along {
    /// Events about others that come first, such as a customer who was made for it.
    pub before: Vec<NewEvent>,
    /// What else happened to the ticket in its first moment, in order.
    pub after: Vec<Also>,
}

/// Opens a ticket for the requester a line of an import names.
pub fn open_for(tx: &mut Tx<'_>, cx: &Cx, requester: &Requester, opening: &Opening) -> Result<(Ticket, CustomerRef)> {
    let mut events = Vec::new();
    let account = people::customers::requester_with(tx, cx, requester, &mut events)?;
    let (ticket, _) = open_along(tx, cx, &account, opening, Along { before: events, after: Vec::new() })?;
    Ok((ticket, account.named))
}

/// Opens a ticket for an account: the ticket, its message and all events in one statement each.
pub fn open_along(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    along: Along,
) -> Result<(Ticket, Message)> {
    check(tx, cx, opening)?;
    let at = opening.opened_at.unwrap_or_else(|| cx.env().now());
    let again = opening.again;
    let id = again.map_or_else(|| base::Id::at(at, cx.cell(), cx.env().random()), |again| again.ticket);
    let attachments = i64::try_from(opening.attachments.len()).unwrap_or(0);
    let attachments = again.map_or(attachments, |again| again.attachments);
    let message = NewMessage {
        id: again.map(|again| again.message),
        kind: MessageKind::Reply,
        direction: Direction::In,
        author_kind: "customer",
        author: Some(account.customer.uuid()),
        body: &opening.body,
        client_id: opening.client_id.as_deref(),
        attachments,
        at,
    };
    let message = Message::write(tx, cx, id, &message)?;
    let ticket = Ticket {
        id,
        number: opening.number,
        external_id: opening.external_id.clone(),
        subject: Personal::new(opening.subject.clone()),
        status: Status::Open,
        waiting_on: None,
        priority: opening.priority,
        kind: opening.kind,
        category: opening.category,
        channel: opening.channel,
        language: opening.language.clone().or_else(|| account.locale.clone()),
        held_by: HeldBy::Desk,
        is_restricted: false,
        customer: account.customer,
        company: account.company,
        territory: account.territory,
        team: opening.team,
        assignee: opening.assignee,
        follows: opening.follows,
        opened_at: at,
        first_response_at: None,
        resolved_at: None,
        closed_at: None,
        deleted_at: None,
        last_message_at: at,
        last_message: message.id,
        last_customer_message: Some(message.id),
        preview: Personal::new(opening.body.preview.clone()),
        brand: opening.brand.clone(),
        version: 1 + i64::try_from(along.after.len()).unwrap_or(0),
    };
    insert(tx, cx, &ticket)?;
    let tags = fields::tag(tx, cx, &ticket, &opening.tags)?;
    let values: Vec<FieldValue> = taxonomy::check_fields(tx, cx, &opening.fields)?;
    fields::set(tx, cx, &ticket, &values)?;
    attach(tx, cx, id, message.id, &opening.attachments)?;
    // What was held back comes to the desk now: clocks and waits begin with the event.
    let told_at = if again.is_some() { cx.env().now() } else { at };
    let mut events = along.before;
    events.push(opened(account, &ticket, &message, &tags, told_at));
    events.extend((2..).zip(&along.after).map(|(seq, also)| also.event(&ticket, seq, told_at)));
    record(tx, cx, &events)?;
    // Who is new has looked for nothing yet, and who is imported did not look here.
    if !account.is_new && cx.origin == Origin::Live {
        knowledge::gaps::ticket_opened(tx, cx, account.customer, id, at)?;
    }
    Ok((ticket, message))
}

fn check(tx: &mut Tx<'_>, cx: &Cx, opening: &Opening) -> Result<()> {
    if let Some(category) = opening.category
        && !taxonomy::category_exists(tx, cx.workspace(), category)?
    {
        return Err(UNKNOWN_CATEGORY.error().field("/category_id", "unknown", "is no category of this workspace"));
    }
    assigning::check_target(tx, cx, opening.team, opening.assignee)
}

fn insert(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<()> {
    tx.exec_later(
        "INSERT INTO ticket (workspace_id, id, number, external_id, subject, status, priority, kind, category_id, channel, \
         language, held_by, restricted, is_open, customer_id, company_id, territory_id, team_id, assignee_id, follows_id, \
         opened_at, last_message_at, last_message_id, last_customer_message_id, preview, origin, version, brand) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23, $24, $25, $26) ON CONFLICT DO NOTHING",
        &[
            &cx.workspace(), &ticket.id, &ticket.number, &ticket.external_id, &ticket.subject, &ticket.status,
            &ticket.priority, &ticket.kind, &ticket.category, &ticket.channel, &ticket.language, &ticket.held_by,
            &ticket.customer, &ticket.company, &ticket.territory, &ticket.team, &ticket.assignee, &ticket.follows,
            &ticket.opened_at, &ticket.last_message_at, &ticket.last_message, &ticket.last_customer_message,
            &ticket.preview, &cx.origin, &ticket.version, &ticket.brand,
        ],
        Unless::touched(external_id_taken),
    )
}

/// The refusal of an external id that belongs to another ticket.
pub(super) fn external_id_taken() -> Error {
    EXTERNAL_ID_TAKEN.error().field("/external_id", "taken", "belongs to another ticket")
}

fn opened(account: &Account, ticket: &Ticket, message: &Message, tag_ids: &[TagId], at: Time) -> NewEvent {
    let data = Opened {
        number: ticket.number,
        message_id: message.id,
        channel: ticket.channel,
        priority: ticket.priority,
        held_by: ticket.held_by,
        kind: ticket.kind,
        tag_ids,
        category_id: ticket.category,
        company_id: account.company,
        plan: account.plan.as_deref(),
        tier: account.tier.as_deref(),
        revenue_band: account.revenue_band,
        language: ticket.language.as_deref(),
        to: ticket.place(),
    };
    NewEvent::new("ticket.opened", ticket.id.uuid(), 1, at, ticket.audience(false), &data)
        .on_behalf_of(account.customer.uuid())
}
