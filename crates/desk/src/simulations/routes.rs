//! The doors of what-if runs.

use base::{Page, Time};
use serde::{Deserialize, Serialize};
use trust::{Cx, PageQuery};
use utoipa::ToSchema;
use web::{Access, Created, Json, Method, NoContent, Op, PathId, Query, Reply};

use super::outcome::{Difference, Figure, Sum};
use super::simulation::{Request, Simulation, SimulationId, SimulationNoun, State};
use crate::sla::{PolicyId, Promise};

const SIMULATIONS: &str = "/api/v1/simulations";
const READ: Access = Access::Member("settings:read");
const WRITE: Access = Access::Member("settings:write");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, SIMULATIONS, "listSimulations", READ, list)
            .about("The what-if runs of the workspace, newest first.")
            .query::<PageQuery>()
            .gives::<Page<SimulationOut>>(200),
        Op::new(Method::Post, SIMULATIONS, "createSimulation", WRITE, create)
            .about("Replays history as if a policy had promised otherwise; read the run for progress and result.")
            .takes::<NewSimulation>()
            .gives::<SimulationOut>(201),
        Op::new(Method::Get, "/api/v1/simulations/{id}", "getSimulation", READ, get)
            .about("How far a what-if run is, and what it has found.")
            .gives::<SimulationOut>(200),
        Op::new(Method::Delete, "/api/v1/simulations/{id}", "cancelSimulation", WRITE, cancel)
            .about("Stops a what-if run; what it has found stays to be read.")
            .gives_nothing(204),
    ]
}

/// A policy to be asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulatedPolicy {
    /// The policy it would replace; when absent it would be the first.
    policy_id: Option<PolicyId>,
    /// What it promises.
    promise: Promise,
}

/// A question to history.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSimulation {
    /// The policy to be asked about.
    policy: SimulatedPolicy,
    /// Tickets opened from this instant on,
    from: Time,
    /// and before this one.
    to: Time,
}

/// A what-if run.
#[derive(Serialize, ToSchema)]
struct SimulationOut {
    /// The id.
    id: SimulationId,
    /// How it stands.
    #[schema(inline)]
    state: State,
    /// What was asked.
    policy_id: PolicyId,
    /// What it promises.
    promise: Promise,
    /// Tickets opened from this instant on,
    from: Time,
    /// and before this one.
    to: Time,
    /// The instant up to which clocks went on.
    as_of: Time,
    /// Tickets looked at so far.
    looked_at: i64,
    /// Tickets there were when it began.
    total: i64,
    /// Tickets with clocks.
    covered: Figure,
    /// Tickets with a broken promise.
    breached: Figure,
    /// For each metric.
    sums: Vec<Sum>,
    /// How many tickets would have gone otherwise.
    differing: i64,
    /// The first 200 of the differences.
    differences: Vec<Difference>,
    /// When it was asked for.
    made_at: Time,
    /// When it ended.
    ended_at: Option<Time>,
}

impl From<Simulation> for SimulationOut {
    fn from(simulation: Simulation) -> SimulationOut {
        let Request::Policy { policy_id, promise } = simulation.request;
        let found = simulation.found;
        SimulationOut {
            id: simulation.id,
            state: simulation.state,
            policy_id,
            promise,
            from: simulation.from,
            to: simulation.to,
            as_of: simulation.as_of,
            looked_at: simulation.looked_at,
            total: simulation.total,
            covered: found.covered,
            breached: found.breached,
            sums: found.sums,
            differing: found.differing,
            differences: found.differences,
            made_at: simulation.made_at,
            ended_at: simulation.ended_at,
        }
    }
}

async fn list(cx: Cx, Query(page): Query<PageQuery>) -> web::Result<Reply<Page<SimulationOut>>> {
    let found = cx.read(move |tx, cx| Simulation::list(tx, cx, &page)).await?;
    Ok(Reply::new(found.map(SimulationOut::from)))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewSimulation>) -> web::Result<Created<SimulationOut>> {
    let policy_id = new.policy.policy_id.unwrap_or_else(|| cx.new_id());
    let request = Request::Policy { policy_id, promise: new.policy.promise };
    let asked = cx.write(move |tx, cx| Simulation::ask(tx, cx, request.clone(), new.from, new.to)).await?;
    Ok(Created(Reply::new(asked.into())))
}

async fn get(cx: Cx, PathId(id): PathId<SimulationNoun>) -> web::Result<Reply<SimulationOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| Simulation::find(tx, cx, id)).await?.into()))
}

async fn cancel(cx: Cx, PathId(id): PathId<SimulationNoun>) -> web::Result<NoContent> {
    cx.write(move |tx, cx| Simulation::cancel(tx, cx, id)).await?;
    Ok(NoContent)
}
