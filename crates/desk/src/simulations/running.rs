//! The job of a run: pages for some seconds, notes how far it is, and goes on in the next job where it left off.
//! Rule: a job that runs again begins at the last note and finds the same.

use std::sync::Arc;

use base::{Result, Time};
use jobs::{Job, Kind, NewJob, Run};
use trust::access::Via;
use trust::nouns::WorkspaceId;
use trust::{Cx, House};

use super::page::{PAGE, histories};
use super::policies::Compared;
use super::simulation::{RUN, Request, Simulation, SimulationId, State};
use crate::sla::Policies;

/// Pages of one job: well within a lease.
const PAGES: usize = 40;

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: RUN, tries: 5, run: Run::Outside(|house, job| Box::pin(run(house, job))) }]
}

async fn run(house: Arc<House>, job: Job) -> Result<()> {
    let id: SimulationId = job.payload()?;
    let cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let simulation = cx.read(move |tx, cx| Simulation::find(tx, cx, id)).await?;
    if simulation.state != State::Running {
        return Ok(());
    }
    let (request, as_of) = (simulation.request.clone(), simulation.as_of);
    let compared = Arc::new(cx.read(move |tx, cx| compared(tx, cx, &request, as_of)).await?);
    let mut simulation = simulation;
    for _ in 0..PAGES {
        simulation = page(&cx, simulation, compared.clone()).await?;
        let noted = simulation.clone();
        let goes_on = cx.write(move |tx, cx| noted.note(tx, cx)).await?;
        if !goes_on || simulation.state != State::Running {
            return Ok(());
        }
    }
    // A key of its own for each stretch, because this job is still in its row.
    let stretch = simulation.looked_at;
    cx.write(move |tx, cx| {
        let next = NewJob::new(RUN, &id).once(format!("{id}.{stretch}"));
        jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &next)
    })
    .await
}

fn compared(tx: &mut db::Tx<'_>, cx: &Cx, request: &Request, as_of: Time) -> Result<Compared> {
    let Request::Policy { policy_id, promise } = request;
    let before = Policies::load(tx, cx.workspace())?;
    let after = Policies::load_with(tx, cx.workspace(), *policy_id, promise)?;
    Ok(Compared { before, after, as_of })
}

/// Looks at one page on the lane of long reads.
async fn page(cx: &Cx, simulation: Simulation, compared: Arc<Compared>) -> Result<Simulation> {
    let (reach, workspace) = (cx.reach.clone(), cx.workspace().uuid());
    let (from, to, after) = (simulation.from, simulation.to, simulation.found.after);
    let so_far = simulation.found.clone();
    let read = cx.house().db.read_long(workspace, move |tx| {
        let page = histories(tx, &reach, from, to, after)?;
        let mut found = so_far.clone();
        page.iter().for_each(|history| compared.add(&mut found, history));
        found.after = page.last().map(|last| (last.opened_at.micros(), last.ticket.uuid())).or(after);
        Ok((page.len(), found))
    });
    let (looked_at, found) = read.await?;
    let is_done = looked_at < PAGE;
    let (state, ended_at) = if is_done { (State::Done, Some(cx.env().now())) } else { (State::Running, None) };
    let looked_at = simulation.looked_at + i64::try_from(looked_at).unwrap_or(0);
    Ok(Simulation { found, looked_at, state, ended_at, ..simulation })
}
