//! What a ticket is now, and what just happened to it.

use std::collections::BTreeMap;

use base::{Result, Time};
use db::Tx;
use rules::{Fact, Facts};
use serde_json::Value;
use trust::Cx;
use trust::log::SealedEvent;

use crate::tickets::{self, Ticket};

/// What set the question off.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    /// The event, unless somebody only tries a rule.
    pub event: Option<&'a SealedEvent>,
    /// Whether a rule did it.
    pub by_rule: bool,
}

/// Reads the facts of a ticket, in a handful of look-ups by key.
pub fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, occasion: &Occasion<'_>) -> Result<Facts> {
    let mut facts = Facts::default();
    plain(&mut facts, ticket, cx.env().now());
    named(tx, cx, ticket, &mut facts)?;
    company(tx, cx, ticket, &mut facts)?;
    facts.set("customer", "id", Fact::Text(ticket.customer().to_string()));
    let (since, earlier) = account(tx, cx, ticket)?;
    facts.set("customer", "is_new", Fact::Truth(earlier == 0));
    facts.set("customer", "age_days", since.map_or(Fact::Nothing, |since| days(since, cx.env().now())));
    facts.set("customer", "earlier_tickets", Fact::Whole(earlier));
    if let Some(event) = occasion.event {
        told(&mut facts, event, occasion.by_rule);
    }
    Ok(facts)
}

/// What the row itself says.
fn plain(facts: &mut Facts, ticket: &Ticket, now: Time) {
    let minutes = |since: Time| Fact::Whole(now.micros_since(since).div_euclid(60_000_000));
    let is_answered = ticket.is_answered();
    let mut set = |field, fact| facts.set("ticket", field, fact);
    set("id", Fact::Text(ticket.id().to_string()));
    set("number", Fact::Whole(ticket.number()));
    set("status", Fact::Text(ticket.status().to_string()));
    set("waiting_on", Fact::text(ticket.waiting_on().map(|word| word.to_string())));
    set("priority", Fact::Text(ticket.priority().to_string()));
    set("type", Fact::text(ticket.kind().map(|word| word.to_string())));
    set("category_id", Fact::text(ticket.category().map(|id| id.to_string())));
    set("channel", Fact::Text(ticket.channel().to_string()));
    set("language", Fact::text(ticket.language()));
    set("team_id", Fact::text(ticket.team().map(|id| id.to_string())));
    set("assignee_id", Fact::text(ticket.assignee().map(|id| id.to_string())));
    set("is_assigned", Fact::Truth(ticket.assignee().is_some()));
    set("is_restricted", Fact::Truth(ticket.is_restricted()));
    set("is_answered", Fact::Truth(is_answered));
    set("last_message_from", Fact::Text(if is_answered { "us" } else { "customer" }.to_owned()));
    set("age_minutes", minutes(ticket.opened_at()));
    set("quiet_minutes", minutes(ticket.last_message_at()));
    set("subject", Fact::Text(ticket.subject().to_owned()));
}

/// Its text, tags and fields, and the names of its category and team.
fn named(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, facts: &mut Facts) -> Result<()> {
    let (workspace, id) = (cx.workspace(), ticket.id());
    let text = tickets::newest_customer_text(tx, workspace, ticket)?;
    facts.set("ticket", "text", Fact::text(text));
    let tags = tickets::tags_of(tx, workspace, &[id])?.remove(&id).unwrap_or_default();
    facts.set("ticket", "tags", Fact::Texts(tags));
    let fields = tickets::fields_of(tx, workspace, &[id])?.remove(&id).unwrap_or_default();
    facts.set("ticket", "fields", Fact::Open(fields.iter().map(|(key, value)| (key.clone(), fact(value))).collect()));
    if let Some(category) = ticket.category() {
        let sql = "SELECT name FROM category WHERE workspace_id = $1 AND id = $2";
        let name: Option<String> = tx.first(sql, &[&workspace, &category], |row| row.get(0))?;
        facts.set("ticket", "category", Fact::text(name));
    }
    if let Some(team) = ticket.team() {
        let sql = "SELECT name FROM team WHERE workspace_id = $1 AND id = $2";
        let name: Option<String> = tx.first(sql, &[&workspace, &team], |row| row.get(0))?;
        facts.set("ticket", "team", Fact::text(name));
    }
    Ok(())
}

fn company(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, facts: &mut Facts) -> Result<()> {
    let Some(company) = ticket.company() else { return Ok(()) };
    let standing = people::companies::standing(tx, cx.workspace(), company)?;
    facts.set("company", "id", Fact::Text(company.to_string()));
    facts.set("company", "plan", Fact::text(standing.plan));
    facts.set("company", "tier", Fact::text(standing.tier));
    facts.set("company", "revenue_band", Fact::text(standing.revenue_band));
    Ok(())
}

/// Since when there is the customer's account, and how many tickets they had before this one, a hundred at most.
fn account(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<(Option<Time>, i64)> {
    let since = tx.first(
        "SELECT created_at FROM customer WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &ticket.customer()],
        |row| row.get(0),
    )?;
    let earlier = tx.first(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ticket WHERE workspace_id = $1 AND customer_id = $2 \
         AND (opened_at, id) < ($3, $4) LIMIT 100) earlier",
        &[&cx.workspace(), &ticket.customer(), &ticket.opened_at(), &ticket.id()],
        |row| row.get(0),
    )?;
    Ok((since, earlier.unwrap_or(0)))
}

/// Whole days of an account at a moment.
pub(super) fn days(since: Time, at: Time) -> Fact {
    Fact::Whole(at.micros_since(since).div_euclid(86_400_000_000))
}

/// Whether the customer asked before.
pub(crate) fn has_earlier(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<bool> {
    let earlier = tx.first(
        "SELECT 1 FROM ticket WHERE workspace_id = $1 AND customer_id = $2 AND (opened_at, id) < ($3, $4) LIMIT 1",
        &[&cx.workspace(), &ticket.customer(), &ticket.opened_at(), &ticket.id()],
        |_| Ok(()),
    )?;
    Ok(earlier.is_some())
}

/// What the event says.
pub(super) fn told(facts: &mut Facts, event: &SealedEvent, by_rule: bool) {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let by = if by_rule { "rule" } else { event.actor_kind.as_str() };
    let text = |name: &str| Fact::text(data.get(name).and_then(Value::as_str));
    let is_first = data.get("is_first_response").and_then(Value::as_bool).unwrap_or(false);
    let changed = data.get("changed").and_then(Value::as_array).into_iter().flatten();
    facts.set("event", "kind", Fact::Text(event.kind.clone()));
    facts.set("event", "by", Fact::Text(by.to_owned()));
    facts.set("event", "before", text("before"));
    facts.set("event", "after", text("after"));
    facts.set("event", "changed", Fact::Texts(changed.filter_map(Value::as_str).map(str::to_owned).collect()));
    facts.set("event", "is_first_response", Fact::Truth(is_first));
    facts.set("event", "metric", text("metric"));
    facts.set("event", "threshold", text("threshold"));
}

/// A value of a custom field.
pub(super) fn fact(value: &Value) -> Fact {
    match value {
        Value::String(text) => Fact::Text(text.clone()),
        Value::Bool(truth) => Fact::Truth(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Fact::Whole(whole),
            None => number.as_f64().map_or(Fact::Nothing, Fact::Number),
        },
        Value::Array(several) => {
            Fact::Texts(several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
        }
        Value::Object(values) => {
            Fact::Open(values.iter().map(|(key, value)| (key.clone(), fact(value))).collect::<BTreeMap<_, _>>())
        }
        Value::Null => Fact::Nothing,
    }
}
