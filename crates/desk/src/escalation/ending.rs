//! The way back: a tier gives a ticket back with a result, or the ticket is solved there.
//! Rule: it goes back to whoever it came from; somebody who has left since gets nothing, their team does.

use base::{Code, Kind, Result};
use db::{Tx, Unless};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::log::NewEvent;
use trust::nouns::{MemberId, TeamId, TicketId};

use super::raised::Escalation;
use super::words::{Ended, EscalationId};
use crate::tickets::{self, Also, Status, Ticket};

/// The ticket is at no tier.
pub static NOT_ESCALATED: Code =
    Code::new(Kind::Conflict, "not_escalated", "This ticket is not escalated.", "Nothing is to be given back.");

#[derive(Serialize)]
struct Returned {
    number: i64,
    escalation_id: EscalationId,
    tier: i64,
    result: Ended,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_team_id: Option<TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_assignee_id: Option<MemberId>,
}

/// Gives a ticket back with a result and a note.
pub(crate) fn give_back(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, result: Ended, note: &str) -> Result<Escalation> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    ticket.check_not_closed()?;
    if !result.is_said() {
        let words = "takes answered, needs_more or declined";
        return Err(web::INVALID_FIELD.error().field("/result", "invalid", words));
    }
    let mut current = Escalation::current(tx, cx, id)?.ok_or_else(|| NOT_ESCALATED.error())?;
    let (team, assignee) = current.from;
    let assignee = match assignee {
        Some(member) => still_here(tx, cx, member)?,
        None => None,
    };
    current.end(tx, cx, result, Some(note))?;
    let data = Returned {
        number: ticket.number,
        escalation_id: current.id,
        tier: current.tier,
        result,
        to_team_id: team,
        to_assignee_id: assignee,
    };
    let told = Also::internal("ticket.returned", &data).details(&serde_json::json!({"note": note}));
    tickets::give_or_say(tx, cx, &mut ticket, team, assignee, &[told])?;
    current.result = Some(result);
    current.note = Some(base::Personal::new(note.to_owned()));
    current.ended_at = Some(cx.env().now());
    Ok(current)
}

fn still_here(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<Option<MemberId>> {
    tx.first(
        "SELECT id FROM member WHERE workspace_id = $1 AND id = $2 AND is_active = 1",
        &[&cx.workspace(), &member],
        |row| row.get(0),
    )
}

/// Ends the escalation of a ticket that is solved or gone, in the same transaction; forgets those of one that is no more.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    #[derive(Deserialize)]
    struct Changed {
        after: Status,
    }
    match event.kind {
        "ticket.status_changed" => {
            let is_solved = serde_json::from_str::<Changed>(&event.data).is_ok_and(|changed| !changed.after.is_open());
            if is_solved { end_all(tx, cx, event) } else { Ok(()) }
        }
        "ticket.deleted" => end_all(tx, cx, event),
        "ticket.purged" => tx.exec_later(
            "DELETE FROM escalation WHERE workspace_id = $1 AND ticket_id = $2",
            &[&cx.workspace(), &event.subject],
            Unless::ANY,
        ),
        _ => Ok(()),
    }
}

fn end_all(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    tx.exec_later(
        "UPDATE escalation SET ended_at = $1, result = $2, alarm_at = NULL WHERE workspace_id = $3 AND ticket_id = $4 \
         AND ended_at IS NULL",
        &[&event.occurred_at, &Ended::Solved, &cx.workspace(), &event.subject],
        Unless::ANY,
    )
}
