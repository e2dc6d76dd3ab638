//! Opening a ticket that arrives: who asks, where it goes, and the ticket itself, in one transaction.
//! Rule: the ticket is inserted once, with the team and assignee it was routed to.

use base::Result;
use db::Tx;
use people::customers::{Account, CustomerRef, Requester};
use trust::Cx;
use trust::log::NewEvent;

use super::Findings;
use crate::routing;
use crate::tickets::{self, Along, Message, Opening, Ticket};
use crate::triage::{self, Decided};

/// Opens a ticket for the requester a member or token names.
pub fn open_for(
    tx: &mut Tx<'_>,
    cx: &Cx,
    requester: &Requester,
    opening: &Opening,
    findings: &Findings,
) -> Result<(Ticket, CustomerRef)> {
    let mut before = Vec::new();
    let account = people::customers::requester_with(tx, cx, requester, &mut before)?;
    let (ticket, _) = arrive(tx, cx, &account, opening, findings, before)?;
    Ok((ticket, account.named))
}

/// Opens a ticket for an account.
pub fn open(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    findings: &Findings,
) -> Result<(Ticket, Message)> {
    arrive(tx, cx, account, opening, findings, Vec::new())
}

fn arrive(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    findings: &Findings,
    before: Vec<NewEvent>,
) -> Result<(Ticket, Message)> {
    let mut opening = opening.clone();
    let decided = triage::decide(tx, cx, account, &opening, &findings.triage)?;
    if let Some(decided) = &decided {
        take(&mut opening, decided);
    }
    opening.category = opening.category.or(findings.category);
    opening.language = opening.language.or_else(|| findings.triage.language().map(str::to_owned));
    let team = findings.team.or_else(|| decided.as_ref().and_then(|decided| decided.team));
    let mut routed = routing::arrive(tx, cx, account, &opening, team)?;
    (opening.team, opening.assignee) = (routed.team, routed.assignee);
    let after = decided.iter().map(Decided::told).chain(routed.told.take()).collect();
    let (ticket, message) = tickets::open_along(tx, cx, account, &opening, Along { before, after })?;
    if let Some(decided) = decided {
        decided.keep(tx, cx, &ticket)?;
    }
    routed.follow(tx, cx, &ticket)?;
    Ok((ticket, message))
}

/// Takes over what was decided, where the opening itself says nothing.
fn take(opening: &mut Opening, decided: &Decided) {
    opening.category = opening.category.or(decided.category);
    opening.priority = decided.priority;
    let is_new = |tag: &&base::text::Line<60>| !opening.tags.contains(tag);
    let tag = decided.tag.as_ref().filter(is_new).cloned();
    opening.tags.extend(tag);
}
