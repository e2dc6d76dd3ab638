//! What a routing rule may ask about a ticket that arrives: its own words, and the account behind it.

use base::Result;
use db::Tx;
use people::customers::Account;
use rules::{Fact, Facts};
use serde::Deserialize;
use trust::Cx;

use crate::tickets::{Opening, Ticket};

/// The facts of a ticket that is about to be opened.
pub(crate) fn of_opening(account: &Account, opening: &Opening, is_new: bool) -> Facts {
    Facts::default()
        .with("ticket", "channel", Fact::Text(opening.channel.to_string()))
        .with("ticket", "priority", Fact::Text(opening.priority.to_string()))
        .with("ticket", "type", Fact::text(opening.kind.map(|kind| kind.to_string())))
        .with("ticket", "category", Fact::text(opening.category.map(|category| category.to_string())))
        .with("ticket", "language", Fact::text(opening.language.clone().or_else(|| account.locale.clone())))
        .with("ticket", "subject", Fact::Text(opening.subject.clone()))
        .with("ticket", "body", Fact::Text(opening.body.source().to_owned()))
        .with("ticket", "tags", Fact::Texts(opening.tags.iter().map(ToString::to_string).collect()))
        .with("company", "plan", Fact::text(account.plan.clone()))
        .with("company", "tier", Fact::text(account.tier.clone()))
        .with("company", "revenue_band", Fact::text(account.revenue_band))
        .with("customer", "is_new", Fact::Truth(is_new))
}

/// Whether a customer is new with a ticket that is about to be opened: no ticket of theirs is there, as everywhere rules
/// ask it. An account may have been made before: a visitor's is, and an imported one.
pub(crate) fn is_new(tx: &mut Tx<'_>, cx: &Cx, account: &Account) -> Result<bool> {
    if account.is_new {
        return Ok(true);
    }
    let sql = "SELECT 1 FROM ticket WHERE workspace_id = $1 AND customer_id = $2 LIMIT 1";
    Ok(tx.first(sql, &[&cx.workspace(), &account.customer], |_| Ok(()))?.is_none())
}

/// The account as the opening of a ticket told of it.
#[derive(Default, Deserialize)]
struct Opened {
    plan: Option<String>,
    tier: Option<String>,
    revenue_band: Option<String>,
}

/// The facts of a ticket that is there, for trying a rule on it: its words as they are now, its account as it was then.
pub(crate) fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Facts> {
    let opened = tx.first(
        "SELECT data FROM event WHERE workspace_id = $1 AND subject_id = $2 AND subject_seq = 1",
        &[&cx.workspace(), &ticket.id],
        |row| row.get::<String>(0),
    )?;
    let opened: Opened = opened.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
    let body = tx.first(
        "SELECT body FROM message WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id LIMIT 1",
        &[&cx.workspace(), &ticket.id],
        |row| row.get::<String>(0),
    )?;
    let has_earlier = crate::facts::has_earlier(tx, cx, ticket)?;
    let tags = crate::tickets::ticket_outs(tx, cx, vec![ticket.clone()])?.pop().map(|drawn| drawn.tags);
    Ok(Facts::default()
        .with("ticket", "channel", Fact::Text(ticket.channel.to_string()))
        .with("ticket", "priority", Fact::Text(ticket.priority.to_string()))
        .with("ticket", "type", Fact::text(ticket.kind.map(|kind| kind.to_string())))
        .with("ticket", "category", Fact::text(ticket.category.map(|category| category.to_string())))
        .with("ticket", "language", Fact::text(ticket.language.clone()))
        .with("ticket", "subject", Fact::Text(ticket.subject.reveal().clone()))
        .with("ticket", "body", Fact::text(body))
        .with("ticket", "tags", Fact::Texts(tags.unwrap_or_default()))
        .with("company", "plan", Fact::text(opened.plan))
        .with("company", "tier", Fact::text(opened.tier))
        .with("company", "revenue_band", Fact::text(opened.revenue_band))
        .with("customer", "is_new", Fact::Truth(!has_earlier)))
}
