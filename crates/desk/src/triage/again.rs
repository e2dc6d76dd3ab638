//! Looking at a ticket that is open already, because what is learned came too late when it arrived.
//! Rule: what a person set meanwhile stays: a category is set where there is none, a priority only rises; the rules of routing
//! are asked again while nobody has it.

use base::{Patch, Result};
use db::Tx;
use trust::Cx;
use trust::nouns::TicketId;
use web::IfMatch;

use super::deciding::{Asked, TRIAGED, decide_for};
use super::preparing::{Prepared, in_peace};
use super::report::Report;
use crate::routing;
use crate::tickets::{self, Changes, Message, MessageKind, Priority, TICKET_NOT_FOUND, Ticket};

/// Looks at a ticket and keeps what was found out.
pub(crate) async fn look(cx: &Cx, id: TicketId) -> Result<()> {
    let text = match cx.read(move |tx, cx| words(tx, cx, id)).await {
        Err(error) if error.code() == &TICKET_NOT_FOUND => return Ok(()),
        other => other?,
    };
    let Some((subject, body)) = text else { return Ok(()) };
    let prepared = in_peace(cx, &subject, &body).await?;
    cx.write(move |tx, cx| apply(tx, cx, id, &prepared)).await
}

/// The subject and first message; nothing of one that is sealed, or of a closed ticket.
pub(crate) fn words(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<(String, String)>> {
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let first = Message::list(tx, cx.workspace(), id, None, true, 1)?.pop();
    let body = first.filter(|message| message.kind == MessageKind::Reply).map(|message| message.words());
    Ok(body
        .filter(|body| !body.is_empty() && ticket.closed_at.is_none())
        .map(|body| (ticket.subject.reveal().clone(), body)))
}

fn apply(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, prepared: &Prepared) -> Result<()> {
    let ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    let asked = Asked {
        category: ticket.category,
        priority: ticket.priority,
        customer: ticket.customer,
        company: ticket.company,
    };
    // What it presses was decided when it arrived: rules speak only once.
    let rules = Prepared { leaving: super::Leaving::default(), ..prepared.clone() };
    let Some(mut decided) = decide_for(tx, cx, Asked { company: None, ..asked }, &rules)? else { return Ok(()) };
    let changes = Changes {
        category: decided.category.map_or(Patch::Keep, Patch::Set),
        priority: Some(decided.priority).filter(|priority| rank(*priority) > rank(ticket.priority)),
        ..Changes::default()
    };
    let mut ticket = tickets::patch(tx, cx, id, IfMatch(ticket.version), &changes)?;
    decided.priority = ticket.priority;
    // The timeline says why it changed, as it does of what was found out in time.
    tickets::tell_next(tx, cx, &mut ticket, TRIAGED, &decided.facts())?;
    if let Some(before) = report_of(tx, cx, id)? {
        decided.report.after(before);
    }
    decided.keep(tx, cx, &ticket)?;
    routing::ask_again(tx, cx, &mut ticket, decided.team)
}

/// What was found out when it arrived.
fn report_of(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Report>> {
    let sql = "SELECT report FROM ticket_triage WHERE workspace_id = $1 AND ticket_id = $2";
    let found: Option<String> = tx.first(sql, &[&cx.workspace(), &id], |row| row.get(0))?;
    Ok(found.and_then(|text| Report::read(&text)))
}

fn rank(priority: Priority) -> usize {
    Priority::ALL.iter().position(|one| *one == priority).unwrap_or(0)
}
