//! An escalation: one time a ticket was raised to a tier, from then until it came back, went on or was solved.

use base::{Personal, Result, Time};
use db::{Row, Tx};
use serde::Serialize;
use trust::Cx;
use trust::nouns::{MemberId, TeamId, TicketId, TokenId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::card::Card;
use super::words::{Ended, EscalationCause, EscalationId};

/// One escalation.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub(crate) id: EscalationId,
    pub(crate) ticket: TicketId,
    pub(crate) tier: i64,
    pub(crate) tier_name: String,
    pub(crate) cause: EscalationCause,
    pub(crate) reason: Personal<String>,
    pub(crate) by: (String, Option<Uuid>),
    pub(crate) from: (Option<TeamId>, Option<MemberId>),
    pub(crate) to: (TeamId, Option<MemberId>),
    pub(crate) card: Personal<String>,
    pub(crate) escalated_at: Time,
    pub(crate) due_at: Time,
    pub(crate) overdue_at: Option<Time>,
    pub(crate) ended_at: Option<Time>,
    pub(crate) result: Option<Ended>,
    pub(crate) note: Option<Personal<String>>,
}

const COLUMNS: &str = "id, ticket_id, tier, tier_name, cause, reason, by_kind, by_id, from_team_id, from_assignee_id, \
    to_team_id, to_assignee_id, card, escalated_at, due_at, overdue_at, ended_at, result, note";

impl Escalation {
    fn read(row: &Row<'_>) -> Result<Escalation> {
        Ok(Escalation {
            id: row.get(0)?,
            ticket: row.get(1)?,
            tier: row.get(2)?,
            tier_name: row.get(3)?,
            cause: row.get(4)?,
            reason: row.get(5)?,
            by: (row.get(6)?, row.get(7)?),
            from: (row.get(8)?, row.get(9)?),
            to: (row.get(10)?, row.get(11)?),
            card: row.get(12)?,
            escalated_at: row.get(13)?,
            due_at: row.get(14)?,
            overdue_at: row.get(15)?,
            ended_at: row.get(16)?,
            result: row.get(17)?,
            note: row.get(18)?,
        })
    }

    /// The one a ticket is at.
    pub(crate) fn current(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<Option<Escalation>> {
        let sql =
            format!("SELECT {COLUMNS} FROM escalation WHERE workspace_id = $1 AND ticket_id = $2 AND ended_at IS NULL");
        tx.first(&sql, &[&cx.workspace(), &ticket], Escalation::read)
    }

    /// The last ones of a ticket, newest first.
    pub(crate) fn of_ticket(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<Vec<Escalation>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM escalation WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id DESC LIMIT 20"
        );
        tx.all(&sql, &[&cx.workspace(), &ticket], Escalation::read)
    }

    pub(crate) fn insert(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        tx.exec(
            "INSERT INTO escalation (workspace_id, id, ticket_id, tier, tier_name, cause, reason, by_kind, by_id, from_team_id, \
             from_assignee_id, to_team_id, to_assignee_id, card, escalated_at, due_at, alarm_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
            &[
                &cx.workspace(), &self.id, &self.ticket, &self.tier, &self.tier_name, &self.cause, &self.reason, &self.by.0,
                &self.by.1, &self.from.0, &self.from.1, &self.to.0, &self.to.1, &self.card, &self.escalated_at, &self.due_at,
            ],
        )?;
        tx.tell(jobs::Enqueued(self.due_at));
        Ok(())
    }

    /// Ends it.
    pub(crate) fn end(&self, tx: &mut Tx<'_>, cx: &Cx, result: Ended, note: Option<&str>) -> Result<()> {
        tx.exec(
            "UPDATE escalation SET ended_at = $1, result = $2, note = $3, alarm_at = NULL WHERE workspace_id = $4 AND id = $5",
            &[&cx.env().now(), &result, &note, &cx.workspace(), &self.id],
        )?;
        Ok(())
    }
}

/// Who raised a ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RaisedBy {
    /// member, token or house.
    pub kind: String,
    pub id: Option<String>,
}

/// An escalation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EscalationOut {
    pub id: EscalationId,
    /// Counted from 1, the lowest.
    pub tier: i64,
    pub tier_name: String,
    pub cause: EscalationCause,
    pub reason: String,
    pub by: RaisedBy,
    pub from_team_id: Option<TeamId>,
    pub from_assignee_id: Option<MemberId>,
    pub to_team_id: TeamId,
    pub to_assignee_id: Option<MemberId>,
    pub escalated_at: Time,
    /// When the tier is to have acted.
    pub due_at: Time,
    /// When that passed without.
    pub overdue_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub result: Option<Ended>,
    pub note: Option<String>,
    /// What was known when it was raised; absent in a list of earlier ones.
    pub card: Option<Card>,
}

impl Escalation {
    /// Draws it; the card only where it is asked for.
    pub(crate) fn out(self, with_card: bool) -> EscalationOut {
        let id = self.by.1.map(|id| match self.by.0.as_str() {
            "member" => MemberId::from_uuid(id).to_string(),
            _ => TokenId::from_uuid(id).to_string(),
        });
        EscalationOut {
            id: self.id,
            tier: self.tier,
            tier_name: self.tier_name,
            cause: self.cause,
            reason: self.reason.into_inner(),
            by: RaisedBy { kind: self.by.0, id },
            from_team_id: self.from.0,
            from_assignee_id: self.from.1,
            to_team_id: self.to.0,
            to_assignee_id: self.to.1,
            escalated_at: self.escalated_at,
            due_at: self.due_at,
            overdue_at: self.overdue_at,
            ended_at: self.ended_at,
            result: self.result,
            note: self.note.map(Personal::into_inner),
            card: with_card.then(|| serde_json::from_str(self.card.reveal()).unwrap_or_default()),
        }
    }
}
