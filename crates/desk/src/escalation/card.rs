//! The card that goes with an escalation: everything the next tier needs, so that nobody asks the customer again.
//! Rule: it is what was known when the ticket was raised, bounded in length; erasing the customer empties it.

use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use taxonomy::CategoryId;
use trust::Cx;
use utoipa::ToSchema;

use super::raised::Escalation;
use crate::sla::{Metric, due_of};
use crate::tickets::{BodyFormat, MessageKind, Priority, Ticket};
use crate::triage::{TriageReason, kept_of};

/// Messages that a card carries, the newest.
const MESSAGES: i64 = 20;
/// Letters of each.
const LETTERS: usize = 1_000;

/// What is known of a ticket when it is raised.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct Card {
    pub account: AccountCard,
    pub ticket: TicketCard,
    /// The last messages, oldest first.
    pub conversation: Vec<Spoken>,
    /// How many messages there are in all.
    pub messages: i64,
    /// What was tried before: earlier escalations and how they ended.
    pub tried: Vec<Tried>,
    /// How many tickets the customer had before.
    pub earlier_tickets: i64,
    /// How the ticket stood to its promises; absent when it has none.
    #[serde(default)]
    pub promise: Option<PromiseCard>,
    /// What triage found out; absent when it did not look.
    #[serde(default)]
    pub triage: Option<TriageSummary>,
}

/// What triage found out about the ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TriageSummary {
    /// The likeliest category.
    pub category: Option<String>,
    /// How likely that is, 0 to 1, calibrated.
    pub confidence: Option<f64>,
    /// False when the text resembles nothing that was taught.
    pub is_known: bool,
    /// The priority it came to, and why.
    pub priority: Priority,
    pub reasons: Vec<TriageReason>,
    /// The words that speak for the category.
    pub words: Vec<String>,
    /// The words that say somebody is leaving.
    pub leaving_words: Vec<String>,
}

/// How a ticket stood to its promises.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct PromiseCard {
    /// When the nearest breaks.
    pub due_at: Option<Time>,
    /// Which one that is.
    pub metric: Option<Metric>,
    pub is_breached: bool,
    pub is_paused: bool,
}

/// Who asks.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct AccountCard {
    pub customer_name: Option<String>,
    pub customer_email: Option<String>,
    pub company_name: Option<String>,
    pub plan: Option<String>,
    pub tier: Option<String>,
}

/// What they ask about.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct TicketCard {
    pub number: i64,
    pub subject: String,
    pub status: String,
    pub priority: String,
    pub channel: String,
    pub language: Option<String>,
    pub category: Option<String>,
    pub tags: Vec<String>,
    pub opened_at: Option<Time>,
    pub first_response_at: Option<Time>,
    pub last_message_at: Option<Time>,
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Spoken {
    /// customer, member, token or house.
    pub speaker: String,
    pub name: Option<String>,
    /// Whether the customer does not see it.
    pub is_note: bool,
    pub text: String,
    pub at: Time,
}

/// An earlier escalation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Tried {
    pub tier_name: String,
    pub result: Option<super::words::Ended>,
    pub note: Option<String>,
    pub ended_at: Option<Time>,
}

/// Draws the card of a ticket as it stands.
pub(crate) fn draw(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Card> {
    let (conversation, messages) = conversation(tx, cx, ticket)?;
    let tried = Escalation::of_ticket(tx, cx, ticket.id)?.into_iter().map(|one| Tried {
        tier_name: one.tier_name,
        result: one.result,
        note: one.note.map(base::Personal::into_inner),
        ended_at: one.ended_at,
    });
    let earlier = tx.first(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ticket WHERE workspace_id = $1 AND customer_id = $2 AND opened_at < $3 \
         AND deleted_at IS NULL LIMIT 100) e",
        &[&cx.workspace(), &ticket.customer, &ticket.opened_at],
        |row| row.get(0),
    )?;
    Ok(Card {
        account: account(tx, cx, ticket)?,
        ticket: facts(tx, cx, ticket)?,
        conversation,
        messages,
        tried: tried.collect(),
        earlier_tickets: earlier.unwrap_or(0),
        promise: promise(tx, cx, ticket)?,
        triage: triage(tx, cx, ticket)?,
    })
}

fn promise(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Option<PromiseCard>> {
    let due = due_of(tx, cx.workspace(), &[ticket.id])?.pop();
    Ok(due.map(|due| PromiseCard {
        due_at: due.due_at,
        metric: due.metric,
        is_breached: due.is_breached,
        is_paused: due.is_paused,
    }))
}

fn triage(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Option<TriageSummary>> {
    let Some((kept, report)) = kept_of(tx, cx.workspace(), ticket.id)? else { return Ok(None) };
    let best = report.guesses.first().copied();
    let category = match best {
        Some(guess) => category_name(tx, cx, guess.category)?,
        None => None,
    };
    Ok(Some(TriageSummary {
        category,
        confidence: best.map(|guess| guess.confidence),
        is_known: kept.is_known,
        priority: kept.priority,
        reasons: report.reasons,
        words: report.words,
        leaving_words: report.leaving,
    }))
}

fn category_name(tx: &mut Tx<'_>, cx: &Cx, category: CategoryId) -> Result<Option<String>> {
    let sql = "SELECT name FROM category WHERE workspace_id = $1 AND id = $2";
    tx.first(sql, &[&cx.workspace(), &category], |row| row.get(0))
}

fn account(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<AccountCard> {
    let customer = people::customers::refs(tx, cx.workspace(), &[ticket.customer])?.remove(&ticket.customer);
    let company = match ticket.company {
        Some(company) => people::companies::refs(tx, cx.workspace(), &[company])?.remove(&company),
        None => None,
    };
    Ok(AccountCard {
        customer_name: customer.as_ref().and_then(|customer| customer.name.clone()),
        customer_email: customer.and_then(|customer| customer.email),
        company_name: company.as_ref().map(|company| company.name.clone()),
        plan: company.as_ref().and_then(|company| company.plan.clone()),
        tier: company.and_then(|company| company.tier),
    })
}

fn facts(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<TicketCard> {
    let drawn = crate::tickets::ticket_outs(tx, cx, vec![ticket.clone()])?.pop();
    let category = match ticket.category {
        Some(category) => category_name(tx, cx, category)?,
        None => None,
    };
    Ok(TicketCard {
        number: ticket.number,
        subject: ticket.subject.reveal().clone(),
        status: ticket.status.to_string(),
        priority: ticket.priority.to_string(),
        channel: ticket.channel.to_string(),
        language: ticket.language.clone(),
        category,
        tags: drawn.map(|drawn| drawn.tags).unwrap_or_default(),
        opened_at: Some(ticket.opened_at),
        first_response_at: ticket.first_response_at,
        last_message_at: Some(ticket.last_message_at),
    })
}

fn conversation(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<(Vec<Spoken>, i64)> {
    let rows = tx.all(
        "SELECT m.author_kind, m.kind, m.body_format, m.body, m.created_at, e.name FROM message m \
         LEFT JOIN member e ON e.workspace_id = m.workspace_id AND e.id = m.author_id \
         WHERE m.workspace_id = $1 AND m.ticket_id = $2 ORDER BY m.id DESC LIMIT $3",
        &[&cx.workspace(), &ticket.id, &MESSAGES],
        |row| {
            let (format, body): (BodyFormat, String) = (row.get(2)?, row.get(3)?);
            Ok(Spoken {
                speaker: row.get(0)?,
                name: row.get(5)?,
                is_note: row.get::<MessageKind>(1)? == MessageKind::Note,
                text: text(&body, format),
                at: row.get(4)?,
            })
        },
    )?;
    let counted = tx.first(
        "SELECT COUNT(*) FROM message WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket.id],
        |row| row.get(0),
    )?;
    Ok((rows.into_iter().rev().collect(), counted.unwrap_or(0)))
}

/// The beginning of a body as text; a sealed one opens in browsers only.
fn text(body: &str, format: BodyFormat) -> String {
    let start = |text: &str, letters: usize| text.chars().take(letters).collect::<String>();
    match format {
        BodyFormat::Text => start(body, LETTERS),
        BodyFormat::Markdown => {
            start(&redact::derive(&start(body, 4 * LETTERS), redact::Format::Markdown).text, LETTERS)
        }
        BodyFormat::Html => start(&redact::derive(&start(body, 4 * LETTERS), redact::Format::Html).text, LETTERS),
        BodyFormat::Sealed => "🔒".to_owned(),
    }
}
