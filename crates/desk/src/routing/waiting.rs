//! The row of a routed ticket: what it needs, since when it waits and in which place, and to whom it is offered.
//! Rule: a ticket without a row either was never routed, or needs nothing special and is somebody's.

use base::{Result, Time};
use db::{Query, Row, Tx, Unless};
use trust::Cx;
use trust::nouns::{MemberId, TeamId, TicketId, WorkspaceId};

use super::needs::NeededSkill;
use super::words::Standing;
use crate::tickets::Priority;

/// A ticket that was routed.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub ticket: TicketId,
    pub team: TeamId,
    pub standing: Standing,
    pub rank: i64,
    pub needs: Vec<NeededSkill>,
    /// Who declined it or let its time pass, each until when they are not asked again.
    pub passed: Vec<(MemberId, Time)>,
    pub queued_at: Time,
    /// When something about it changes by itself.
    pub due_at: Option<Time>,
    pub offered_to: Option<MemberId>,
}

/// What presses most comes first.
pub(crate) fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Normal => 2,
        Priority::Low => 3,
    }
}

pub(crate) const COLUMNS: &str = "ticket_id, team_id, state, rank, needs, passed, queued_at, due_at, offered_to";

impl Route {
    pub(crate) fn read(row: &Row<'_>) -> Result<Route> {
        let (needs, passed): (String, String) = (row.get(4)?, row.get(5)?);
        Ok(Route {
            ticket: row.get(0)?,
            team: row.get(1)?,
            standing: row.get(2)?,
            rank: row.get(3)?,
            needs: serde_json::from_str(&needs).unwrap_or_default(),
            passed: serde_json::from_str(&passed).unwrap_or_default(),
            queued_at: row.get(6)?,
            due_at: row.get(7)?,
            offered_to: row.get(8)?,
        })
    }

    /// A ticket's row.
    pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<Option<Route>> {
        let sql = format!("SELECT {COLUMNS} FROM ticket_route WHERE workspace_id = $1 AND ticket_id = $2");
        tx.first(&sql, &[&cx.workspace(), &ticket], Route::read)
    }

    /// What is kept of a waiting ticket's row once it was decided who gets it: nothing for most.
    pub(crate) fn decided(
        self,
        chosen: Option<MemberId>,
        accept_seconds: Option<i64>,
        is_automatic: bool,
        now: Time,
    ) -> Option<Route> {
        match (chosen, accept_seconds) {
            (Some(member), Some(seconds)) => Some(self.offered(member, now.plus_seconds(seconds))),
            (Some(_), None) if self.needs.is_empty() => None,
            (Some(_), None) => Some(Route { standing: Standing::Placed, due_at: None, ..self }),
            (None, _) => is_automatic.then_some(self),
        }
    }

    /// It is offered to a member until a moment.
    pub(crate) fn offered(self, member: MemberId, until: Time) -> Route {
        Route { standing: Standing::Offered, due_at: Some(until), offered_to: Some(member), ..self }
    }

    /// Writes it, whether it was there or not; the ticket's own row must be locked.
    pub(crate) fn write(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        let needs = serde_json::to_string(&self.needs).unwrap_or_default();
        let passed = serde_json::to_string(&self.passed).unwrap_or_default();
        tx.exec_later(
            "INSERT INTO ticket_route (workspace_id, ticket_id, team_id, state, rank, needs, passed, queued_at, due_at, \
             offered_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET \
             team_id = excluded.team_id, state = excluded.state, rank = excluded.rank, needs = excluded.needs, \
             passed = excluded.passed, queued_at = excluded.queued_at, due_at = excluded.due_at, \
             offered_to = excluded.offered_to",
            &[
                &cx.workspace(), &self.ticket, &self.team, &self.standing, &self.rank, &needs, &passed, &self.queued_at,
                &self.due_at, &self.offered_to,
            ],
            Unless::ANY,
        )?;
        if let Some(due) = self.due_at {
            tx.tell(jobs::Enqueued(due));
        }
        Ok(())
    }
}

/// Takes a ticket out of what is routed.
pub(crate) fn leave(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    tx.exec_later(
        "DELETE FROM ticket_route WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket],
        Unless::ANY,
    )
}

/// Notes that a ticket is somebody's now.
pub(crate) fn settle(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    tx.exec_later(
        "UPDATE ticket_route SET state = 'placed', due_at = NULL, offered_to = NULL WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket],
        Unless::ANY,
    )
}

/// Notes that a member has taken up what was offered to them.
pub(crate) fn take_up(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, member: MemberId) -> Result<()> {
    tx.exec_later(
        "UPDATE ticket_route SET state = 'placed', due_at = NULL, offered_to = NULL \
         WHERE workspace_id = $1 AND ticket_id = $2 AND offered_to = $3",
        &[&cx.workspace(), &ticket, &member],
        Unless::ANY,
    )
}

/// Moves a waiting ticket to the place of its priority.
pub(crate) fn rank_again(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, priority: Priority) -> Result<()> {
    tx.exec_later(
        "UPDATE ticket_route SET rank = $1 WHERE workspace_id = $2 AND ticket_id = $3",
        &[&rank(priority), &cx.workspace(), &ticket],
        Unless::ANY,
    )
}

/// The teams of a member in which something waits.
pub(crate) fn teams_waiting_for(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<Vec<TeamId>> {
    tx.all(
        "SELECT tm.team_id FROM team_member tm WHERE tm.workspace_id = $1 AND tm.member_id = $2 AND EXISTS (SELECT 1 \
         FROM ticket_route r WHERE r.workspace_id = $1 AND r.team_id = tm.team_id AND r.state = 'waiting')",
        &[&cx.workspace(), &member],
        |row| row.get(0),
    )
}

/// The place of a waiting ticket in its queue.
pub type Place = (i64, Time, TicketId);

/// The next waiting ticket of a team after a place.
pub(crate) fn next_of(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, after: Option<Place>) -> Result<Option<Place>> {
    let query = queue_query(cx.workspace(), team, after);
    Ok(tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.pop())
}

/// The query of the next waiting ticket, for running and for explaining.
pub fn queue_query(workspace: WorkspaceId, team: TeamId, after: Option<Place>) -> Query {
    let nowhere = (-1, Time::default(), TicketId::from_uuid(uuid::Uuid::nil()));
    let (rank, queued_at, ticket) = after.unwrap_or(nowhere);
    let mut query = Query::new("SELECT rank, queued_at, ticket_id FROM ticket_route WHERE workspace_id = ");
    query.bind(workspace).push(" AND team_id = ").bind(team).push(" AND state = 'waiting'");
    query.push(" AND (rank, queued_at, ticket_id) > (").bind(rank).push(", ").bind(queued_at).push(", ").bind(ticket);
    query.push(") ORDER BY rank, queued_at, ticket_id LIMIT 1");
    query
}

/// The query of the routed tickets whose time has come, for running and for explaining.
pub fn due_query(now: Time) -> Query {
    let mut query =
        Query::new("SELECT workspace_id, ticket_id FROM ticket_route WHERE due_at IS NOT NULL AND due_at <= ");
    query.bind(now).push(" ORDER BY due_at LIMIT 500");
    query
}
