//! The job of a run: pages for some seconds, notes how far it is, and goes on in the next job where it left off.
//! Rule: a job that runs again begins at the last note and finds the same.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Job, Kind, NewJob, Run};
use trust::access::Via;
use trust::nouns::WorkspaceId;
use trust::{Cx, House};

use super::outcome::Found;
use super::page::{History, PAGE, histories};
use super::request::Compared;
use super::simulation::{RUN, Simulation, SimulationId, State};
use crate::facts::{Asked, Backdrop};

/// How often a stretch is tried.
const TRIES: i64 = 5;
/// Pages of one job: well within a lease.
const PAGES: usize = 40;

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: RUN, tries: TRIES, run: Run::Outside(|house, job| Box::pin(run(house, job))) }]
}

async fn run(house: Arc<House>, job: Job) -> Result<()> {
    let id: SimulationId = job.payload()?;
    let cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let outcome = stretch(&cx, id).await;
    if outcome.is_err() && job.attempts >= TRIES {
        cx.write(move |tx, cx| Simulation::fail(tx, cx, id)).await?;
    }
    outcome
}

async fn stretch(cx: &Cx, id: SimulationId) -> Result<()> {
    let mut simulation = cx.read(move |tx, cx| Simulation::find(tx, cx, id)).await?;
    if simulation.state != State::Running {
        return Ok(());
    }
    let (request, as_of) = (simulation.request.clone(), simulation.as_of);
    let compared = Arc::new(cx.read(move |tx, cx| Compared::load(tx, cx, &request, as_of)).await?);
    let basis = compared.basis();
    if simulation.found.basis != basis {
        // One answer speaks of one state of what is in force.
        simulation.found = Found { basis, ..Found::default() };
        simulation.looked_at = 0;
    }
    for _ in 0..PAGES {
        simulation = page(cx, simulation, compared.clone()).await?;
        let noted = simulation.clone();
        let goes_on = cx.write(move |tx, cx| noted.note(tx, cx)).await?;
        if !goes_on || simulation.state != State::Running {
            return Ok(());
        }
    }
    // A key of its own for each stretch, because this job is still in its row.
    let stretch = cx.env().now().micros();
    cx.write(move |tx, cx| {
        let next = NewJob::new(RUN, &id).once(format!("{id}.{stretch}"));
        jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &next)
    })
    .await
}

fn backdrop(tx: &mut Tx<'_>, workspace: WorkspaceId, page: &[History], asked: Asked) -> Result<Backdrop> {
    let ids: Vec<_> = page.iter().map(|history| history.ticket).collect();
    let events: Vec<_> = page.iter().map(|history| history.events.as_slice()).collect();
    Backdrop::read(tx, workspace, &ids, &events, asked)
}

/// Looks at one page on the lane of long reads.
async fn page(cx: &Cx, simulation: Simulation, compared: Arc<Compared>) -> Result<Simulation> {
    let (reach, workspace) = (cx.reach.clone(), cx.workspace());
    let (from, to, after) = (simulation.from, simulation.to, simulation.found.after);
    let so_far = simulation.found.clone();
    let read = cx.house().db.read_long(workspace.uuid(), move |tx| {
        let page = histories(tx, &reach, from, to, after)?;
        let mut found = so_far.clone();
        let asked = compared.asked();
        for some in page.chunks(asked.map_or(PAGE, Asked::at_once)) {
            let backdrop = match asked {
                Some(asked) => backdrop(tx, workspace, some, asked)?,
                None => Backdrop::default(),
            };
            let (whole, cut): (Vec<&History>, Vec<&History>) = some.iter().partition(|history| history.is_whole());
            found.without_history += i64::try_from(cut.len()).unwrap_or(0);
            whole.into_iter().for_each(|history| compared.add(&mut found, history, &backdrop));
        }
        found.after = page.last().map(|last| (last.opened_at.micros(), last.ticket.uuid())).or(after);
        Ok((page.len(), found))
    });
    let (looked_at, found) = read.await?;
    let is_done = looked_at < PAGE;
    let (state, ended_at) = if is_done { (State::Done, Some(cx.env().now())) } else { (State::Running, None) };
    let looked_at = simulation.looked_at + i64::try_from(looked_at).unwrap_or(0);
    Ok(Simulation { found, looked_at, state, ended_at, ..simulation })
}
