//! What members are told of without asking: a ticket became theirs, its customer wrote, it woke, a promise is due.
//! Rule: nobody is told what they did themselves.

use base::Result;
use db::Tx;
use serde::Deserialize;
use trust::Cx;
use trust::log::NewEvent;
use trust::nouns::{MemberId, TicketId};

use super::notice::{Notice, NoticeKind, Told, notify};

/// The part of a ticket event that says who is told.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    from: Option<Holder>,
    is_from_customer: bool,
    snoozed_by: Option<MemberId>,
}

#[derive(Deserialize)]
struct Holder {
    assignee: Option<MemberId>,
}

/// Tells whoever an event concerns, in its transaction.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    let kind = match event.kind {
        "ticket.opened" | "ticket.assigned" => NoticeKind::Assigned,
        "ticket.message_added" => NoticeKind::CustomerWrote,
        "ticket.woken" => NoticeKind::Woke,
        "ticket.clock_warned" | "ticket.clock_breached" => NoticeKind::Clock,
        _ => return Ok(()),
    };
    let said = || serde_json::from_str::<Said>(&event.data).unwrap_or_default();
    let holder = event.audience.assignee;
    let member = match (kind, holder) {
        (NoticeKind::Woke, holder) => holder.or_else(|| said().snoozed_by),
        (_, None) => None,
        (NoticeKind::Assigned, holder) => holder.filter(|_| said().from.and_then(|from| from.assignee) != holder),
        (NoticeKind::Clock, holder) => holder,
        (_, holder) => holder.filter(|_| said().is_from_customer),
    };
    let doer = cx.actor.member().map(|member| member.id);
    let Some(member) = member.filter(|member| Some(*member) != doer) else { return Ok(()) };
    let ticket = TicketId::from_uuid(event.subject);
    notify(tx, cx, member, &Notice { kind, ticket, key: "", told: Told::Again, reason: None })
}
