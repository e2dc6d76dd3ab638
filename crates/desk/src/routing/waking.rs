//! The jobs of routing, and when they are asked for: a queue is drained, somebody's tickets are given back, what was there
//! before is counted. Rule: who frees room and who queues a ticket may miss each other at the same moment, so a queue in
//! which something waits is always looked at again.

use base::{Result, Time};
use db::Tx;
use jobs::{NewJob, enqueue};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::{MemberId, TeamId, TicketId};

use super::waiting::Place;

pub(crate) const DRAIN: &str = "drain_queue";
pub(crate) const GIVE_BACK: &str = "give_back_tickets";
pub(crate) const GIVE_BACK_ONE: &str = "give_back_ticket";
pub(crate) const GATHER: &str = "gather_waiting_tickets";
pub(crate) const COUNT: &str = "count_carried_tickets";
pub(crate) const DUE: &str = "route_due_tickets";

/// Seconds after which a queue is looked at again by itself.
pub(crate) const AGAIN_SECONDS: i64 = 60;
/// Seconds in which every transaction that runs now has ended, and every process knows of a change.
const SETTLED_SECONDS: i64 = 2;

/// Which team.
#[derive(Serialize, Deserialize)]
pub(crate) struct OfTeam {
    pub team: TeamId,
    /// The place of its queue after which the walk goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Place>,
}

/// Which member.
#[derive(Serialize, Deserialize)]
pub(crate) struct OfMember {
    pub member: MemberId,
}

/// Which ticket.
#[derive(Serialize, Deserialize)]
pub(crate) struct OfTicket {
    pub ticket: TicketId,
}

/// Drains a team's queue once this transaction is committed.
pub(crate) fn drain(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<()> {
    drain_at(tx, cx, team, cx.env().now())
}

/// Drains a team's queue at a time.
pub(crate) fn drain_at(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, at: Time) -> Result<()> {
    let job = NewJob::new(DRAIN, &OfTeam { team, after: None }).at(at).once(team.to_string());
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}

/// Goes on along a queue after a place, at once; it keeps apart from a walk that begins at the head.
pub(crate) fn drain_on(tx: &mut Tx<'_>, cx: &Cx, team: TeamId, after: Place) -> Result<()> {
    let key = format!("{team} {}", after.2);
    let job = NewJob::new(DRAIN, &OfTeam { team, after: Some(after) }).once(key);
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}

/// Looks at a queue again in which something was left a moment ago: somebody may have become free meanwhile.
pub(crate) fn look_again(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<()> {
    drain_at(tx, cx, team, cx.env().now().plus_seconds(SETTLED_SECONDS))
}

/// Gives every open ticket of somebody who left back to its team.
pub(crate) fn give_back(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<()> {
    let at = cx.env().now().plus_seconds(1);
    let job = NewJob::new(GIVE_BACK, &OfMember { member }).at(at).once(member.to_string());
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}

/// Gives a ticket back to its team, if whoever has it is still away.
pub(crate) fn give_back_one(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    let job = NewJob::new(GIVE_BACK_ONE, &OfTicket { ticket }).once(ticket.to_string());
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}

/// Queues the tickets of a team that had nobody before the house gave them out.
pub(crate) fn gather(tx: &mut Tx<'_>, cx: &Cx, team: TeamId) -> Result<()> {
    let at = cx.env().now().plus_seconds(SETTLED_SECONDS);
    let job = NewJob::new(GATHER, &OfTeam { team, after: None }).at(at).once(team.to_string());
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}

/// Counts the tickets that were there before routing was set up.
pub(crate) fn count(tx: &mut Tx<'_>, cx: &Cx, after: Option<TicketId>) -> Result<()> {
    let wait = if after.is_none() { SETTLED_SECONDS } else { 0 };
    let job = NewJob::new(COUNT, &after).at(cx.env().now().plus_seconds(wait)).once("count");
    enqueue(tx, cx.env(), cx.workspace().uuid(), &job)
}
