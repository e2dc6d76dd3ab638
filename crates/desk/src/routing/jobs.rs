//! The jobs of routing: each walks in short transactions, and asks for itself again when something is left.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Job, Kind, Run, Timer};
use trust::access::Via;
use trust::nouns::{MemberId, TicketId, WorkspaceId};
use trust::{Cx, House};

use super::carrying::count_in;
use super::draining::{Step, come_due, gather_one, give_back, held_by, look_again, step, without_somebody};
use super::reacting::is_gone;
use super::settings::Settings;
use super::waiting::due_query;
use super::waking::{self, COUNT, DRAIN, DUE, GATHER, GIVE_BACK, GIVE_BACK_ONE, OfMember, OfTeam, OfTicket};

/// Tickets that one run of a job looks at.
const AT_ONCE: usize = 500;
/// Seconds after which a ticket that failed is tried again, so that it does not hold up the others.
const REST_SECONDS: i64 = 300;

/// What runs when a routed ticket's time has come.
pub(crate) const TIMER: Timer = Timer { kind: DUE, next: next_due };

pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![
        Kind { name: DRAIN, tries: 5, run: Run::Outside(|house, job| Box::pin(drain(house, job))) },
        Kind { name: GIVE_BACK, tries: 5, run: Run::Outside(|house, job| Box::pin(give_back_all(house, job))) },
        Kind { name: GIVE_BACK_ONE, tries: 5, run: Run::Outside(|house, job| Box::pin(give_back_one(house, job))) },
        Kind { name: GATHER, tries: 10, run: Run::Outside(|house, job| Box::pin(gather(house, job))) },
        Kind { name: COUNT, tries: 10, run: Run::Outside(|house, job| Box::pin(count(house, job))) },
        Kind { name: DUE, tries: 3, run: Run::Outside(|house, _| Box::pin(see_to_due(house))) },
    ]
}

fn of_house(house: &Arc<House>, job: &Job) -> Cx {
    Cx::of_house(house, WorkspaceId::from_uuid(job.workspace), Via::Job)
}

/// Gives out what waits in a queue until nobody can take more, or its end: a run does a part of it.
async fn drain(house: Arc<House>, job: Job) -> Result<()> {
    let (cx, OfTeam { team, mut after }) = (of_house(&house, &job), job.payload()?);
    let mut steps = 0;
    loop {
        match cx.write(move |tx, cx| step(tx, cx, team, after)).await? {
            Step::End { is_empty: true } => return Ok(()),
            Step::End { is_empty: false } => break,
            Step::On(place) if steps + 1 == AT_ONCE => {
                return cx.write(move |tx, cx| waking::drain_on(tx, cx, team, place)).await;
            }
            Step::On(place) => after = Some(place),
        }
        steps += 1;
    }
    cx.write(move |tx, cx| if is_waiting(tx, cx, team)? { look_again(tx, cx, team) } else { Ok(()) }).await
}

fn is_waiting(tx: &mut Tx<'_>, cx: &Cx, team: trust::nouns::TeamId) -> Result<bool> {
    Ok(super::waiting::next_of(tx, cx, team, None)?.is_some())
}

/// Gives the open tickets of somebody who left back to their teams.
async fn give_back_all(house: Arc<House>, job: Job) -> Result<()> {
    let (cx, OfMember { member }) = (of_house(&house, &job), job.payload()?);
    if !cx.read(move |tx, cx| has_left(tx, cx, member)).await? {
        return Ok(());
    }
    let held = cx.read(move |tx, cx| held_by(tx, cx, member)).await?;
    let mut given = false;
    for id in held {
        given |= cx.write(move |tx, cx| give_back(tx, cx, id)).await?;
    }
    // Until nothing is left; what was on its way to them when they left is there by the next run.
    if given { cx.write(move |tx, cx| waking::give_back(tx, cx, member)).await } else { Ok(()) }
}

fn has_left(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<bool> {
    let settings = Settings::of(tx, cx)?;
    is_gone(tx, cx, &settings, member)
}

async fn give_back_one(house: Arc<House>, job: Job) -> Result<()> {
    let (cx, OfTicket { ticket }) = (of_house(&house, &job), job.payload()?);
    cx.write(move |tx, cx| give_back(tx, cx, ticket)).await.map(drop)
}

/// Queues what a team had before the house gave its tickets out.
async fn gather(house: Arc<House>, job: Job) -> Result<()> {
    let (cx, OfTeam { team, .. }) = (of_house(&house, &job), job.payload()?);
    let mut after = None;
    loop {
        let page = cx.read(move |tx, cx| without_somebody(tx, cx, team, after)).await?;
        for (_, id) in page.iter().copied() {
            cx.write(move |tx, cx| gather_one(tx, cx, id)).await?;
        }
        after = page.last().copied();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Counts what members carried before routing was set up, a page at a time.
async fn count(house: Arc<House>, job: Job) -> Result<()> {
    let (cx, after): (Cx, Option<TicketId>) = (of_house(&house, &job), job.payload()?);
    let page = cx.read(move |tx, cx| assigned_after(tx, cx, after)).await?;
    for id in page.iter().copied() {
        cx.write(move |tx, cx| {
            let settings = Settings::of(tx, cx)?;
            count_in(tx, cx, &settings, id)
        })
        .await?;
    }
    match page.last().copied() {
        Some(last) => cx.write(move |tx, cx| waking::count(tx, cx, Some(last))).await,
        None => Ok(()),
    }
}

/// Tickets with an assignee in the order of their ids, a page.
fn assigned_after(tx: &mut Tx<'_>, cx: &Cx, after: Option<TicketId>) -> Result<Vec<TicketId>> {
    let after = after.unwrap_or(TicketId::from_uuid(uuid::Uuid::nil()));
    let limit = i64::try_from(AT_ONCE).unwrap_or(1);
    tx.all(
        "SELECT id FROM ticket WHERE workspace_id = $1 AND id > $2 AND assignee_id IS NOT NULL AND is_open = 1 \
         AND deleted_at IS NULL ORDER BY id LIMIT $3",
        &[&cx.workspace(), &after, &limit],
        |row| row.get(0),
    )
}

/// When the earliest routed ticket of any workspace is due.
fn next_due(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first("SELECT due_at FROM ticket_route WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1", &[], |row| row.get(0))
}

/// Sees to the routed tickets of all workspaces whose time has come.
async fn see_to_due(house: Arc<House>) -> Result<()> {
    let now = house.env.now();
    let due = house.db.read(uuid::Uuid::nil(), move |tx| due_before(tx, now)).await?;
    let mut outcome = Ok(());
    for (workspace, id) in due {
        let cx = Cx::of_house(&house, workspace, Via::Job);
        let Err(error) = cx.write(move |tx, cx| come_due(tx, cx, id)).await else { continue };
        if error.kind() == base::Kind::Unavailable {
            outcome = Err(error);
            continue;
        }
        tracing::warn!(cause = ?error, %workspace, ticket = %id, "a routed ticket failed; it is tried again");
        cx.write(move |tx, cx| postpone(tx, cx, id)).await?;
    }
    outcome
}

/// A ticket that failed waits by itself.
fn postpone(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<()> {
    let now = cx.env().now();
    tx.exec(
        "UPDATE ticket_route SET due_at = $1 WHERE workspace_id = $2 AND ticket_id = $3 AND due_at <= $4",
        &[&now.plus_seconds(REST_SECONDS), &cx.workspace(), &id, &now],
    )?;
    Ok(())
}

fn due_before(tx: &mut Tx<'_>, now: Time) -> Result<Vec<(WorkspaceId, TicketId)>> {
    tx.all_of(&due_query(now), |row| Ok((row.get(0)?, row.get(1)?)))
}
