//! Pinning open tickets to what is promised now: shown first, done when it is asked for, a page at a time.
//! Rule: what a ticket has used up it keeps; only its targets and thresholds change. An open ticket that has no clocks, because
//! nothing was promised when it was opened, gets those it would have, from its events.

use base::{Cursor, Page, Result, Time};
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::access::Right;
use trust::nouns::TicketId;
use utoipa::ToSchema;

use super::pinned::{self, Pin, Pinned, write_pin};
use super::policies::Policies;
use super::replaying::{events, plans, replay};
use super::steps::facts;
use super::words::{BREACH, PolicyId};
use crate::tickets::{Telling, Ticket};

/// Tickets of one page.
const PAGE: usize = 50;
/// Open tickets that one page looks at for those without clocks.
const LOOKED_AT: i64 = 200;
/// The key of places among tickets that are pinned to the policy; among the others it is when a ticket was opened.
const PINNED: i64 = 0;

/// What re-applying changes for a ticket.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReappliedOut {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The policy it had; null when it had no clocks.
    pub policy_before: Option<PolicyId>,
    /// The version it had.
    pub number_before: Option<i64>,
    /// The policy it gets; null when none is for it now, and then it keeps what it has.
    pub policy_after: Option<PolicyId>,
    /// The version it gets.
    pub number_after: Option<i64>,
    /// When its nearest promise broke or would break before.
    pub due_before: Option<Time>,
    /// And after.
    pub due_after: Option<Time>,
}

/// What a pin event carries.
#[derive(Serialize)]
struct Repinned {
    number: i64,
    policy_id: PolicyId,
    policy_number: i64,
}

/// Open tickets pinned to a policy, then those without clocks that it is for, a page after a place: what is promised now in
/// place of what they have.
pub(crate) fn reapply(
    tx: &mut Tx<'_>,
    cx: &Cx,
    policy: PolicyId,
    after: Option<Cursor>,
    is_preview: bool,
) -> Result<Page<ReappliedOut>> {
    cx.require(Right::SettingsWrite)?;
    super::policy::find(tx, cx.workspace(), policy)?;
    if let Some(place) = after.filter(|place| place.key != PINNED) {
        return without_clocks(tx, cx, policy, place, is_preview);
    }
    let place = after.map_or(uuid::Uuid::nil(), |cursor| cursor.id);
    let tickets = tx.all(
        "SELECT ticket_id FROM ticket_clock WHERE workspace_id = $1 AND policy_id = $2 AND ticket_id > $3 \
         ORDER BY ticket_id LIMIT $4",
        &[&cx.workspace(), &policy, &place, &i64::try_from(PAGE + 1).unwrap_or(1)],
        |row| row.get::<TicketId>(0),
    )?;
    let page = Page::cut(tickets, PAGE, |last| Cursor { key: PINNED, id: last.uuid() }.encode());
    let mut items = Vec::new();
    for ticket in page.items {
        items.extend(one(tx, cx, ticket, is_preview)?);
    }
    let first = Cursor { key: PINNED + 1, id: uuid::Uuid::nil() };
    if page.next.is_none() && items.is_empty() {
        return without_clocks(tx, cx, policy, first, is_preview);
    }
    Ok(Page { items, next: Some(page.next.unwrap_or_else(|| first.encode())) })
}

/// Open tickets without clocks that a policy is for, of those that were opened after a place.
fn without_clocks(
    tx: &mut Tx<'_>,
    cx: &Cx,
    policy: PolicyId,
    after: Cursor,
    is_preview: bool,
) -> Result<Page<ReappliedOut>> {
    let looked_at = tx.all(
        "SELECT t.id, t.opened_at, c.ticket_id FROM ticket t LEFT JOIN ticket_clock c \
         ON c.workspace_id = t.workspace_id AND c.ticket_id = t.id WHERE t.workspace_id = $1 AND t.is_open = 1 \
         AND t.deleted_at IS NULL AND (t.opened_at, t.id) > ($2, $3) ORDER BY t.opened_at, t.id LIMIT $4",
        &[&cx.workspace(), &after.key, &after.id, &LOOKED_AT],
        |row| Ok((row.get::<TicketId>(0)?, row.get::<Time>(1)?, row.get::<Option<TicketId>>(2)?)),
    )?;
    let is_full = i64::try_from(looked_at.len()).unwrap_or(0) == LOOKED_AT;
    let mut last = looked_at.last().filter(|_| is_full).map(|(id, at, _)| Cursor { key: at.micros(), id: id.uuid() });
    let mut items = Vec::new();
    for (ticket, opened_at, clocks) in looked_at {
        if clocks.is_some() {
            continue;
        }
        items.extend(begin(tx, cx, policy, ticket, is_preview)?);
        if items.len() == PAGE {
            last = Some(Cursor { key: opened_at.micros(), id: ticket.uuid() });
            break;
        }
    }
    Ok(Page { items, next: last.map(|place| place.encode()) })
}

/// Gives a ticket without clocks those of the policy that is for it, if it is this one: as though it had been in force when
/// the ticket was opened.
fn begin(
    tx: &mut Tx<'_>,
    cx: &Cx,
    policy: PolicyId,
    ticket: TicketId,
    is_preview: bool,
) -> Result<Option<ReappliedOut>> {
    let policies = Policies::of(tx, cx)?;
    if Ticket::find(tx, &cx.reach, ticket).is_err() {
        return Ok(None);
    }
    let telling = if is_preview { None } else { Telling::begin(tx, cx, ticket)? };
    if Pinned::find_locked(tx, cx.workspace(), ticket)?.is_some() {
        return Ok(None);
    }
    let (events, now) = (events(tx, &cx.reach, ticket)?, cx.env().now());
    let opened = events.iter().find(|event| event.kind == "ticket.opened").and_then(|event| facts(&event.data));
    let choice = opened.and_then(|facts| policies.choose(&facts).cloned()).filter(|choice| choice.policy == policy);
    let Some(choice) = choice else { return Ok(None) };
    let pin = Pin { policy, number: choice.number, at: now };
    let Some(plan) = policies.plan_of(tx, cx.workspace(), pin.of())? else { return Ok(None) };
    let plans = [(plan, now, events.last().map_or(0, |event| event.subject_seq))];
    let replayed = replay(&events, &plans, now);
    let [(plan, _, seen)] = &plans;
    if let Some(mut telling) = telling {
        let pinned = Pinned { ticket, pin, seen: *seen, clocks: replayed.clocks.clone() };
        write_pin(tx, cx.workspace(), ticket, pin, *seen)?;
        pinned.write(tx, cx.workspace(), plan, &replayed.marks)?;
        let told = Repinned { number: telling.number(), policy_id: policy, policy_number: pin.number };
        telling.tell(tx, cx, "ticket.clocks_reapplied", now, &told)?;
    }
    Ok(Some(ReappliedOut {
        ticket_id: ticket,
        policy_before: None,
        number_before: None,
        policy_after: Some(policy),
        number_after: Some(pin.number),
        due_before: None,
        due_after: replayed.clocks.nearest(plan).map(|(at, _)| at),
    }))
}

fn one(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, is_preview: bool) -> Result<Option<ReappliedOut>> {
    let policies = Policies::of(tx, cx)?;
    let Ok(found) = Ticket::find(tx, &cx.reach, ticket) else { return Ok(None) };
    if !found.is_open() {
        return Ok(None);
    }
    let telling = if is_preview { None } else { Telling::begin(tx, cx, ticket)? };
    let Some(mut pinned) = Pinned::find_locked(tx, cx.workspace(), ticket)? else { return Ok(None) };
    let events = events(tx, &cx.reach, ticket)?;
    let opened = events.iter().find(|event| event.kind == "ticket.opened").and_then(|event| facts(&event.data));
    let choice = opened.and_then(|facts| policies.choose(&facts).cloned());
    let (before, now) = (pinned.pin, cx.env().now());
    let Some(plan_before) = policies.plan_of(tx, cx.workspace(), before.of())? else { return Ok(None) };
    let mut out = ReappliedOut {
        ticket_id: ticket,
        policy_before: Some(before.policy),
        number_before: Some(before.number),
        policy_after: choice.as_ref().map(|choice| choice.policy),
        number_after: choice.as_ref().map(|choice| choice.number),
        due_before: pinned.clocks.nearest(&plan_before).map(|(at, _)| at),
        due_after: None,
    };
    let Some(choice) = choice else { return Ok(Some(out)) };
    let after = Pin { policy: choice.policy, number: choice.number, at: now };
    let Some(plan_after) = policies.plan_of(tx, cx.workspace(), after.of())? else { return Ok(None) };
    let outcome = pinned.clocks.swap(&plan_before, &plan_after, now);
    out.due_after = pinned.clocks.nearest(&plan_after).map(|(at, _)| at);
    if let Some(mut telling) = telling {
        let seen = events.last().map_or(pinned.seen, |event| event.subject_seq);
        pinned.pin = after;
        pinned.seen = seen;
        write_pin(tx, cx.workspace(), ticket, after, seen)?;
        pinned.write(tx, cx.workspace(), &plan_after, &outcome.marks)?;
        let told = Repinned { number: telling.number(), policy_id: after.policy, policy_number: after.number };
        telling.tell(tx, cx, "ticket.clocks_reapplied", now, &told)?;
    }
    Ok(Some(out))
}

/// Whether the stored clocks of a ticket, and its stored deadline, are what its events give, both moved to one instant.
/// A deadline that has passed and was not told yet is the instant of a breach.
pub fn is_as_replayed(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, at: Time) -> Result<bool> {
    let policies = Policies::of(tx, cx)?;
    let plans = plans(tx, &policies, cx.workspace(), ticket)?;
    let Some(mut pinned) = Pinned::find(tx, cx.workspace(), ticket)? else { return Ok(plans.is_empty()) };
    let Some((plan, _, _)) = plans.last() else { return Ok(false) };
    pinned.clocks.advance(plan, at);
    let events = events(tx, &cx.reach, ticket)?;
    let replayed = replay(&events, &plans, at);
    let is_due_right = pinned::due_of(tx, cx.workspace(), &[ticket])?.first().is_some_and(|due| match due.due_at {
        Some(passed) if passed <= at => replayed.marks.iter().any(|mark| mark.threshold == BREACH && mark.at == passed),
        ahead => ahead == replayed.clocks.nearest(plan).map(|(at, _)| at),
    });
    Ok(pinned.clocks == replayed.clocks && is_due_right)
}
