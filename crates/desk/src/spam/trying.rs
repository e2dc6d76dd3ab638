//! Trying what is held back: which rule or cause would catch a ticket that is there, or a text.
//! Rule: nothing is counted, learned or held back; pressure is not tried, because it belongs to a moment.

use base::text::{Email, Line};
use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::{CustomerId, TicketId};
use utoipa::ToSchema;
use web::{Access, Json, Method, Op, Reply};

use super::cause::{SpamCause, Verdict};
use super::judging::{Signs, is_known, suspicion};
use super::rule_routes::SenderRuleOut;
use super::rules::{Sender, deciding};
use super::settings;
use crate::tickets::{BodyText, Message, Ticket};

pub(super) fn operations() -> Vec<Op> {
    let door = "/api/v1/spam-settings/preview";
    vec![
        Op::new(Method::Post, door, "previewSpam", Access::Member("settings:read"), attempt)
            .about(
                "Says which rule or cause would hold a ticket or a text back, and why. Nothing is counted or learned.",
            )
            .takes::<SpamTrial>()
            .gives::<SpamTrialOut>(200),
    ]
}

/// What to try: a ticket, or a text of somebody who never wrote.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpamTrial {
    /// The ticket, tried as it was when it arrived.
    ticket_id: Option<TicketId>,
    /// The subject of a text.
    subject: Option<Line<500>>,
    /// The text; either this or `ticket_id`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 262_144)]
    body: Option<BodyText>,
    /// The address that the text would come from.
    #[schema(value_type = Option<String>)]
    address: Option<Email>,
}

/// What would become of it.
#[derive(Serialize, ToSchema)]
struct SpamTrialOut {
    /// Whether it would be held back.
    held: bool,
    /// What speaks against it, also when it would be let in all the same.
    cause: Option<SpamCause>,
    /// How sure the filter is of its words, 0 to 1; null before it has learned enough.
    score: Option<f64>,
    /// How sure it has to be.
    threshold: f64,
    /// Whether guesses are on; rules about senders hold either way.
    on: bool,
    /// Whether no guess holds its sender back, who was answered before or had an open ticket.
    known: bool,
    /// The rule about senders that decides, which may let in.
    rule: Option<SenderRuleOut>,
}

/// What is looked at.
struct Tried {
    subject: String,
    body: String,
    address: Option<String>,
    customer: Option<CustomerId>,
    ticket: Option<(TicketId, Time)>,
}

async fn attempt(cx: Cx, Json { value: trial, .. }: Json<SpamTrial>) -> web::Result<Reply<SpamTrialOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| tried(tx, cx, &trial)).await?))
}

fn tried(tx: &mut Tx<'_>, cx: &Cx, trial: &SpamTrial) -> Result<SpamTrialOut> {
    let asked = match (trial.ticket_id, &trial.body) {
        (Some(id), None) => of_ticket(tx, cx, id)?,
        (None, Some(body)) => Tried {
            subject: trial.subject.as_ref().map(ToString::to_string).unwrap_or_default(),
            body: body.to_string(),
            address: trial.address.as_ref().map(|address| address.typed().to_owned()),
            customer: None,
            ticket: None,
        },
        _ => return Err(web::INVALID_FIELD.error().field("/body", "one_of_two", "send either `ticket_id` or `body`")),
    };
    // As it is now, and not as it was a moment ago: whoever tries has often just changed it.
    let guard = settings::read(tx, cx)?;
    let sender = Sender {
        address: asked.address.as_deref(),
        claimed: None,
        customer: asked.customer.unwrap_or(CustomerId::from_uuid(uuid::Uuid::nil())),
        network: None,
    };
    let rule = deciding(&guard.rules, sender, cx.env().now()).cloned();
    let score = super::judging::score(tx, cx, &guard, &asked.subject, &asked.body)?;
    let guess = suspicion(tx, cx, &guard, (&asked.subject, &asked.body), &Signs::default())?;
    let known = match (asked.customer, asked.ticket) {
        (Some(customer), Some((id, opened_at))) => is_known(tx, cx, customer, opened_at, Some(id))?,
        _ => false,
    };
    let (held, cause) = match (&rule, guess) {
        (Some(rule), _) if rule.is_blocked => (true, Some(rule.cause())),
        (Some(_), guess) => (false, guess.map(|Verdict { cause, .. }| cause)),
        (None, Some(guess)) => (guard.settings.is_on && !known, Some(guess.cause)),
        (None, None) => (false, None),
    };
    let (threshold, on) = (guard.settings.threshold, guard.settings.is_on);
    Ok(SpamTrialOut { held, cause, score, threshold, on, known, rule: rule.map(SenderRuleOut::from) })
}

/// A ticket as it arrived: its first message, and the address of its customer.
fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Tried> {
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let first = Message::list(tx, cx.workspace(), ticket.id, None, true, 1)?.pop();
    let customer = people::customers::refs(tx, cx.workspace(), &[ticket.customer])?.remove(&ticket.customer);
    Ok(Tried {
        subject: ticket.subject.reveal().clone(),
        body: first.map(|message| message.words()).unwrap_or_default(),
        address: customer.and_then(|customer| customer.email),
        customer: Some(ticket.customer),
        ticket: Some((ticket.id, ticket.opened_at)),
    })
}
